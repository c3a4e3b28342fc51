import { ConflictError } from '../core/errors.ts';
import { whenOf } from '../sources/schedule-options.ts';
import type { Schedule } from '../sources/schedule.ts';
import { readSchedule, type PlannedTarget } from '../template/resources/event-resources.ts';
import type { TemplateResource } from '../template/template-resource.ts';
import type { Deployer } from './deployer.ts';
import type { Stack } from './stack.ts';

/** When a target gets its event. */
interface PlannedTimes {
  readonly name: string;
  readonly expression: string;
  readonly timeZone?: string;
  readonly isEnabled: boolean;
}

export const deploySchedule: Deployer = async (stack, resource, properties) => {
  const { target, ...planned } = readSchedule(properties);
  const name = planned.name ?? stack.nameOf(resource, { maxLength: 64 });
  const [schedule] = scheduleTargets(stack, resource, { ...planned, name, targets: [target] });
  const { partition, region, accountId } = stack.home;
  return {
    ref: name,
    attributes: {
      Arn: `arn:${partition}:scheduler:${region}:${accountId}:schedule/default/${name}`,
    },
    ...(schedule !== undefined && { object: schedule }),
  };
};

/** Makes a schedule for each target; only functions are reached by one. */
export function scheduleTargets(
  stack: Stack,
  resource: TemplateResource,
  { targets, ...times }: PlannedTimes & { readonly targets: readonly PlannedTarget[] },
): Schedule[] {
  return targets.flatMap((target, index) => {
    if (!/^arn:[^:]+:lambda:/.test(target.arn)) {
      const problem = `A schedule sends to functions here, not to ${target.arn}`;
      stack.plan.warnings.add([...resource.path, 'Targets'], problem);
      return [];
    }
    const name = index === 0 ? times.name : `${times.name}-${index + 1}`;
    return createSchedule(stack, resource, { ...times, name }, target);
  });
}

function createSchedule(
  stack: Stack,
  resource: TemplateResource,
  { name, expression, timeZone, isEnabled }: PlannedTimes,
  target: PlannedTarget,
): Schedule {
  const { lambda } = stack;
  const fn = stack.functionAt(resource, target.arn);
  const event = eventOf(stack, resource, target);
  const when = { ...whenOf(expression, timeZone), name };
  let schedule;
  try {
    schedule = lambda.schedule(fn, when, event);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    // The template says it otherwise than when it was deployed before.
    lambda.getSchedule(name)?.cancel();
    schedule = lambda.schedule(fn, when, event);
  }
  if (isEnabled) schedule.resume();
  else schedule.pause();
  return schedule;
}

/** Undefined for AWS's own event. */
function eventOf(
  stack: Stack,
  resource: TemplateResource,
  { options, deadLetterArn }: PlannedTarget,
): unknown {
  const { input, id: _id, ...others } = options;
  if (Object.keys(others).length > 0 || deadLetterArn !== undefined) {
    const problem = 'Of the target of a schedule only the ARN and the input count here';
    stack.plan.warnings.add([...resource.path, 'Targets'], problem);
  }
  if (input === undefined) return undefined;
  try {
    return JSON.parse(input);
  } catch (cause) {
    throw stack.error(resource, `The input of a schedule is JSON, not ${input}`, cause);
  }
}
