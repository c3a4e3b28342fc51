import { describe, expect, test, vi } from 'vitest';
import { BrokerError } from '../../src/brokers/broker-error.ts';
import type { UndeliveredMessage } from '../../src/brokers/broker-context.ts';
import type { BusEntry, BusEvent } from '../../src/brokers/bus-event.ts';
import { EventBus } from '../../src/brokers/event-bus.ts';
import type { EventBusOptions } from '../../src/brokers/event-bus-options.ts';
import { FunctionNotFoundError, ThrottledError } from '../../src/core/errors.ts';
import { SeededIds } from '../../src/core/ids.ts';
import { seededRandom } from '../../src/core/random.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { fakeFunction, fakeQueue, fakeTopic } from './fake-targets.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const everything = { source: [{ exists: true }] };

function busAt(name = 'orders', options: EventBusOptions = {}, clock = new VirtualClock()) {
  const undelivered: UndeliveredMessage[] = [];
  const bus = new EventBus(name, options, {
    clock,
    ids: new SeededIds(seededRandom(1)),
    random: seededRandom(2),
    onUndelivered: (message) => void undelivered.push(message),
  });
  return { bus, clock, undelivered };
}

const entry = (detail: object | string = {}, more: Partial<BusEntry> = {}): BusEntry => ({
  source: 'shop',
  detailType: 'order placed',
  detail,
  ...more,
});

const parsed = (text: string | undefined): unknown => JSON.parse(text ?? '');

describe('put', () => {
  test('makes the event that AWS makes', async () => {
    const { bus } = busAt();
    const queue = fakeQueue();
    bus.createRule('all', { pattern: everything, targets: [queue] });
    const [result] = await bus.put([
      entry({ total: 12 }, { resources: ['arn:aws:s3:::b'], time: new Date(1_700_000_000_999) }),
    ]);

    expect(result).toEqual({ eventId: expect.stringMatching(uuid) });
    expect(queue.taken[0]?.body).toBe(
      JSON.stringify({
        version: '0',
        id: result !== undefined && 'eventId' in result ? result.eventId : '',
        'detail-type': 'order placed',
        source: 'shop',
        account: '123456789012',
        time: '2023-11-14T22:13:20Z',
        region: 'us-east-1',
        resources: ['arn:aws:s3:::b'],
        detail: { total: 12 },
      }),
    );
  });

  test('takes the time of the clock, no resources, and a detail as text', async () => {
    const { bus } = busAt();
    const queue = fakeQueue();
    bus.createRule('all', { pattern: { detail: { total: [12] } }, targets: [queue] });
    await bus.put([entry(' { "total" : 12.0 } ')]);

    expect(parsed(queue.taken[0]?.body)).toMatchObject({
      time: '2026-01-01T00:00:00Z',
      resources: [],
      detail: { total: 12 },
    });
  });

  test.each<[BusEntry, string, string]>([
    [
      entry({}, { source: '' }),
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      entry({}, { detailType: '' }),
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [
      entry(''),
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    ],
    [entry('text'), 'MalformedDetail', 'Detail is malformed.'],
    [entry('"text"'), 'MalformedDetail', 'Detail is malformed.'],
    [entry('["list"]'), 'MalformedDetail', 'Detail is malformed.'],
    [entry(['list']), 'MalformedDetail', 'Detail is malformed.'],
    [entry('{"a":'), 'MalformedDetail', 'Detail is malformed.'],
    [
      entry(`{"a":${'['.repeat(1_100)}${']'.repeat(1_100)}}`),
      'MalformedDetail',
      'Detail is malformed.',
    ],
  ])('refuses the entry %j alone: %s', async (bad, errorCode, errorMessage) => {
    const { bus } = busAt();
    const queue = fakeQueue();
    bus.createRule('all', { pattern: everything, targets: [queue] });
    const results = await bus.put([entry({ n: 1 }), bad, entry({ n: 2 })]);

    expect(results[1]).toEqual({ errorCode, errorMessage });
    expect(results.filter((result) => 'eventId' in result)).toHaveLength(2);
    expect(queue.taken).toHaveLength(2);
  });

  test('takes details that are nested 1,100 deep, with brackets in texts', async () => {
    const { bus } = busAt();
    const deep = `{"a":${'['.repeat(1_099)}"[[[{{\\"["${']'.repeat(1_099)}}`;
    expect(await bus.put([entry(deep)])).toEqual([{ eventId: expect.any(String) as string }]);
  });

  test('refuses cyclic details', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    expect(await busAt().bus.put([entry(cyclic)])).toEqual([
      { errorCode: 'MalformedDetail', errorMessage: 'Detail is malformed.' },
    ]);
  });

  test('takes 1 to 10 entries', async () => {
    const { bus } = busAt();
    const ten = Array.from({ length: 10 }, () => entry());
    expect(await bus.put(ten)).toHaveLength(10);
    await expect(bus.put([...ten, entry()])).rejects.toThrow(
      expect.objectContaining({
        awsCode: 'ValidationException',
        message: expect.stringContaining('less than or equal to 10') as string,
      }) as Error,
    );
    await expect(bus.put([])).rejects.toThrow('greater than or equal to 1');
  });

  test('takes 1 MB of entries, and not a byte more', async () => {
    const { bus } = busAt();
    const others = 'shop'.length + 'order placed'.length + '{"x":""}'.length;
    const text = 'x'.repeat(1_048_576 - others);
    expect(await bus.put([entry({ x: text })])).toEqual([
      { eventId: expect.any(String) as string },
    ]);
    const words = 'Total size of the entries in the request is over the limit.';
    await expect(bus.put([entry({ x: `${text}x` })])).rejects.toThrow(words);
    await expect(bus.put([entry({ x: text }), entry()])).rejects.toThrow(words);
    await expect(bus.put([entry({ x: text }, { time: new Date(0) })])).rejects.toThrow(words);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ detailtype: 'x' }, 'detailtype'],
    [{ source: 5 }, 'entries[0].source'],
    [{ time: 'yesterday' }, 'entries[0].time'],
    [{ time: new Date(Number.NaN) }, 'entries[0].time'],
    [{ resources: 'arn' }, 'entries[0].resources'],
  ])('names what is wrong with %j', async (wrong, named) => {
    const { bus } = busAt();
    await expect(bus.put([{ ...entry(), ...wrong }])).rejects.toThrow(named);
  });

  test('is over when the bus is closed', async () => {
    const { bus } = busAt();
    await bus.close();
    await expect(bus.put([entry()])).rejects.toThrow('Event bus "orders" is closed');
  });
});

describe('rules', () => {
  test('choose events by their pattern, while they are enabled', async () => {
    const { bus } = busAt();
    const queue = fakeQueue();
    const rule = bus.createRule('large', {
      pattern: { source: ['shop'], detail: { total: [{ numeric: ['>', 100] }] } },
      targets: [queue],
    });
    await bus.put([
      entry({ total: 101 }),
      entry({ total: 100 }),
      entry({ total: 101 }, { source: 'x' }),
    ]);
    expect(queue.taken).toHaveLength(1);

    rule.disable();
    await bus.put([entry({ total: 101 })]);
    expect(queue.taken).toHaveLength(1);

    rule.enable();
    rule.update({ pattern: '{"detail":{"total":[1]}}' });
    await bus.put([entry({ total: 101 }), entry({ total: 1 })]);
    expect(queue.taken).toHaveLength(2);

    expect(bus.deleteRule('large')).toBe(true);
    expect(bus.deleteRule('large')).toBe(false);
    await bus.put([entry({ total: 1 })]);
    expect(queue.taken).toHaveLength(2);
  });

  test('show what they are', () => {
    const { bus } = busAt();
    const rule = bus.createRule('a.b-c_1', {
      pattern: everything,
      state: 'DISABLED',
      description: 'about',
      targets: [fakeQueue(), { id: 'mine', target: () => undefined }],
    });
    expect(rule).toMatchObject({
      name: 'a.b-c_1',
      arn: 'arn:aws:events:us-east-1:123456789012:rule/orders/a.b-c_1',
      state: 'DISABLED',
      description: 'about',
      pattern: '{"source":[{"exists":true}]}',
      targets: [
        { id: 'target-1', arn: 'arn:aws:sqs:us-east-1:123456789012:q' },
        { id: 'mine', arn: 'callback' },
      ],
    });
    expect(bus.getRule('a.b-c_1')).toBe(rule);
    expect(bus.rules).toEqual([rule]);
    expect(bus.arn).toBe('arn:aws:events:us-east-1:123456789012:event-bus/orders');
  });

  test('of the default bus have ARNs without its name', () => {
    const { bus } = busAt('default');
    const rule = bus.createRule('r', { pattern: everything });
    expect(rule.arn).toBe('arn:aws:events:us-east-1:123456789012:rule/r');
  });

  test('have five targets, or as many as the bus allows', () => {
    const { bus } = busAt();
    const rule = bus.createRule('r', {
      pattern: everything,
      targets: [1, 2, 3, 4].map(() => fakeQueue()),
    });
    expect(rule.addTarget(fakeTopic())).toBe('target-5');
    expect(() => rule.addTarget(fakeQueue())).toThrow(
      new BrokerError(
        'LimitExceededException',
        'The requested resource exceeds the maximum number allowed.',
      ),
    );
    // The same id again replaces the target.
    expect(rule.addTarget({ id: 'target-2', target: fakeFunction() })).toBe('target-2');
    expect(rule.removeTarget('target-1')).toBe(true);
    expect(rule.removeTarget('target-1')).toBe(false);
    expect(rule.targets.map(({ arn }) => arn.split(':')[2])).toEqual([
      'sqs',
      'sqs',
      'sns',
      'lambda',
    ]);

    const large = busAt('large', { maxTargetsPerRule: 6 }).bus;
    const six = Array.from({ length: 6 }, () => fakeQueue());
    expect(large.createRule('r', { pattern: everything, targets: six }).targets).toHaveLength(6);
  });

  test('are refused when they make no sense', () => {
    const { bus } = busAt();
    bus.createRule('there', { pattern: everything });
    const make = (options: object) => () =>
      bus.createRule('r', { pattern: everything, ...options });
    expect(() => bus.createRule('there', { pattern: everything })).toThrow(
      'Rule there already exists.',
    );
    expect(() => bus.createRule('a b', { pattern: everything })).toThrow('`name`');
    expect(make({ pattern: { source: 'shop' } })).toThrow(
      'Event pattern is not valid. Reason: "source" must be an object or an array',
    );
    expect(make({ pattern: undefined })).toThrow('`pattern`');
    expect(make({ pattern: { a: ['x'.repeat(2_048)] } })).toThrow('more than 2048');
    expect(make({ state: 'on' })).toThrow('`state`');
    expect(make({ description: 'x'.repeat(513) })).toThrow('`description`');
    expect(make({ schedule: 'rate(1 minute)' })).toThrow('schedule');
    expect(make({ targets: [{}] })).toThrow('`target`');
    expect(make({ targets: [{ target: fakeQueue(), id: 'a b' }] })).toThrow('`id`');
    expect(make({ targets: [{ target: fakeQueue(), maxRetries: 186 }] })).toThrow('`maxRetries`');
    expect(make({ targets: [{ target: fakeQueue(), maxEventAgeMs: 59_999 }] })).toThrow(
      '`maxEventAgeMs`',
    );
    expect(
      make({ targets: [{ target: fakeQueue(), deadLetterQueue: fakeQueue('d', true) }] }),
    ).toThrow('`deadLetterQueue`');
    expect(make({ targets: [fakeTopic(true)] })).toThrow('a standard topic');
    expect(make({ targets: [{ target: fakeTopic(), groupId: 'g' }] })).toThrow('`groupId`');
    expect(make({ targets: [bus] })).toThrow('another bus');
    expect(bus.rules).toHaveLength(1);
  });

  test('keep what they were when a change is refused', () => {
    const rule = busAt().bus.createRule('r', { pattern: everything, description: 'before' });
    expect(() => rule.update({ description: 'after', pattern: { a: 1 } })).toThrow(
      'must be an object',
    );
    expect(rule.description).toBe('before');
  });
});

describe('targets', () => {
  test('get the event, with the trace header but without lineage', async () => {
    const { bus } = busAt();
    const queue = fakeQueue();
    const topic = fakeTopic();
    const target = fakeFunction();
    const callback = vi.fn();
    bus.createRule('all', { pattern: everything, targets: [queue, topic, target, callback] });
    await bus.put([entry({ n: 1 }, { traceHeader: 'Root=1-a-b;Lineage=a87bd80c:1;Sampled=1' })]);

    const event = parsed(queue.taken[0]?.body);
    const header = 'Root=1-a-b;Sampled=1';
    expect(queue.taken).toEqual([
      { body: JSON.stringify(event), options: { traceHeader: header } },
    ]);
    expect(topic.taken).toEqual([
      { body: JSON.stringify(event), options: { traceHeader: header } },
    ]);
    expect(target.taken).toEqual([{ body: event, options: { traceId: header } }]);
    expect(callback).toHaveBeenCalledExactlyOnceWith(event);
  });

  test('get no trace header when lineage is all there is', async () => {
    const { bus } = busAt();
    const queue = fakeQueue();
    bus.createRule('all', { pattern: everything, targets: [queue] });
    await bus.put([entry({}, { traceHeader: 'Lineage=a87bd80c:1' })]);
    expect(queue.taken[0]?.options).toEqual({});
  });

  test('that are FIFO queues get a group', async () => {
    const { bus } = busAt();
    const queue = fakeQueue('q.fifo', true);
    const targets = [{ target: queue, groupId: 'orders' }];
    bus.createRule('all', { pattern: everything, targets });
    await bus.put([entry()]);
    expect(queue.taken[0]?.options).toEqual({ groupId: 'orders' });
    expect(() => bus.createRule('more', { pattern: everything, targets: [queue] })).toThrow(
      'Parameter(s) SqsParameters must be specified for target: target-1.',
    );
  });

  test('do not share the event: what one does to it the others do not see', async () => {
    const { bus } = busAt();
    const seen: unknown[] = [];
    const spoil = (event: unknown): void => {
      seen.push(structuredClone(event));
      (event as { detail: { n: number } }).detail.n = 9;
    };
    bus.createRule('all', { pattern: everything, targets: [spoil, spoil] });
    const detail = { n: 1 };
    await bus.put([entry(detail)]);
    expect(seen).toMatchObject([{ detail: { n: 1 } }, { detail: { n: 1 } }]);
    expect(detail).toEqual({ n: 1 });
  });

  test('that are callbacks may put events, and put does not wait for them', async () => {
    const { bus } = busAt();
    const never = new Promise<never>(() => {});
    const chain = vi.fn((event: unknown): unknown => {
      const { n } = (event as { detail: { n: number } }).detail;
      return n < 3 ? bus.put([entry({ n: n + 1 })]) : never;
    });
    bus.createRule('all', { pattern: everything, targets: [chain] });
    await bus.put([entry({ n: 1 })]);
    await vi.waitFor(() => expect(chain).toHaveBeenCalledTimes(3));
  });
});

describe('buses behind buses', () => {
  test('get the same event, and match it anew', async () => {
    const { bus, clock } = busAt();
    const { bus: second } = busAt('second', {}, clock);
    const [direct, behind] = [fakeQueue('direct'), fakeQueue('behind')];
    bus.createRule('all', { pattern: everything, targets: [second, direct] });
    second.createRule('large', { pattern: { detail: { n: [2] } }, targets: [behind] });
    await bus.put([entry({ n: 1 }), entry({ n: 2 })]);

    expect(behind.taken.map(({ body }) => body)).toEqual([direct.taken[1]?.body]);
  });

  test('end there: a third bus is not reached, nor the first one again', async () => {
    const { bus, clock } = busAt();
    const { bus: second, undelivered } = busAt('second', {}, clock);
    const letters = fakeQueue('letters');
    bus.createRule('all', { pattern: everything, targets: [second] });
    second.createRule('back', {
      pattern: everything,
      targets: [{ target: bus, deadLetterQueue: letters }],
    });
    second.createRule('on', { pattern: everything, targets: [busAt('third').bus] });
    await bus.put([entry()]);

    expect(letters.taken[0]?.options).toMatchObject({
      attributes: { ERROR_CODE: 'THIRD_ACCOUNT_HOP_DETECTED', RETRY_ATTEMPTS: '0' },
    });
    expect(undelivered).toMatchObject([{ reason: expect.stringContaining('third') as string }]);
  });

  test('cannot have an input', () => {
    const { bus } = busAt();
    const target = busAt('second').bus;
    const targets = [{ target, inputPath: '$.detail' }];
    expect(() => bus.createRule('r', { pattern: everything, targets })).toThrow('no event bus');
  });
});

describe('a target that does not take an event', () => {
  test('is tried 185 times more within a day, ever more seldom', async () => {
    const { bus, clock } = busAt();
    const queue = fakeQueue('busy');
    const letters = fakeQueue('letters');
    const attempts: number[] = [];
    queue.send = async () => {
      attempts.push(clock.now());
      throw new Error('\u001B[31mnot now\u001B[39m');
    };
    bus.createRule('all', {
      pattern: everything,
      targets: [{ target: queue, deadLetterQueue: letters }],
    });
    await bus.put([entry({ n: 1 })]);
    await clock.runAll();

    expect(attempts).toHaveLength(186);
    const delays = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    for (const [index, delayMs] of delays.entries()) {
      const ceilingMs = Math.min(1_000 * 2 ** index, 600_000);
      expect(delayMs).toBeGreaterThanOrEqual(ceilingMs / 2);
      expect(delayMs).toBeLessThanOrEqual(ceilingMs);
    }
    expect(parsed(letters.taken[0]?.body)).toMatchObject({ detail: { n: 1 }, source: 'shop' });
    expect(letters.taken[0]?.options).toEqual({
      attributes: {
        RULE_ARN: 'arn:aws:events:us-east-1:123456789012:rule/orders/all',
        TARGET_ARN: queue.arn,
        ERROR_CODE: 'ERROR_FROM_TARGET',
        ERROR_MESSAGE: '[31mnot now[39m',
        RETRY_ATTEMPTS: '185',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      },
    });
  });

  test('is not tried when the event would be too old by then', async () => {
    const { bus, clock } = busAt();
    const target = fakeFunction();
    const letters = fakeQueue('letters');
    target.error = new ThrottledError('f', 10, 'ConcurrentInvocationLimitExceeded');
    const targets = [{ target, deadLetterQueue: letters, maxEventAgeMs: 60_000 }];
    bus.createRule('all', { pattern: everything, targets });
    const startMs = clock.now();
    await bus.put([entry()]);
    await clock.runAll();

    expect(clock.now() - startMs).toBeLessThanOrEqual(60_000);
    expect(letters.taken[0]?.options).toMatchObject({
      attributes: {
        ERROR_CODE: 'THROTTLING',
        EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
      },
    });
  });

  test('gets the event when it recovers', async () => {
    const { bus, clock, undelivered } = busAt();
    const queue = fakeQueue();
    queue.error = new Error('not now');
    bus.createRule('all', { pattern: everything, targets: [queue] });
    await bus.put([entry()]);
    expect(clock.pending()).toMatchObject([
      { label: `event bus "orders": rule "all", target "target-1": retry 1 to ${queue.arn}` },
    ]);

    queue.error = undefined;
    await clock.advance(1_000);
    expect(queue.taken).toHaveLength(1);
    expect(undelivered).toEqual([]);
    expect(clock.pending()).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['NO_RESOURCE', new FunctionNotFoundError('f', 'Function not found: f')],
    [
      'NO_RESOURCE',
      new BrokerError(
        'AWS.SimpleQueueService.NonExistentQueue',
        'The specified queue does not exist.',
      ),
    ],
    ['INVALID_PARAMETER', new BrokerError('InvalidParameterValue', 'wrong')],
    ['INVALID_PARAMETER', new BrokerError('ParameterValueInvalid', 'wrong')],
  ])('for good (%s) is not tried again', async (code, error) => {
    const { bus, clock } = busAt();
    const target = fakeFunction();
    const letters = fakeQueue('letters');
    target.error = error;
    bus.createRule('all', { pattern: everything, targets: [{ target, deadLetterQueue: letters }] });
    await bus.put([entry()]);

    expect(clock.pending()).toEqual([]);
    const options = letters.taken[0]?.options;
    expect(options).toMatchObject({ attributes: { ERROR_CODE: code, RETRY_ATTEMPTS: '0' } });
    expect(options).not.toHaveProperty('attributes.EXHAUSTED_RETRY_CONDITION');
  });

  test('is reported when there is no dead-letter queue, or it does not take the event either', async () => {
    const { bus, clock, undelivered } = busAt();
    const failing = (): never => {
      throw new Error('callback failed');
    };
    const letters = fakeQueue('letters');
    letters.error = new Error('full');
    bus.createRule('a', { pattern: everything, targets: [{ target: failing, maxRetries: 1 }] });
    bus.createRule('b', {
      pattern: everything,
      targets: [{ target: failing, maxRetries: 0, deadLetterQueue: letters }],
    });
    await bus.put([entry({ n: 1 })]);
    await clock.runAll();

    const from = 'arn:aws:events:us-east-1:123456789012:rule/orders';
    expect(undelivered).toMatchObject([
      {
        from: `${from}/b`,
        to: 'callback',
        reason: 'callback failed; the dead-letter queue did not take it: full',
      },
      { from: `${from}/a`, to: 'callback', reason: 'callback failed' },
    ]);
    expect(parsed(undelivered[0]?.body)).toMatchObject({ detail: { n: 1 } });
  });

  test('is given up, and reported, when the bus is closed', async () => {
    const { bus, clock, undelivered } = busAt();
    const queue = fakeQueue();
    queue.error = new Error('not now');
    bus.createRule('all', { pattern: everything, targets: [queue] });
    await bus.put([entry()]);
    await bus.close();

    expect(clock.pending()).toEqual([]);
    expect(undelivered).toMatchObject([
      { to: queue.arn, reason: 'not now (closed before the next attempt)' },
    ]);
  });
});

describe('archives', () => {
  const minute = 60_000;

  async function archived() {
    const { bus, clock } = busAt();
    const start = clock.now();
    const archive = bus.createArchive('kept', {
      pattern: { source: ['shop'] },
      retentionMs: 60 * minute,
    });
    await bus.put([
      entry({ n: 2 }, { time: new Date(start + minute) }),
      entry({ n: 1 }, { time: new Date(start) }),
      entry({ n: 3 }, { time: new Date(start + 2 * minute) }),
      entry({ n: 4 }, { source: 'other' }),
    ]);
    const [first, second] = [fakeQueue('first'), fakeQueue('second')];
    bus.createRule('first', { pattern: everything, targets: [first] });
    bus.createRule('second', { pattern: everything, targets: [second] });
    return { bus, clock, start, archive, first, second };
  }

  test('keep the events of their pattern for as long as they should', async () => {
    const { archive, clock } = await archived();
    expect(archive).toMatchObject({
      name: 'kept',
      arn: 'arn:aws:events:us-east-1:123456789012:archive/kept',
      eventCount: 3,
    });
    expect(archive.sizeBytes).toBeGreaterThan(3 * 200);
    await clock.advance(60 * minute - 1);
    expect(archive.eventCount).toBe(3);
    await clock.advance(1);
    expect(archive.eventCount).toBe(0);
  });

  test('give events of a time again, the oldest first, and do not keep them again', async () => {
    const { bus, start, archive, first, second } = await archived();
    const replay = await bus.replay({
      archive: 'kept',
      name: 'again',
      fromMs: start,
      toMs: start + 2 * minute,
    });

    expect(replay).toEqual({
      name: 'again',
      arn: 'arn:aws:events:us-east-1:123456789012:replay/again',
      eventCount: 2,
    });
    const events = first.taken.map(({ body }) => parsed(body) as BusEvent);
    expect(events).toMatchObject([
      {
        detail: { n: 1 },
        'replay-name': 'again',
        time: '2026-01-01T00:00:00Z',
        id: expect.stringMatching(uuid) as string,
      },
      { detail: { n: 2 }, 'replay-name': 'again' },
    ]);
    expect(second.taken).toHaveLength(2);
    expect(archive.eventCount).toBe(3);
  });

  test('give events to chosen rules alone', async () => {
    const { bus, start, first, second } = await archived();
    await bus.replay({
      archive: 'kept',
      fromMs: start,
      toMs: start + 9 * minute,
      rules: ['second'],
    });
    expect(first.taken).toHaveLength(0);
    expect(second.taken).toHaveLength(3);
  });

  test('and replays are refused as AWS refuses them', async () => {
    const { bus, start } = await archived();
    const time = { fromMs: start, toMs: start + 1 };
    expect(() => bus.createArchive('kept')).toThrow('Archive kept already exists.');
    expect(() => bus.createArchive('a b')).toThrow('`name`');
    expect(() => bus.createArchive('a', { pattern: { a: 1 } })).toThrow(
      'Event pattern is not valid',
    );
    await expect(bus.replay({ archive: 'none', ...time })).rejects.toThrow(
      'Parameter EventSourceArn is not valid. Reason: Archive none does not exist.',
    );
    await expect(bus.replay({ archive: 'kept', fromMs: 1, toMs: 1 })).rejects.toThrow(
      'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
    );
    await bus.replay({ archive: 'kept', name: 'once', ...time });
    await expect(bus.replay({ archive: 'kept', name: 'once', ...time })).rejects.toThrow(
      'Replay once already exists.',
    );
    await expect(bus.replay({ archive: 'kept', rules: ['none'], ...time })).rejects.toThrow(
      'Rule none does not exist.',
    );
    // @ts-expect-error what a caller without types may do
    await expect(bus.replay()).rejects.toThrow('Expected `options` to be an object, got undefined');
    // @ts-expect-error what a caller without types may do
    await expect(bus.replay({ archive: 'kept', rules: 'none', ...time })).rejects.toThrow(
      'Expected `rules` to be a list of names, got "none"',
    );
    expect(bus.deleteArchive('kept')).toBe(true);
    expect(bus.getArchive('kept')).toBeUndefined();
  });
});
