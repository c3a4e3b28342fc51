import type { AsyncTarget } from '../core/async-target.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { BrokerError } from './broker-error.ts';
import type { AcceptedEvent } from './bus-event.ts';
import { DeliveryFault } from './delivery-fault.ts';

/** Where a rule sends events: a queue, a topic, a function, version or alias, another bus, or a callback. */
export type RuleTarget = RuleQueue | RuleTopic | AsyncTarget | RuleBus | RuleCallback;

/** Called with what a function would get. A throw or rejection counts as a failed delivery. */
export type RuleCallback = (event: unknown) => unknown;

/** What a rule needs of a `Queue`. */
export interface RuleQueue {
  readonly arn: string;
  readonly isFifo: boolean;
  send(
    body: string,
    options?: {
      readonly groupId?: string;
      readonly traceHeader?: string;
      readonly attributes?: Readonly<Record<string, string>>;
    },
  ): Promise<unknown>;
}

/** What a rule needs of a `Topic`. */
export interface RuleTopic {
  readonly arn: string;
  readonly isFifo: boolean;
  publish(message: string, options?: { readonly traceHeader?: string }): Promise<unknown>;
}

/** What a rule needs of an `EventBus`. */
export interface RuleBus {
  readonly arn: string;
  forward(accepted: AcceptedEvent): Promise<void>;
}

/** A target, told apart once. */
export type Receiver =
  | {
      readonly kind: 'payload';
      /** ARN, or `callback`. */
      readonly arn: string;
      /** @param payload JSON text, or texts in quotation marks, a line each */
      readonly send: (payload: string, traceHeader: string | undefined) => Promise<unknown>;
    }
  | {
      readonly kind: 'bus';
      readonly arn: string;
      readonly forward: (accepted: AcceptedEvent) => Promise<void>;
    };

/**
 * @param id of the target, for AWS's messages
 * @param groupId of messages in FIFO queues
 */
export function receiverOf(id: string, target: RuleTarget, groupId: string | undefined): Receiver {
  const isQueue = isFor(target, 'sqs', 'send');
  if (groupId !== undefined && !(isQueue && (target as RuleQueue).isFifo)) {
    throw new InvalidOptionError('groupId', 'absent unless the target is a FIFO queue', groupId);
  }
  if (isQueue) return queueReceiver(id, target as RuleQueue, groupId);
  if (isFor(target, 'sns', 'publish')) return topicReceiver(target as RuleTopic);
  if (isFor(target, 'events', 'forward')) return busReceiver(target as RuleBus);
  if (isFor(target, 'lambda', 'send')) return functionReceiver(target as AsyncTarget);
  if (typeof target === 'function') return callbackReceiver(target);
  const rule = 'a queue, a topic, a function, version or alias, an event bus, or a callback';
  throw new InvalidOptionError('target', rule, target);
}

/** Dead letters go to standard queues alone. */
export function checkDeadLetterQueue(queue: RuleQueue): void {
  if (!isFor(queue, 'sqs', 'send') || queue.isFifo) {
    throw new InvalidOptionError('deadLetterQueue', 'a standard queue', queue);
  }
}

/** The service stands in the ARN; a queue and a function both have `send`. */
function isFor(target: unknown, service: string, method: string): boolean {
  if (typeof target !== 'object' || target === null) return false;
  const { arn } = target as { arn?: unknown };
  return typeof arn === 'string' && arn.split(':')[2] === service && method in target;
}

function queueReceiver(id: string, queue: RuleQueue, groupId: string | undefined): Receiver {
  if (queue.isFifo && groupId === undefined) {
    throw new BrokerError(
      'ValidationException',
      `Parameter(s) SqsParameters must be specified for target: ${id}.`,
    );
  }
  const group = groupId === undefined ? {} : { groupId };
  return {
    kind: 'payload',
    arn: queue.arn,
    send: (payload, traceHeader) => queue.send(payload, { ...group, ...traced(traceHeader) }),
  };
}

function topicReceiver(topic: RuleTopic): Receiver {
  if (topic.isFifo) throw new InvalidOptionError('target', 'a standard topic', topic.arn);
  return {
    kind: 'payload',
    arn: topic.arn,
    send: (payload, traceHeader) => topic.publish(payload, traced(traceHeader)),
  };
}

function busReceiver(bus: RuleBus): Receiver {
  return { kind: 'bus', arn: bus.arn, forward: (accepted) => bus.forward(accepted) };
}

function functionReceiver(target: AsyncTarget): Receiver {
  return {
    kind: 'payload',
    arn: target.arn,
    send: async (payload, traceId) =>
      target.send(parsed(payload), traceId === undefined ? {} : { traceId }),
  };
}

function callbackReceiver(callback: RuleCallback): Receiver {
  // Called from outside of `put`, which the callback may call itself.
  const call = (payload: string): Promise<unknown> =>
    Promise.resolve().then(() => callback(parsed(payload)));
  return { kind: 'payload', arn: 'callback', send: call };
}

/** Several lines of texts are nothing that a function can be invoked with. */
function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    throw new DeliveryFault('INVALID_JSON', `Functions take JSON, not ${payload}`);
  }
}

function traced(traceHeader: string | undefined): { readonly traceHeader?: string } {
  return traceHeader === undefined ? {} : { traceHeader };
}
