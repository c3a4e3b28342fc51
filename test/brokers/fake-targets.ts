import type { AsyncSendOptions } from '../../src/core/async-target.ts';

const arnOf = (service: string, name: string): string =>
  `arn:aws:${service}:us-east-1:123456789012:${name}`;

/** What a target was given, with the other arguments of the call. */
export interface Taken<Body = string> {
  readonly body: Body;
  readonly options: unknown;
}

/** Refuses while there is an error to throw for it. */
export interface Fake {
  readonly arn: string;
  error: unknown;
}

export interface FakeQueue extends Fake {
  readonly isFifo: boolean;
  readonly taken: Taken[];
  send(body: string, options?: unknown): Promise<void>;
}

export function fakeQueue(name = 'q', isFifo = false): FakeQueue {
  const taken: Taken[] = [];
  const queue: FakeQueue = {
    arn: arnOf('sqs', name),
    isFifo,
    taken,
    error: undefined,
    async send(body, options) {
      if (queue.error !== undefined) throw queue.error;
      taken.push({ body, options });
    },
  };
  return queue;
}

export interface FakeTopic extends Fake {
  readonly isFifo: boolean;
  readonly taken: Taken[];
  publish(message: string, options?: unknown): Promise<void>;
}

export function fakeTopic(isFifo = false): FakeTopic {
  const taken: Taken[] = [];
  const topic: FakeTopic = {
    arn: arnOf('sns', 't'),
    isFifo,
    taken,
    error: undefined,
    async publish(body, options) {
      if (topic.error !== undefined) throw topic.error;
      taken.push({ body, options });
    },
  };
  return topic;
}

export interface FakeFunction extends Fake {
  readonly taken: Taken<unknown>[];
  send(event: unknown, options?: AsyncSendOptions): Promise<{ requestId: string }>;
}

export function fakeFunction(name = 'f'): FakeFunction {
  const taken: Taken<unknown>[] = [];
  const target: FakeFunction = {
    arn: arnOf('lambda', `function:${name}`),
    taken,
    error: undefined,
    async send(body, options) {
      if (target.error !== undefined) throw target.error;
      taken.push({ body, options });
      return { requestId: 'r' };
    },
  };
  return target;
}
