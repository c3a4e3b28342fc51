import type { EventBus } from '../brokers/event-bus.ts';
import type { RuleTarget } from '../brokers/rule-receiver.ts';
import type { RuleTargetOptions } from '../brokers/rule-options.ts';
import {
  readArchive,
  readBus,
  readRule,
  type PlannedTarget,
} from '../template/resources/event-resources.ts';
import type { TemplateResource } from '../template/template-resource.ts';
import type { Deployer } from './deployer.ts';
import { objectAt, type Stack } from './stack.ts';

export const deployBus: Deployer = async (stack, resource, properties) => {
  const name = readBus(properties).name ?? stack.nameOf(resource, { maxLength: 256 });
  const bus = busNamed(stack, name);
  return { ref: name, attributes: { Arn: bus.arn, Name: name }, object: bus };
};

export const deployRule: Deployer = async (stack, resource, properties) => {
  const planned = readRule(properties);
  const { bus: busName, isEnabled, pattern, schedule, description } = planned;
  const name = planned.name ?? stack.nameOf(resource, { maxLength: 64 });
  if (schedule !== undefined) {
    properties.warn('ScheduleExpression', 'Schedules are not run here');
  }
  const bus = busNamed(stack, busName);
  const targets = planned.targets.map((target) => ruleTarget(stack, resource, target));
  // A rule may be deployed again.
  bus.deleteRule(name);
  const rule = bus.createRule(name, {
    // A rule of a schedule alone matches nothing; it is here for its name.
    pattern: (pattern ?? { source: ['isolambda.schedule'] }) as object,
    state: isEnabled ? 'ENABLED' : 'DISABLED',
    targets,
    ...(description !== undefined && { description }),
  });
  return {
    ref: bus.name === 'default' ? name : `${bus.name}|${name}`,
    attributes: { Arn: rule.arn },
    object: rule,
  };
};

function ruleTarget(
  stack: Stack,
  resource: TemplateResource,
  { arn, options, deadLetterArn }: PlannedTarget,
): RuleTargetOptions {
  const target = objectAt(stack.lambda, arn);
  if (target === undefined) throw stack.error(resource, `There is no ${arn}, the target`);
  return {
    ...options,
    target: target as RuleTarget,
    ...(deadLetterArn !== undefined && {
      deadLetterQueue: stack.queueAt(resource, deadLetterArn),
    }),
  };
}

export const deployArchive: Deployer = async (stack, resource, properties) => {
  const { name: given, sourceArn, options } = readArchive(properties);
  const name = given ?? stack.nameOf(resource, { maxLength: 48 });
  const { pattern, ...others } = options;
  const bus = busNamed(stack, sourceArn);
  const archive =
    bus.getArchive(name) ??
    bus.createArchive(name, {
      ...others,
      ...(pattern !== undefined && { pattern: pattern as object }),
    });
  return { ref: name, attributes: { Arn: archive.arn }, object: archive };
};

/** By name or ARN; every account has the bus `default`. */
function busNamed(stack: Stack, reference: string): EventBus {
  const name = reference.startsWith('arn:')
    ? reference.slice(reference.indexOf('/') + 1)
    : reference;
  return stack.lambda.getEventBus(name) ?? stack.lambda.createEventBus(name);
}
