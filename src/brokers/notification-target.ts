import type { AsyncTarget } from '../core/async-target.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { S3BusEntry, S3Event, S3TestEvent } from './bucket-events.ts';
import { BrokerError } from './broker-error.ts';

/** Where a bucket sends its notifications: a queue, a topic, a function, an event bus, or a callback. */
export type NotificationTarget =
  | NotifiedQueue
  | NotifiedTopic
  | NotifiedBus
  | AsyncTarget
  | NotificationCallback;

/** Called with what a function would get. A throw or rejection counts as a failed delivery. */
export type NotificationCallback = (event: S3Event) => unknown;

/** What a bucket needs of a `Queue`. */
export interface NotifiedQueue {
  readonly arn: string;
  readonly isFifo: boolean;
  send(body: string, options?: { readonly traceHeader?: string }): Promise<unknown>;
}

/** What a bucket needs of a `Topic`. */
export interface NotifiedTopic {
  readonly arn: string;
  readonly isFifo: boolean;
  publish(
    message: string,
    options?: { readonly subject?: string; readonly traceHeader?: string },
  ): Promise<unknown>;
}

/** What a bucket needs of an `EventBus`. */
export interface NotifiedBus {
  readonly arn: string;
  put(entries: readonly S3BusEntry[]): Promise<readonly object[]>;
}

/** A target, told apart once. */
export type Receiver =
  | {
      readonly kind: 'records';
      /** ARN, or `callback`. */
      readonly arn: string;
      readonly send: (event: S3Event, traceHeader: string | undefined) => Promise<unknown>;
      /** Queues and topics are told that notifications will come. */
      readonly sendTest: ((event: S3TestEvent) => Promise<unknown>) | undefined;
    }
  | {
      readonly kind: 'bus';
      readonly arn: string;
      readonly put: (entry: S3BusEntry) => Promise<unknown>;
    };

const subject = 'Amazon S3 Notification';

export function receiverOf(target: NotificationTarget): Receiver {
  if (typeof target === 'function') return callbackReceiver(target);
  if (typeof target !== 'object' || target === null || typeof target.arn !== 'string') {
    throw unsuitable(target);
  }
  if (isFor(target, 'sqs', 'send')) return queueReceiver(target as NotifiedQueue);
  if (isFor(target, 'sns', 'publish')) return topicReceiver(target as NotifiedTopic);
  if (isFor(target, 'events', 'put')) return busReceiver(target as NotifiedBus);
  if ('send' in target) return functionReceiver(target as AsyncTarget);
  throw unsuitable(target);
}

/** The service stands in the ARN; a queue and a function both have `send`. */
function isFor(target: { readonly arn: string }, service: string, method: string): boolean {
  return target.arn.split(':')[2] === service && method in target;
}

function unsuitable(target: unknown): InvalidOptionError {
  const rule = 'a queue, a topic, an event bus, a function, version or alias, or a callback';
  return new InvalidOptionError('target', rule, target);
}

function callbackReceiver(callback: NotificationCallback): Receiver {
  return {
    kind: 'records',
    arn: 'callback',
    send: async (event) => callback(event),
    sendTest: undefined,
  };
}

function queueReceiver(queue: NotifiedQueue): Receiver {
  if (queue.isFifo) throw new BrokerError('InvalidArgument', 'FIFO SQS queues are not supported.');
  return {
    kind: 'records',
    arn: queue.arn,
    send: (event, traceHeader) => queue.send(JSON.stringify(event), traced(traceHeader)),
    sendTest: (event) => queue.send(JSON.stringify(event)),
  };
}

function topicReceiver(topic: NotifiedTopic): Receiver {
  if (topic.isFifo) throw new BrokerError('InvalidArgument', 'FIFO SNS topics are not supported.');
  return {
    kind: 'records',
    arn: topic.arn,
    send: (event, traceHeader) =>
      topic.publish(JSON.stringify(event), { subject, ...traced(traceHeader) }),
    sendTest: (event) => topic.publish(JSON.stringify(event), { subject }),
  };
}

function functionReceiver(target: AsyncTarget): Receiver {
  return {
    kind: 'records',
    arn: target.arn,
    send: (event, traceId) => target.send(event, traceId === undefined ? {} : { traceId }),
    sendTest: undefined,
  };
}

function busReceiver(bus: NotifiedBus): Receiver {
  return {
    kind: 'bus',
    arn: bus.arn,
    put: async (entry) => {
      const [result] = await bus.put([entry]);
      if (result === undefined || !('errorCode' in result)) return;
      // A bus answers for each entry; what it refuses is not thrown.
      const message = 'errorMessage' in result ? String(result.errorMessage) : '';
      throw new BrokerError(String(result.errorCode), message);
    },
  };
}

function traced(traceHeader: string | undefined): { readonly traceHeader?: string } {
  return traceHeader === undefined ? {} : { traceHeader };
}
