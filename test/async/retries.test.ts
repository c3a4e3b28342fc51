import { describe, expect, test } from 'vitest';
import type { InvocationRecord } from '../../src/index.ts';
import { attemptTimes, deploy, echo, failing, onVirtualTime, record, start } from './fixture.ts';

const sixHoursMs = 6 * 60 * 60_000;

describe('send', () => {
  test('gives the request id before the handler starts', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo);
    const started = record(lambda, 'invocation.started');

    const { requestId } = await orders.send({ id: 1 });
    expect(started).toEqual([]);
    await clock.advance(0);
    expect(started).toMatchObject([{ requestId }]);
  });

  test('hands the handler the event, the request id and a trace', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(
      lambda,
      `exports.handler = async (event, context) => ({
        event, id: context.awsRequestId, trace: process.env._X_AMZN_TRACE_ID,
      });`,
    );
    const records: InvocationRecord[] = [];
    await orders.configureAsync({ onSuccess: (given) => void records.push(given) });

    const requestId = '7f6e573f-1111-4222-8333-444455556666';
    await orders.send({ id: 1 }, { requestId });
    await clock.advance(0);

    expect(records[0]?.responsePayload).toEqual({
      event: { id: 1 },
      id: requestId,
      trace: expect.stringMatching(/^Root=1-.*;Lineage=[0-9a-f]{8}:1$/) as string,
    });
  });

  test('refuses what AWS refuses, and nothing of it is queued', async () => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const orders = await deploy(lambda, echo);
    const accepted = record(lambda, 'async.accepted');

    await expect(orders.send('x'.repeat(1_048_577 - 2))).rejects.toThrow(
      '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    );
    await expect(orders.send(1n)).rejects.toThrow('JSON');
    await expect(lambda.send('nobody', {})).rejects.toThrow('Function not found');
    await expect(orders.send({}, { requestId: 'no' })).rejects.toThrow('a UUID');
    await expect(orders.send({}, { cold: true } as object)).rejects.toThrow('`cold`');
    expect(accepted).toEqual([]);
  });

  test('takes an absent event for {}', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo);
    const records: InvocationRecord[] = [];
    await orders.configureAsync({ onSuccess: (given) => void records.push(given) });

    await orders.send();
    await clock.advance(0);
    expect(records[0]?.requestPayload).toEqual({});
  });
});

describe.each(['inline', 'thread'] as const)(
  'a handler that fails, in the tier %s',
  (isolation) => {
    test('gets the event three times, after exactly 60 s and 120 s, with one request id', async () => {
      await using setup = onVirtualTime();
      const { lambda, clock } = setup;
      const orders = await deploy(lambda, failing, { isolation });
      const times = attemptTimes(lambda);
      const finished = record(lambda, 'invocation.finished');
      const dropped = record(lambda, 'async.dropped');

      const { requestId } = await orders.send({ id: 1 });
      await clock.advance(59_999);
      expect(times).toEqual([0]);
      await clock.advance(1);
      expect(times).toEqual([0, 60_000]);
      await clock.advance(119_999);
      expect(times).toEqual([0, 60_000]);
      await clock.advance(1);
      expect(times).toEqual([0, 60_000, 180_000]);

      expect(finished.map((event) => event.requestId)).toEqual([requestId, requestId, requestId]);
      expect(dropped).toMatchObject([{ requestId, condition: 'RetriesExhausted', invokeCount: 3 }]);
      await clock.advance(sixHoursMs);
      expect(times).toHaveLength(3);
    });
  },
);

test('what waits, and why, can be read from the clock', async () => {
  await using setup = onVirtualTime();
  const { lambda, clock } = setup;
  const orders = await deploy(lambda, failing);

  const { requestId } = await orders.send({});
  await clock.advance(0);
  expect(clock.pending()).toContainEqual({
    label: `events to orders: retry 1 of request ${requestId}`,
    dueMs: start + 60_000,
    inMs: 60_000,
  });
});

describe('the configuration', () => {
  test('says how often and for how long', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, failing);
    await orders.configureAsync({ maxRetries: 1 });
    const times = attemptTimes(lambda);

    await orders.send({});
    await clock.advance(sixHoursMs);
    expect(times).toEqual([0, 60_000]);
  });

  test('belongs to the qualifier that an event was sent to', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, failing);
    const v1 = await orders.publishVersion();
    const live = await orders.createAlias('live', { version: v1.version });
    const records: InvocationRecord[] = [];
    await live.configureAsync({ maxRetries: 0, onFailure: (given) => void records.push(given) });
    const times = attemptTimes(lambda);

    await live.send({ to: 'live' });
    await clock.advance(sixHoursMs);
    expect(times).toEqual([0]);
    expect(records[0]?.requestContext.functionArn).toBe(live.arn);
    expect(records[0]?.responseContext?.executedVersion).toBe('1');

    await v1.send({ to: 'one' });
    await clock.advance(sixHoursMs);
    expect(times).toHaveLength(4);
    expect(records).toHaveLength(1);
  });

  test('refuses what is out of range, and the function as its own destination', async () => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const orders = await deploy(lambda, failing);

    await expect(orders.configureAsync({ maxRetries: 3 })).rejects.toThrow('from 0 to 2');
    await expect(orders.configureAsync({ maxEventAgeMs: 59_999 })).rejects.toThrow('from 60000');
    await expect(orders.configureAsync({ onFailure: orders })).rejects.toThrow(
      "You can't specify the function as a destination for itself.",
    );
    await expect(
      orders.configureAsync({ onFailure: 'arn:aws:sqs:us-east-1:123456789012:nowhere' }),
    ).rejects.toThrow('The destination ARN arn:aws:sqs:us-east-1:123456789012:nowhere is invalid.');
    await expect(orders.configureAsync({ onFailure: 7 as never })).rejects.toThrow('onFailure');
    expect(orders.asyncOptions).toBeUndefined();
  });

  test('can be read and taken back', async () => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const orders = await deploy(lambda, echo);
    await orders.configureAsync({ maxRetries: 1 });

    expect(orders.asyncOptions).toEqual({ maxRetries: 1, maxEventAgeMs: 21_600_000 });
    expect(await orders.resetAsync()).toBe(true);
    expect(await orders.resetAsync()).toBe(false);
    expect(orders.asyncOptions).toBeUndefined();
  });
});

describe('throttling', () => {
  test('of six hours passes in a moment, uses up no retry and ends by age', async () => {
    await using setup = onVirtualTime({ concurrency: 1 });
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo);
    await deploy(
      lambda,
      'exports.handler = () => new Promise((done) => setTimeout(done, 86_400_000));',
      {
        name: 'hog',
        isolation: 'thread',
        timeoutMs: 60_000,
      },
    );
    const records: InvocationRecord[] = [];
    await orders.configureAsync({ onFailure: (given) => void records.push(given) });
    const times = attemptTimes(lambda);
    const throttled = record(lambda, 'invocation.throttled');
    const hogging = lambda.invoke('hog');
    await clock.advance(0);

    const { requestId } = await orders.send({ id: 1 });
    await clock.advance(sixHoursMs);

    expect(times.slice(0, 5)).toEqual([0, 1_000, 3_000, 7_000, 15_000]);
    expect(times).toHaveLength(throttled.length);
    expect(records).toEqual([
      {
        version: '1.0',
        timestamp: new Date(start + (times.at(-1) ?? 0)).toISOString(),
        requestContext: {
          requestId,
          functionArn: `${orders.arn}:$LATEST`,
          condition: 'EventAgeExceeded',
          approximateInvokeCount: 0,
        },
        requestPayload: { id: 1 },
      },
    ]);
    await clock.advance(86_400_000);
    await hogging;
  });

  test('ends when there is room again', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(
      lambda,
      'exports.handler = ({ ms }) => new Promise((done) => setTimeout(done, ms));',
      { isolation: 'thread', timeoutMs: 60_000, reservedConcurrency: 1 },
    );
    const succeeded = record(lambda, 'async.succeeded');
    const running = orders.invoke({ ms: 5_000 });
    await clock.advance(0);

    await orders.send({ ms: 1 });
    await clock.advance(5_000);
    expect(succeeded).toEqual([]);
    await clock.advance(3_000);
    expect(succeeded).toHaveLength(1);
    expect((await running).status).toBe('ok');
  });

  test('by a reserve of 0 is the end at once', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo, { reservedConcurrency: 0 });
    const records: InvocationRecord[] = [];
    await orders.configureAsync({ onFailure: (given) => void records.push(given) });

    const { requestId } = await orders.send({ id: 1 });
    await clock.advance(0);
    expect(records).toEqual([
      {
        version: '1.0',
        timestamp: new Date(start).toISOString(),
        requestContext: {
          requestId,
          functionArn: `${orders.arn}:$LATEST`,
          condition: 'ZeroReservedConcurrency',
          approximateInvokeCount: 0,
        },
        requestPayload: { id: 1 },
      },
    ]);
  });
});

test('an update in between: what is still queued runs on the new code', async () => {
  await using setup = onVirtualTime();
  const { lambda, clock } = setup;
  const orders = await deploy(lambda, failing);
  const records: InvocationRecord[] = [];
  await orders.configureAsync({ onSuccess: (given) => void records.push(given) });

  await orders.send({ id: 1 });
  await clock.advance(0);
  await orders.update({ code: { source: echo } });
  await clock.advance(60_000);
  expect(records).toMatchObject([
    { requestContext: { approximateInvokeCount: 2 }, responsePayload: { got: { id: 1 } } },
  ]);
});

test('a function that is deleted takes its events with it, and says so', async () => {
  await using setup = onVirtualTime();
  const { lambda, clock } = setup;
  const orders = await deploy(lambda, failing);
  const dropped = record(lambda, 'async.dropped');

  const { requestId } = await orders.send({ id: 1 });
  await clock.advance(0);
  await orders.delete();
  await clock.advance(60_000);
  expect(dropped).toMatchObject([{ requestId, condition: 'FunctionDeleted', invokeCount: 1 }]);
});

test('closing lets what is due end and names what is left', async () => {
  const { lambda, clock } = onVirtualTime();
  const ok = await deploy(lambda, echo, { name: 'ok' });
  const orders = await deploy(lambda, failing);
  const succeeded = record(lambda, 'async.succeeded');
  const abandoned = record(lambda, 'async.abandoned');

  const left = await orders.send({ id: 1 });
  await clock.advance(0);
  const done = await ok.send({ id: 2 });
  await lambda.close();

  expect(succeeded).toMatchObject([{ requestId: done.requestId }]);
  expect(abandoned).toMatchObject([{ requestId: left.requestId, eventJson: '{"id":1}' }]);
  await expect(ok.send({})).rejects.toThrow('closed');
});
