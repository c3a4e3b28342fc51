import { describe, expect, test } from 'vitest';
import type { BusEvent, InvocationRecord } from '../../src/index.ts';
import { deploy, echo, failing, onVirtualTime, record, start } from './fixture.ts';

const failure = { requestId: expect.any(String) as string, condition: 'RetriesExhausted' };

describe('the record of a success', () => {
  test('is that of AWS, byte for byte', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const outbox = lambda.createQueue('outbox');
    const orders = await deploy(lambda, echo);
    await orders.configureAsync({ onSuccess: outbox });

    const { requestId } = await orders.send({ id: 1, price: 1.5 });
    await clock.advance(0);

    const [message] = await outbox.receive();
    expect(message?.body).toBe(
      '{"version":"1.0","timestamp":"2026-01-01T00:00:00.000Z",' +
        `"requestContext":{"requestId":"${requestId}",` +
        '"functionArn":"arn:aws:lambda:us-east-1:123456789012:function:orders:$LATEST",' +
        '"condition":"Success","approximateInvokeCount":1},' +
        '"requestPayload":{"id":1,"price":1.5},' +
        '"responseContext":{"statusCode":200,"executedVersion":"$LATEST"},' +
        '"responsePayload":{"got":{"id":1,"price":1.5}}}',
    );
    expect(message?.systemAttributes.AWSTraceHeader).toMatch(/^Root=1-.*Lineage=[0-9a-f]{8}:1$/);
  });

  test('is not made when nobody asked for it', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const failures = lambda.createQueue('failures');
    const orders = await deploy(lambda, echo);
    await orders.configureAsync({ onFailure: failures });

    await orders.send({});
    await clock.advance(0);
    expect(failures.size).toBe(0);
  });
});

describe('the record of a failure', () => {
  test('has the error of the last attempt and the number of attempts', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const failures = lambda.createQueue('failures');
    const orders = await deploy(lambda, failing);
    await orders.configureAsync({ onFailure: failures });

    const { requestId } = await orders.send({ id: 1 });
    await clock.advance(180_000);

    const [message] = await failures.receive();
    expect(JSON.parse(message?.body ?? '')).toEqual({
      version: '1.0',
      timestamp: new Date(start + 180_000).toISOString(),
      requestContext: {
        requestId,
        functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:orders:$LATEST',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { id: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: {
        errorType: 'RangeError',
        errorMessage: 'no stock',
        trace: expect.arrayContaining(['RangeError: no stock']) as string[],
      },
    });
  });

  test('comes after the first attempt when the next would be too late', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const records: InvocationRecord[] = [];
    const orders = await deploy(
      lambda,
      `exports.handler = async () => {
        await new Promise((done) => setTimeout(done, 10));
        throw new Error('no');
      };`,
    );
    await orders.configureAsync({
      maxEventAgeMs: 60_000,
      onFailure: (given) => void records.push(given),
    });

    await orders.send({});
    await clock.advance(10);
    expect(records).toMatchObject([
      { requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 1 } },
    ]);
  });
});

describe('a record goes to', () => {
  test('a topic', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const topic = lambda.createTopic('outcomes');
    const inbox = lambda.createQueue('inbox');
    topic.subscribe(inbox, { raw: true });
    const orders = await deploy(lambda, echo);
    await orders.configureAsync({ onSuccess: topic });

    await orders.send({ id: 1 });
    await clock.advance(0);
    const [message] = await inbox.receive();
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ requestPayload: { id: 1 } });
  });

  test('a function, as an event of its own', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const audit = await deploy(lambda, echo, { name: 'audit' });
    const records: InvocationRecord[] = [];
    await audit.configureAsync({ onSuccess: (given) => void records.push(given) });
    const orders = await deploy(lambda, echo);
    await orders.configureAsync({ onSuccess: audit });

    const { requestId } = await orders.send({ id: 1 });
    await clock.advance(0);
    expect(records).toMatchObject([
      { requestPayload: { requestContext: { requestId, condition: 'Success' } } },
    ]);
  });

  test('an event bus, as AWS puts it there', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const bus = lambda.createEventBus('outcomes');
    const seen: BusEvent[] = [];
    bus.createRule('all', {
      pattern: { source: ['lambda'] },
      targets: [{ id: 'seen', target: (event) => void seen.push(event as BusEvent) }],
    });
    const orders = await deploy(lambda, failing);
    await orders.configureAsync({ onFailure: bus, maxRetries: 0 });

    await orders.send({ id: 1 });
    await clock.advance(0);
    expect(seen).toMatchObject([
      {
        source: 'lambda',
        'detail-type': 'Lambda Function Invocation Result - Failure',
        resources: [bus.arn, `${orders.arn}:$LATEST`],
        detail: { requestContext: failure, requestPayload: { id: 1 } },
      },
    ]);
  });

  test('a bucket, but only of a failure', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const bucket = lambda.createBucket('failures');
    const orders = await deploy(lambda, failing);
    await expect(orders.configureAsync({ onSuccess: bucket })).rejects.toThrow(
      'The destination ARN arn:aws:s3:::failures is invalid.',
    );
    await orders.configureAsync({ onFailure: bucket, maxRetries: 0 });

    await orders.send({ id: 1 });
    await clock.advance(0);
    const { objects } = await bucket.list();
    expect(objects.map(({ key }) => key)).toEqual([
      expect.stringMatching(
        /^aws\/lambda\/async\/orders\/2026\/01\/01\/2026-01-01T00\.00\.00-[0-9a-f-]{36}$/,
      ),
    ]);
  });
});

describe('dead letters', () => {
  test('keep the body and have three attributes', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const letters = lambda.createQueue('letters');
    const orders = await deploy(lambda, failing, { deadLetter: letters });

    const { requestId } = await orders.send({ id: 1 });
    await clock.advance(180_000);

    const [letter] = await letters.receive();
    expect(letter?.body).toBe('{"id":1}');
    expect(letter?.messageAttributes).toEqual({
      RequestID: { dataType: 'String', stringValue: requestId },
      ErrorCode: { dataType: 'Number', stringValue: '200' },
      ErrorMessage: { dataType: 'String', stringValue: 'no stock' },
    });
    expect(letter?.attributes['RequestID']).toBe(requestId);
  });

  test('carry the first kilobyte of the message, whole characters', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const letters = lambda.createQueue('letters');
    const orders = await deploy(
      lambda,
      `exports.handler = async () => { throw new Error('x' + '€'.repeat(1_000)) };`,
      { deadLetter: letters },
    );

    await orders.send({});
    await clock.advance(180_000);
    const [letter] = await letters.receive();
    expect(letter?.attributes['ErrorMessage']).toBe(`x${'€'.repeat(341)}`);
  });

  test('and a failure destination both get the event', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const letters = lambda.createQueue('letters');
    const failures = lambda.createQueue('failures');
    const orders = await deploy(lambda, failing, { deadLetter: letters });
    await orders.configureAsync({ onFailure: failures, maxRetries: 0 });

    await orders.send({});
    await clock.advance(0);
    expect([letters.size, failures.size]).toEqual([1, 1]);
  });

  test('go to a topic as well', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const topic = lambda.createTopic('letters');
    const inbox = lambda.createQueue('inbox');
    topic.subscribe(inbox, { raw: true });
    const orders = await deploy(lambda, failing, { deadLetter: topic });

    await orders.send({ id: 1 });
    await clock.advance(180_000);
    const [letter] = await inbox.receive();
    expect(letter?.body).toBe('{"id":1}');
    expect(letter?.attributes).toMatchObject({ ErrorCode: '200', ErrorMessage: 'no stock' });
  });

  test('go nowhere that is FIFO or not there', async () => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const fifo = lambda.createQueue('letters.fifo', { fifo: true });
    await expect(deploy(lambda, failing, { deadLetter: fifo })).rejects.toThrow('deadLetter');
    await expect(
      deploy(lambda, failing, { deadLetter: 'arn:aws:sqs:us-east-1:123456789012:nowhere' }),
    ).rejects.toThrow('deadLetter');
    expect(lambda.listFunctions()).toEqual([]);
  });
});

describe('a delivery that fails', () => {
  test('for good is reported with its body, and does not run the handler again', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const fifo = lambda.createQueue('outbox.fifo', { fifo: true });
    const orders = await deploy(lambda, echo);
    await orders.configureAsync({ onSuccess: fifo });
    const failed = record(lambda, 'destination.failed');
    const finished = record(lambda, 'invocation.finished');

    const { requestId } = await orders.send({ id: 1 });
    await clock.advance(3_600_000);
    expect(failed).toMatchObject([{ requestId, to: fifo.arn, condition: 'Success' }]);
    expect(JSON.parse(failed[0]?.body ?? '')).toMatchObject({ requestPayload: { id: 1 } });
    expect(finished).toHaveLength(1);
  });

  test('for now is tried again, without the handler', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo);
    const calls: number[] = [];
    await orders.configureAsync({
      onSuccess: () => {
        calls.push(clock.now() - start);
        if (calls.length < 3) throw new Error('not now');
      },
    });
    const finished = record(lambda, 'invocation.finished');
    const delivered = record(lambda, 'destination.delivered');

    await orders.send({});
    await clock.advance(3_600_000);
    expect(calls).toEqual([0, 1_000, 3_000]);
    expect(finished).toHaveLength(1);
    expect(delivered).toMatchObject([{ to: 'callback' }]);
  });

  test('again and again is reported in the end', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo);
    await orders.configureAsync({
      onSuccess: () => Promise.reject(new Error('never')),
    });
    const failed = record(lambda, 'destination.failed');

    await orders.send({});
    await clock.advance(3_600_000);
    expect(failed).toMatchObject([{ to: 'callback', reason: 'never' }]);
  });
});

describe('a chain of requests', () => {
  test('is stopped at the 17th round of a function', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const letters = lambda.createQueue('letters');
    const ping = await deploy(lambda, 'exports.handler = async () => "ping";', {
      name: 'ping',
      deadLetter: letters,
    });
    const pong = await deploy(lambda, 'exports.handler = async () => "pong";', { name: 'pong' });
    await ping.configureAsync({ onSuccess: pong });
    await pong.configureAsync({ onSuccess: ping });
    const finished = record(lambda, 'invocation.finished');
    const stopped = record(lambda, 'recursion.stopped');

    await ping.send({});
    await clock.advance(3_600_000);
    expect(finished.filter(({ functionName }) => functionName === 'ping')).toHaveLength(16);
    expect(stopped).toMatchObject([{ functionName: 'ping', rounds: 16 }]);
    expect(letters.size).toBe(1);
  });

  test('through a bucket is stopped too', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const bucket = lambda.createBucket('thumbnails');
    const orders = await deploy(lambda, failing);
    await orders.configureAsync({ onFailure: bucket, maxRetries: 0 });
    await bucket.notify({ events: ['s3:ObjectCreated:*'], target: orders });
    const stopped = record(lambda, 'recursion.stopped');
    const failed = record(lambda, 'destination.failed');

    await orders.send({});
    await clock.advance(3_600_000);
    // The record of the stop goes to the bucket as well, which causes one more event; that is the end.
    expect(stopped.map(({ rounds }) => rounds)).toEqual([16, 17]);
    expect(bucket.size).toBe(17);
    expect(failed).toMatchObject([{ to: bucket.arn, condition: 'RecursiveInvocation' }]);
  });

  test('goes on where the function allows it', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const ping = await deploy(lambda, echo, { recursiveLoop: 'Allow' });
    const stopped = record(lambda, 'recursion.stopped');
    let rounds = 0;
    await ping.configureAsync({
      onSuccess: async () => {
        rounds += 1;
      },
    });
    const header = `Root=1-5-a;Lineage=${'0'.repeat(8)}:1`;
    await ping.send({}, { traceId: header });
    await clock.advance(0);
    expect(rounds).toBe(1);
    expect(stopped).toEqual([]);
  });

  test('is refused in a call that carries it on', async () => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const orders = await deploy(
      lambda,
      'exports.handler = async () => process.env._X_AMZN_TRACE_ID;',
    );
    let traceId = 'Root=1-5-a;Sampled=0';
    for (let round = 1; round <= 16; round += 1) {
      traceId = (await orders.call({}, { traceId })) as string;
    }
    await expect(orders.call({}, { traceId })).rejects.toMatchObject({
      code: 'ERR_RECURSIVE_INVOCATION',
      rounds: 16,
    });
    await orders.update({ recursiveLoop: 'Allow' });
    await orders.call({}, { traceId });
  });
});

describe('trouble on purpose', () => {
  test('delivers events twice and late, the same ones for the same seed', async () => {
    const play = async (): Promise<string[]> => {
      await using setup = onVirtualTime({
        faultInjection: { duplicateRate: 0.3, delayRate: 0.3, failureRate: 0.2 },
      });
      const { lambda, clock } = setup;
      const orders = await deploy(lambda, echo);
      const seen: string[] = [];
      lambda.on('async.succeeded', ({ at, requestId }) => seen.push(`${at} ${requestId}`));
      for (let id = 0; id < 100; id += 1) await orders.send({ id });
      await clock.advance(3_600_000);
      return seen;
    };
    const first = await play();
    expect(await play()).toEqual(first);
    expect(first.length).toBeGreaterThan(100);
    expect(new Set(first.map((line) => line.split(' ')[1])).size).toBe(100);
    expect(new Set(first.map((line) => line.split(' ')[0])).size).toBeGreaterThan(10);
  });

  test('refuses what is no rate', () => {
    expect(() => onVirtualTime({ faultInjection: { duplicateRate: 2 } })).toThrow(
      'Expected `faultInjection.duplicateRate` to be a number from 0 to 1, got 2',
    );
  });
});
