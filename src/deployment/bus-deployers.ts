import type { EventBus } from '../brokers/event-bus.ts';
import type { Rule } from '../brokers/rule.ts';
import type { RuleTarget } from '../brokers/rule-receiver.ts';
import type { RuleTargetOptions } from '../brokers/rule-options.ts';
import {
  readArchive,
  readBus,
  readRule,
  type PlannedRule,
  type PlannedTarget,
} from '../template/resources/event-resources.ts';
import type { TemplateResource } from '../template/template-resource.ts';
import type { Deployer } from './deployer.ts';
import { scheduleTargets } from './schedule-deployers.ts';
import { objectAt, type Stack } from './stack.ts';

export const deployBus: Deployer = async (stack, resource, properties) => {
  const name = readBus(properties).name ?? stack.nameOf(resource, { maxLength: 256 });
  const bus = busNamed(stack, name);
  return { ref: name, attributes: { Arn: bus.arn, Name: name }, object: bus };
};

/** With a pattern it is a rule of a bus, with an expression a schedule; both may be given. */
export const deployRule: Deployer = async (stack, resource, properties) => {
  const planned = readRule(properties);
  const { schedule: expression, pattern } = planned;
  const name = planned.name ?? stack.nameOf(resource, { maxLength: 64 });
  const schedules =
    expression === undefined
      ? []
      : scheduleTargets(stack, resource, { ...planned, expression, name });
  const rule = pattern === undefined ? undefined : createRule(stack, resource, planned, name);
  const { partition, region, accountId } = stack.home;
  const arn = `arn:${partition}:events:${region}:${accountId}:rule/${name}`;
  const object = rule ?? schedules[0];
  const isOnDefault = planned.bus === 'default' || rule === undefined;
  return {
    ref: isOnDefault ? name : `${busNamed(stack, planned.bus).name}|${name}`,
    attributes: { Arn: rule?.arn ?? arn },
    ...(object !== undefined && { object }),
  };
};

function createRule(
  stack: Stack,
  resource: TemplateResource,
  { bus: busName, isEnabled, pattern, description, targets }: PlannedRule,
  name: string,
): Rule {
  const bus = busNamed(stack, busName);
  // A rule may be deployed again.
  bus.deleteRule(name);
  return bus.createRule(name, {
    pattern: pattern as object,
    state: isEnabled ? 'ENABLED' : 'DISABLED',
    targets: targets.map((target) => ruleTarget(stack, resource, target)),
    ...(description !== undefined && { description }),
  });
}

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
