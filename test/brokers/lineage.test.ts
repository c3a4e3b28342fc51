import { expect, test } from 'vitest';
import type { Lambda, LambdaFunction } from '../../src/index.ts';
import { onVirtualTime, record } from '../async/fixture.ts';
import { recorded, recorder, take } from './recorder.ts';

/** How one round causes the next; what is returned gets the trace header of the round before. */
type Way = (lambda: Lambda, target: LambdaFunction) => Promise<(trace: string) => Promise<unknown>>;

const ways: Record<string, Way> = {
  // Whoever polls a queue hands the trace header on, as AWS's pollers do.
  queue: async (lambda, target) => {
    const queue = lambda.createQueue('q');
    return async (traceHeader) => {
      await queue.send('again', { traceHeader });
      const { systemAttributes } = await take(queue);
      await target.send({}, { traceId: systemAttributes.AWSTraceHeader ?? '' });
    };
  },
  topic: async (lambda, target) => {
    const topic = lambda.createTopic('t');
    topic.subscribe(target);
    return (traceHeader) => topic.publish('again', { traceHeader });
  },
  bucket: async (lambda, target) => {
    const bucket = lambda.createBucket('uploads');
    await bucket.notify({ events: ['s3:ObjectCreated:*'], target });
    return (traceHeader) => bucket.put('again', '', { traceHeader });
  },
};

test.each(Object.keys(ways))(
  'the 17th round of a function through a %s is refused',
  async (way) => {
    await using scope = onVirtualTime();
    const { lambda, clock } = scope;
    const stopped = record(lambda, 'recursion.stopped');
    record(lambda, 'async.dropped');
    const { got, target } = await recorder(lambda);
    const again = await ways[way]?.(lambda, target);

    await target.send({});
    let rounds = 0;
    for (await clock.advance(0); got.size > 0; await clock.advance(0)) {
      rounds += 1;
      await again?.((await recorded(got)).trace);
    }
    expect(rounds).toBe(16);
    expect(stopped).toMatchObject([{ functionName: 'orders', rounds: 16 }]);
  },
);
