import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkInteger, checkKnownKeys, checkOneOf, checkString } from '../core/options.ts';
import { BrokerError } from './broker-error.ts';
import { checkDescription } from './event-bus-options.ts';
import { compileEventPattern, type EventPattern } from './event-pattern.ts';
import type { TargetInput } from './input-transformer.ts';
import type { RetryPolicy } from './rule-delivery.ts';
import {
  checkDeadLetterQueue,
  receiverOf,
  type Receiver,
  type RuleQueue,
  type RuleTarget,
} from './rule-receiver.ts';
import { compileTargetInput, type TargetInputOptions } from './target-input.ts';

export type RuleState = 'ENABLED' | 'DISABLED';

export interface RuleOptions {
  /** Which events it is about, an object or JSON text. */
  readonly pattern: object | string;
  /** @default 'ENABLED' */
  readonly state?: RuleState;
  /** Up to 512 characters. @default '' */
  readonly description?: string;
  /** Up to 5 of them, unless the bus takes more. @default none */
  readonly targets?: readonly (RuleTarget | RuleTargetOptions)[];
}

/** A target with what is said about it; a target alone is short for `{ target }`. */
export interface RuleTargetOptions extends TargetInputOptions {
  readonly target: RuleTarget;
  /** Up to 64 letters, digits, `.`, `-` and `_`. @default 'target-1', 'target-2', ... */
  readonly id?: string;
  /** The message group of events in a FIFO queue; needed there. */
  readonly groupId?: string;
  /** Attempts after the first one, 0 to 185. @default 185 */
  readonly maxRetries?: number;
  /** How old an event may become while it is tried again, 60_000 to 86_400_000. @default 86_400_000 */
  readonly maxEventAgeMs?: number;
  /** A standard queue for what the target does not take. @default it is reported as undelivered */
  readonly deadLetterQueue?: RuleQueue;
}

/** A rule as its bus sees it. */
export interface RuleRecord {
  readonly name: string;
  readonly arn: string;
  pattern: EventPattern;
  state: RuleState;
  description: string;
  targets: readonly ResolvedRuleTarget[];
}

export interface ResolvedRuleTarget {
  readonly id: string;
  readonly receiver: Receiver;
  /** Undefined: the whole event. */
  readonly input: TargetInput | undefined;
  readonly policy: RetryPolicy;
  readonly deadLetterQueue: RuleQueue | undefined;
}

/** What the bus of a rule says about it. */
export interface RuleFrame {
  readonly busArn: string;
  readonly maxTargets: number;
  readonly maxPatternLength: number;
}

const namePattern = /^[\w.-]+$/;

export function resolveRule(
  name: string,
  arn: string,
  options: RuleOptions,
  frame: RuleFrame,
): RuleRecord {
  checkKnownKeys('options', options, ['pattern', 'state', 'description', 'targets']);
  const { pattern, state = 'ENABLED', description = '', targets = [] } = options;
  checkDescription(description);
  if (!Array.isArray(targets)) throw new InvalidOptionError('targets', 'a list', targets);
  const record = {
    name,
    arn,
    pattern: checkPattern(pattern, frame),
    state: checkState(state),
    description,
    targets: [],
  };
  for (const target of targets as readonly (RuleTarget | RuleTargetOptions)[]) {
    addTarget(record, target, frame);
  }
  return record;
}

export function checkPattern(pattern: object | string, frame: RuleFrame): EventPattern {
  if ((typeof pattern !== 'object' || pattern === null) && typeof pattern !== 'string') {
    throw new InvalidOptionError('pattern', 'an event pattern', pattern);
  }
  return compileEventPattern(pattern, { maxLength: frame.maxPatternLength });
}

export function checkState(state: unknown): RuleState {
  checkOneOf('state', state, ['ENABLED', 'DISABLED']);
  return state;
}

/** A target with the id of one that is there takes its place, as on AWS. */
export function addTarget(
  record: RuleRecord,
  given: RuleTarget | RuleTargetOptions,
  frame: RuleFrame,
): ResolvedRuleTarget {
  const target = resolveTarget(optionsOf(given), frame, () => freeId(record));
  const others = record.targets.filter(({ id }) => id !== target.id);
  if (others.length >= frame.maxTargets) {
    throw new BrokerError(
      'LimitExceededException',
      'The requested resource exceeds the maximum number allowed.',
    );
  }
  record.targets = [...others, target];
  return target;
}

/** Options have a `target`, targets have none. */
function optionsOf(given: RuleTarget | RuleTargetOptions): RuleTargetOptions {
  const isOptions = typeof given === 'object' && given !== null && 'target' in given;
  return isOptions ? given : { target: given };
}

const targetKeys = [
  'target',
  'id',
  'groupId',
  'input',
  'inputPath',
  'inputTransformer',
  'maxRetries',
  'maxEventAgeMs',
  'deadLetterQueue',
] as const;

function resolveTarget(
  options: RuleTargetOptions,
  { busArn }: RuleFrame,
  newId: () => string,
): ResolvedRuleTarget {
  checkKnownKeys('target', options, targetKeys);
  const { id = newId(), target, groupId, deadLetterQueue } = options;
  const { targetIdLength } = limits.eventBus;
  checkString('id', id, {
    maxLength: targetIdLength,
    pattern: namePattern,
    says: `1 to ${targetIdLength} letters, digits, ".", "-" and "_"`,
  });
  const receiver = receiverOf(id, target, groupId);
  if (receiver.arn === busArn) {
    throw new InvalidOptionError('target', 'another bus than that of the rule', receiver.arn);
  }
  if (deadLetterQueue !== undefined) checkDeadLetterQueue(deadLetterQueue);
  const input = compileTargetInput(id, options);
  if (receiver.kind === 'bus' && input !== undefined) {
    throw new InvalidOptionError('target', 'no event bus when it has an input', receiver.arn);
  }
  return Object.freeze({ id, receiver, input, policy: policyOf(options), deadLetterQueue });
}

function policyOf(options: RuleTargetOptions): RetryPolicy {
  const { maxRetries, maxEventAgeMs } = limits.eventBus;
  const policy = {
    maxRetries: options.maxRetries ?? maxRetries.default,
    maxEventAgeMs: options.maxEventAgeMs ?? maxEventAgeMs.default,
  };
  checkInteger('maxRetries', policy.maxRetries, maxRetries);
  checkInteger('maxEventAgeMs', policy.maxEventAgeMs, maxEventAgeMs);
  return policy;
}

function freeId({ targets }: RuleRecord): string {
  let number = targets.length + 1;
  while (targets.some(({ id }) => id === `target-${number}`)) number += 1;
  return `target-${number}`;
}
