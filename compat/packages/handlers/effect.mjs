import { Data, Effect, Schedule } from 'effect';

class Busy extends Data.TaggedError('Busy') {}

let attempts = 0;
const flaky = Effect.suspend(() =>
  ++attempts < 3 ? Effect.fail(new Busy()) : Effect.succeed('done'),
);

export const handler = async () => ({
  retried: await Effect.runPromise(Effect.retry(flaky, Schedule.recurs(5))),
  attempts,
  all: await Effect.runPromise(
    Effect.all([Effect.promise(async () => 1), Effect.delay(Effect.succeed(2), '1 millis')], {
      concurrency: 'unbounded',
    }),
  ),
});

export const expected = { retried: 'done', attempts: 3, all: [1, 2] };
