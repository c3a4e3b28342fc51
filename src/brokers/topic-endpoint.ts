import type { AsyncTarget } from '../core/async-target.ts';
import { ClosedError, InvalidOptionError } from '../core/errors.ts';
import { failureOf } from './delivery-fault.ts';
import {
  callbackSchedule,
  managedEndpointSchedule,
  type DeliverySchedule,
} from './delivery-schedule.ts';
import type { Notification } from './notification.ts';
import {
  envelopeOf,
  functionEventOf,
  topicNotificationOf,
  type TopicNotification,
} from './notification-formats.ts';
import type { SendMessageOptions } from './outgoing-message.ts';
import type { SubscriptionFacts } from './subscription.ts';
import type { TopicProtocol } from './topic-message.ts';

/** Called with each notification. A throw or rejection counts as a failed delivery. */
export type TopicCallback = (notification: TopicNotification) => unknown;

/** What a topic needs of a `Queue`. */
export interface SubscribedQueue {
  readonly arn: string;
  readonly isFifo: boolean;
  send(body: string, options?: SendMessageOptions): Promise<unknown>;
}

/** A queue, a function, version or alias, or a callback. */
export type SubscriptionTarget = SubscribedQueue | AsyncTarget | TopicCallback;

/** One kind of subscriber. */
export interface TopicEndpoint {
  readonly protocol: TopicProtocol;
  readonly schedule: DeliverySchedule;
  /** Resolves when the subscriber has the notification. */
  readonly deliver: (notification: Notification, to: SubscriptionFacts) => Promise<unknown>;
  /** Whether it is no use to try again: AWS's client-side errors. */
  readonly isRefusal: (error: unknown) => boolean;
}

/** @throws InvalidOptionError for what is none of the three */
export function endpointOf(target: SubscriptionTarget): TopicEndpoint {
  if (typeof target === 'function') return callbackEndpoint(target);
  if (isSubscribedQueue(target)) return queueEndpoint(target);
  if (isOf('lambda', target)) return functionEndpoint(target);
  const rule = 'a queue, a function, version or alias, or a callback';
  throw new InvalidOptionError('target', rule, target);
}

export function isSubscribedQueue(target: unknown): target is SubscribedQueue {
  return isOf('sqs', target);
}

/** The service stands in the ARN; a queue and a function both have `send`. */
function isOf(service: string, target: unknown): boolean {
  if (typeof target !== 'object' || target === null || !('send' in target)) return false;
  const { arn } = target as { readonly arn?: unknown };
  return typeof arn === 'string' && arn.split(':')[2] === service;
}

function queueEndpoint(queue: SubscribedQueue): TopicEndpoint {
  return {
    protocol: 'sqs',
    schedule: managedEndpointSchedule,
    deliver: (notification, to) => sendToQueue(queue, notification, to),
    isRefusal,
  };
}

function functionEndpoint(target: AsyncTarget): TopicEndpoint {
  return {
    protocol: 'lambda',
    schedule: managedEndpointSchedule,
    deliver: (notification, to) => {
      const { traceHeader } = notification;
      const options = traceHeader === undefined ? {} : { traceId: traceHeader };
      return target.send(functionEventOf(notification, to), options);
    },
    isRefusal,
  };
}

function callbackEndpoint(callback: TopicCallback): TopicEndpoint {
  return {
    protocol: 'callback',
    schedule: callbackSchedule,
    deliver: async (notification, to) => callback(topicNotificationOf(notification, to)),
    isRefusal: () => false,
  };
}

/** Also how a notification gets into the dead-letter queue of its subscription: in the same form. */
export function sendToQueue(
  queue: SubscribedQueue,
  notification: Notification,
  to: SubscriptionFacts,
): Promise<unknown> {
  const { traceHeader, attributes } = notification;
  const options: SendMessageOptions = {
    ...idsFor(queue, notification),
    ...(traceHeader !== undefined && { traceHeader }),
    ...(to.raw && { attributes }),
  };
  const body = to.raw ? notification.texts[to.protocol] : envelopeOf(notification, to);
  return queue.send(body, options);
}

/** A FIFO topic gives its group ids to FIFO queues alone, a standard topic to the standard queues it has. */
function idsFor(
  queue: SubscribedQueue,
  { groupId, dedupId, sequenceNumber }: Notification,
): Pick<SendMessageOptions, 'groupId' | 'dedupId'> {
  const isFifoTopic = sequenceNumber !== undefined;
  if (isFifoTopic !== queue.isFifo) return {};
  return {
    ...(groupId !== undefined && { groupId }),
    ...(dedupId !== undefined && { dedupId }),
  };
}

/** A target that is closed may be there again, after a restart for one. */
function isRefusal(error: unknown): boolean {
  return !(error instanceof ClosedError) && !failureOf(error).isRetriable;
}
