import { describe, expect, test } from 'vitest';
import { Events, type LambdaEvents } from '../../src/core/events.ts';
import { AsyncHistory } from '../../src/testing/index.ts';

const startMs = Date.UTC(2026, 0, 1);
const queue = 'arn:aws:sqs:us-east-1:123456789012:orders-dead';

/** A source that tells what a test makes it tell. */
function setUp() {
  const events = new Events();
  const history = new AsyncHistory(events);
  const tell = (
    type: keyof LambdaEvents,
    atMs: number,
    more: object = {},
    requestId = 'r1',
  ): void => {
    const facts = { at: startMs + atMs, requestId, functionName: 'orders', qualifier: '$LATEST' };
    events.emit({ type, ...facts, ...more } as LambdaEvents[keyof LambdaEvents]);
  };
  /** What an event goes through whose handler fails every time. */
  const fail = (requestId?: string): void => {
    tell('async.accepted', 0, {}, requestId);
    tell('async.attempted', 0, { attempt: 1, ageMs: 0 }, requestId);
    tell(
      'async.retried',
      10,
      { reason: 'function-error', delayMs: 60_000, invokeCount: 1 },
      requestId,
    );
    tell('async.attempted', 60_010, { attempt: 2, ageMs: 60_010 }, requestId);
    tell('async.dropped', 60_020, { condition: 'RetriesExhausted', invokeCount: 2 }, requestId);
  };
  return { history, tell, fail };
}

test('an event is followed from its acceptance to the place where its letter went', () => {
  const { history, tell, fail } = setUp();
  fail();
  tell('deadLetter.sent', 60_020, { condition: 'RetriesExhausted', to: queue });

  expect(history.of('r1')).toMatchObject({
    functionName: 'orders',
    state: 'dropped',
    attemptedAt: [startMs, startMs + 60_010],
    condition: 'RetriesExhausted',
    places: [queue],
    lines: [
      '0 s: accepted for orders:$LATEST',
      '0 s: attempt 1',
      '0.01 s: function-error, comes again in 60 s',
      '60.01 s: attempt 2',
      '60.02 s: given up: RetriesExhausted',
      `60.02 s: its letter reached ${queue}`,
    ],
  });
  expect(history.all()).toHaveLength(1);
  expect(history.leftovers(startMs + 60_020)).toEqual([]);
});

test('an attempt at which the handler did not start is none', () => {
  const { history, tell } = setUp();
  tell('async.accepted', 0);
  tell('async.attempted', 0, { attempt: 1, ageMs: 0 });
  tell('async.retried', 0, { reason: 'throttled', delayMs: 1_000, invokeCount: 0 });
  tell('async.attempted', 1_000, { attempt: 1, ageMs: 1_000 });
  tell('async.retried', 1_000, { reason: 'function-error', delayMs: 60_000, invokeCount: 1 });
  tell('async.attempted', 61_000, { attempt: 2, ageMs: 61_000 });
  tell('async.dropped', 61_000, { condition: 'ZeroReservedConcurrency', invokeCount: 1 });

  expect(history.of('r1')).toMatchObject({
    attemptedAt: [startMs + 1_000],
    lines: [
      '0 s: accepted for orders:$LATEST',
      '0 s: throttled, comes again in 1 s',
      '1 s: attempt 1',
      '1 s: function-error, comes again in 60 s',
      '61 s: given up: ZeroReservedConcurrency',
    ],
  });
});

test('an attempt that comes again although it was dealt with counts', () => {
  const { history, tell } = setUp();
  tell('async.accepted', 0);
  for (const atMs of [0, 5_000]) {
    tell('async.attempted', atMs, { attempt: 1, ageMs: atMs });
    tell('async.succeeded', atMs, { invokeCount: 1 });
    tell('async.retried', atMs, { reason: 'lease-lost', delayMs: 1_000, invokeCount: 0 });
  }
  expect(history.of('r1')?.attemptedAt).toEqual([startMs, startMs + 5_000]);
});

describe('expectEndedIn', () => {
  test('takes a queue or its ARN, and agrees with what happened', () => {
    const { history, tell, fail } = setUp();
    fail();
    tell('destination.delivered', 60_020, { condition: 'RetriesExhausted', to: queue });

    history.expectEndedIn(queue, 'r1');
    history.expectEndedIn({ arn: queue }, 'r1', { attempts: 2, condition: 'RetriesExhausted' });
  });

  test.each([
    [{ attempts: 3 }, ' after 3 attempts.'],
    [{ attempts: 1 }, ' after 1 attempt.'],
    [{ condition: 'Success' }, ' with the condition Success.'],
  ])('disagrees with %j and tells the story', (expected, words) => {
    const { history, tell, fail } = setUp();
    fail();
    tell('deadLetter.sent', 60_020, { condition: 'RetriesExhausted', to: queue });

    expect(() => history.expectEndedIn(queue, 'r1', expected)).toThrow(
      `Expected the event r1 to end in ${queue}${words}\nWhat happened:\n  0 s: accepted for orders`,
    );
  });

  test('names the events that it knows when the one in question is none of them', () => {
    const { history, fail } = setUp();
    expect(() => history.expectEndedIn(queue, 'r2')).toThrow('No event was sent.');
    fail();
    expect(() => history.expectEndedIn(queue, 'r2')).toThrow('The events: r1');
  });

  test('refuses what is no place', () => {
    const { history } = setUp();
    expect(() => history.expectEndedIn({} as { arn: string }, 'r1')).toThrow('`place`');
    expect(() => history.expectEndedIn(queue, 'r1', { attempt: 1 } as object)).toThrow(
      'There is no option `attempt`',
    );
  });
});

describe('leftovers', () => {
  test('are events that wait, with the time of the next attempt', () => {
    const { history, tell } = setUp();
    tell('async.accepted', 0);
    expect(history.leftovers(startMs)).toEqual([
      'orders: the event r1 still waits after 0 attempts',
    ]);
    tell('async.attempted', 0, { attempt: 1, ageMs: 0 });
    tell('async.retried', 0, { reason: 'function-error', delayMs: 60_000, invokeCount: 1 });
    expect(history.leftovers(startMs + 1_000)).toEqual([
      'orders: the event r1 still waits after 1 attempt, the next comes in 59 s',
    ]);
  });

  test('are events that were given up and that nothing took', () => {
    const { history, fail } = setUp();
    fail();
    expect(history.leftovers(startMs)).toEqual([
      'orders: the event r1 was given up after 2 attempts (RetriesExhausted), and nothing took it',
    ]);
  });

  test('are deliveries that failed, and events that a closed Lambda abandoned', () => {
    const { history, tell, fail } = setUp();
    fail();
    tell('deadLetter.failed', 60_020, { to: queue, reason: 'There is no queue' });
    tell('async.accepted', 0, {}, 'r2');
    tell('async.abandoned', 5, { eventJson: '{}' }, 'r2');
    tell('delivery.failed', 5, { from: 'topic', to: queue, reason: 'full', body: '' });
    expect(history.leftovers(startMs)).toEqual([
      `orders: the event r1: its letter could not be delivered to ${queue}: There is no queue`,
      'orders: the event r2 was abandoned after 0 attempts',
      `topic: a message for ${queue} could not be delivered: full`,
    ]);
  });

  test('are not events that succeeded', () => {
    const { history, tell } = setUp();
    tell('async.accepted', 0);
    tell('async.attempted', 0, { attempt: 1, ageMs: 0 });
    tell('async.succeeded', 0, { invokeCount: 1 });
    expect(history.of('r1')).toMatchObject({ state: 'succeeded', condition: 'Success' });
    expect(history.leftovers(startMs)).toEqual([]);
  });
});
