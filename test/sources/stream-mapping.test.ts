import { describe, expect, test } from 'vitest';
import type { Lambda, MappingOptions, Stream } from '../../src/index.ts';
import { collector, onVirtualTime, record, start } from './fixture.ts';

interface KinesisBatch {
  readonly Records: readonly {
    readonly eventID: string;
    readonly kinesis: { readonly data: string; readonly sequenceNumber: string };
  }[];
}

/** What the function got, as texts. */
function texts(seen: readonly unknown[]): string[][] {
  return (seen as readonly KinesisBatch[]).map(({ Records }) =>
    Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString()),
  );
}

async function put(stream: Stream, data: readonly string[], partitionKey = 'k'): Promise<void> {
  if (data.length === 0) return;
  await stream.putRecords(data.map((text) => ({ partitionKey, data: text })));
}

/** A stream and a function that reads it; `body` decides what the function answers. */
async function reading(
  lambda: Lambda,
  options: Partial<MappingOptions> = {},
  { body = '', shards = 1 }: { readonly body?: string; readonly shards?: number } = {},
) {
  const stream = lambda.createStream('clicks', { shards });
  const decoded = `const texts = event.Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());`;
  const { target, seen } = await collector(lambda, `${decoded} ${body}`);
  const mapping = await lambda.createMapping({
    source: stream,
    target,
    startingPosition: 'TRIM_HORIZON',
    ...options,
  });
  return { stream, target, seen, mapping };
}

const failsOnBad = `if (texts.some((text) => text.startsWith('bad'))) throw new Error('no');`;

describe('a mapping of a stream', () => {
  test('hands records to its function as AWS does', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const { stream, seen, mapping } = await reading(lambda);
    const ages = record(lambda, 'mapping.batchInvoked');

    await clock.advance(250);
    const { sequenceNumber } = await stream.putRecord({ partitionKey: 'ada', data: '{"id":1}' });
    await clock.advance(0);
    expect(seen).toEqual([
      {
        Records: [
          {
            kinesis: {
              kinesisSchemaVersion: '1.0',
              partitionKey: 'ada',
              sequenceNumber,
              data: Buffer.from('{"id":1}').toString('base64'),
              approximateArrivalTimestamp: (start + 250) / 1_000,
            },
            eventSource: 'aws:kinesis',
            eventVersion: '1.0',
            eventID: `shardId-000000000000:${sequenceNumber}`,
            eventName: 'aws:kinesis:record',
            invokeIdentityArn: 'arn:aws:iam::123456789012:role/isolambda',
            awsRegion: 'us-east-1',
            eventSourceARN: stream.arn,
          },
        ],
      },
    ]);
    expect(mapping.info).toMatchObject({
      stateReason: 'User action',
      lastProcessingResult: 'OK',
      batchSize: 100,
      startingPosition: 'TRIM_HORIZON',
    });
    expect(ages).toMatchObject([{ records: 1, iteratorAgeMs: 0, shardId: 'shardId-000000000000' }]);
    expect(clock.pending().filter(({ label }) => label.includes('mapping'))).toEqual([]);
  });

  test('begins with what is there, or with what comes', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const stream = lambda.createStream('clicks');
    await put(stream, ['1']);
    await clock.advance(1_000);
    await put(stream, ['2']);
    const batches: Record<string, string[][]> = {};
    for (const [position, options] of Object.entries({
      TRIM_HORIZON: {},
      LATEST: {},
      AT_TIMESTAMP: { startingAtMs: start + 1_000 },
    })) {
      const { target } = await collector(lambda, '', { name: position });
      lambda.on('mapping.batchInvoked', ({ functionName, records }) => {
        if (functionName === position) (batches[position] ??= []).push([String(records)]);
      });
      await lambda.createMapping({
        source: stream,
        target,
        startingPosition: position as 'LATEST',
        ...options,
      });
    }
    await put(stream, ['3']);
    await clock.advance(600_000);
    await put(stream, ['4']);
    await clock.advance(0);
    const counts = Object.entries(batches).map(([name, sizes]) => [
      name,
      sizes.flat().reduce((sum, size) => sum + Number(size), 0),
    ]);
    expect(Object.fromEntries(counts)).toEqual({ TRIM_HORIZON: 4, LATEST: 2, AT_TIMESTAMP: 3 });
  });

  test('gathers up to its batch size, or until the window is over', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const { stream, seen } = await reading(lambda, { batchSize: 3, windowMs: 10_000 });

    await put(stream, ['1', '2']);
    await clock.advance(9_999);
    expect(seen).toEqual([]);
    await clock.advance(1);
    await put(stream, ['3', '4', '5', '6']);
    await clock.advance(0);
    expect(texts(seen)).toEqual([
      ['1', '2'],
      ['3', '4', '5'],
    ]);
    await clock.advance(10_000);
    expect(texts(seen).at(-1)).toEqual(['6']);
  });

  test('passes over what no filter wants', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const filters = [{ data: { total: [{ numeric: ['>', 100] }] } }, { partitionKey: ['vip'] }];
    const { stream, seen } = await reading(lambda, { filters });

    await put(stream, ['{"total":120}', '{"total":20}', 'total']);
    await put(stream, ['plain'], 'vip');
    await clock.advance(0);
    expect(texts(seen).flat()).toEqual(['{"total":120}', 'plain']);
  });

  test('reads parents to their end before their children', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const body = `if (texts.includes('bad') && !globalThis.was) { globalThis.was = 1; throw new Error('no'); }`;
    const { stream, seen } = await reading(lambda, {}, { body });

    await put(stream, ['1', 'bad']);
    const [left = '', right = ''] = await stream.splitShard('shardId-000000000000');
    await put(stream, ['2']);
    await clock.advance(999);
    expect(texts(seen)).toEqual([['1', 'bad']]);
    await clock.advance(1);
    const merged = await stream.mergeShards(left, right);
    await put(stream, ['3']);
    await clock.advance(0);
    expect(texts(seen)).toEqual([['1', 'bad'], ['1', 'bad'], ['2'], ['3']]);
    const last = (seen as readonly unknown[]).at(-1) as KinesisBatch;
    expect(last.Records[0]?.eventID).toContain(merged);
  });

  test('LATEST sees all of what comes after a split', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const { stream, seen } = await reading(lambda, { startingPosition: 'LATEST' });
    await put(stream, ['1']);
    await stream.splitShard('shardId-000000000000');
    await put(stream, ['2']);
    await clock.advance(0);
    expect(texts(seen)).toEqual([['1'], ['2']]);
  });

  test('runs several batches of a shard at one time, each key in order', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const body = `await new Promise((done) => setTimeout(done, 1_000));`;
    const options = { parallelizationFactor: 10, batchSize: 1 };
    const { stream, seen } = await reading(lambda, options, { body });

    for (const key of ['a', 'b', 'c']) await put(stream, [`${key}1`, `${key}2`], key);
    await clock.advance(0);
    expect(texts(seen).flat().toSorted()).toEqual(['a1', 'b1', 'c1']);
    await clock.advance(2_000);
    expect(texts(seen).flat().slice(3).toSorted()).toEqual(['a2', 'b2', 'c2']);
  });

  test('goes on where it stopped after it was disabled, also within a failing batch', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const body = `if (texts[0] === 'bad' && !globalThis.healed) { globalThis.healed = true; throw new Error('no'); }`;
    const { stream, seen, mapping } = await reading(lambda, { batchSize: 2 }, { body });

    await put(stream, ['1', '2', 'bad', '4', '5']);
    await clock.advance(0);
    await mapping.disable();
    await put(stream, ['6']);
    await clock.advance(60_000);
    expect(texts(seen)).toEqual([
      ['1', '2'],
      ['bad', '4'],
    ]);
    await mapping.update({ enabled: true, batchSize: 10 });
    await clock.advance(0);
    expect(texts(seen).slice(2)).toEqual([['bad', '4', '5'], ['6']]);
  });

  test('waits while the function is throttled, and uses up no retry', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const { stream, target, seen } = await reading(lambda, { maxRetries: 0 });
    const dropped = record(lambda, 'mapping.recordsDropped');
    await target.update({ reservedConcurrency: 0 });

    await put(stream, ['1']);
    await clock.advance(15_000);
    expect([seen.length, dropped.length]).toEqual([0, 0]);
    await target.update({ reservedConcurrency: 1 });
    await clock.advance(60_000);
    expect(texts(seen)).toEqual([['1']]);
  });
});

describe('a batch of a stream that fails', () => {
  test('blocks its shard and is tried again until its records leave the stream', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const { stream, seen, mapping } = await reading(lambda, { batchSize: 1 }, { body: failsOnBad });
    const dropped = record(lambda, 'mapping.recordsDropped');

    await put(stream, ['bad', 'good']);
    await clock.advance(63_000);
    expect(new Set(texts(seen).flat())).toEqual(new Set(['bad']));
    expect(seen).toHaveLength(7);
    await mapping.disable();
    await clock.advance(86_400_000);
    await mapping.enable();
    await put(stream, ['later']);
    await clock.advance(60_000);
    expect(dropped).toMatchObject([{ condition: 'RecordExpired', records: 1 }]);
    expect(texts(seen).flat().slice(-3)).toEqual(['bad', 'good', 'later']);
  });

  test('is given up after its retries; the failure record is that of AWS', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const failures = lambda.createQueue('failures');
    const options = { maxRetries: 2, onFailure: failures, batchSize: 2 };
    const { stream, seen, target } = await reading(lambda, options, { body: failsOnBad });
    const invoked = record(lambda, 'mapping.batchInvoked');

    const { records } = await stream.putRecords([
      { partitionKey: 'k', data: 'bad' },
      { partitionKey: 'k', data: 'near' },
      { partitionKey: 'k', data: 'good' },
    ]);
    const numbers = records.map((entry) => ('sequenceNumber' in entry ? entry.sequenceNumber : ''));
    await clock.advance(3_000);
    expect(texts(seen)).toEqual([['bad', 'near'], ['bad', 'near'], ['bad', 'near'], ['good']]);
    const [message] = await failures.receive();
    expect(message?.body).toBe(
      JSON.stringify({
        requestContext: {
          requestId: invoked[2]?.requestId,
          functionArn: target.arn,
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 3,
        },
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          functionError: 'Unhandled',
        },
        version: '1.0',
        timestamp: '2026-01-01T00:00:03.000Z',
        KinesisBatchInfo: {
          shardId: 'shardId-000000000000',
          startSequenceNumber: numbers[0],
          endSequenceNumber: numbers[1],
          approximateArrivalOfFirstRecord: '2026-01-01T00:00:00.000Z',
          approximateArrivalOfLastRecord: '2026-01-01T00:00:00.000Z',
          batchSize: 2,
          streamArn: stream.arn,
        },
      }),
    );
  });

  test('is split until the bad record stands alone', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const failures = lambda.createQueue('failures');
    const options = { maxRetries: 1, bisectOnError: true, onFailure: failures };
    const { stream, seen, mapping } = await reading(lambda, options, { body: failsOnBad });
    await mapping.disable();
    await put(stream, ['1', '2', '3', 'bad', '5', '6', '7', '8']);
    await mapping.enable();

    await clock.advance(0);
    expect(texts(seen)).toEqual([
      ['1', '2', '3', 'bad', '5', '6', '7', '8'],
      ['1', '2', '3', 'bad'],
      ['1', '2'],
      ['3', 'bad'],
      ['3'],
      ['bad'],
    ]);
    await clock.advance(1_000);
    expect(texts(seen).slice(6)).toEqual([['bad'], ['5', '6', '7', '8']]);
    const [message] = await failures.receive();
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      requestContext: { approximateInvokeCount: 2 },
      KinesisBatchInfo: { batchSize: 1 },
    });
  });

  test('goes on at the lowest record that the function reports', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const failures = lambda.createQueue('failures');
    const body = `
      const failed = event.Records.filter((_, index) => texts[index].startsWith('bad'));
      return { batchItemFailures: failed.map(({ kinesis }) => ({ itemIdentifier: kinesis.sequenceNumber })).reverse() };`;
    const options = { maxRetries: 1, reportItemFailures: true, onFailure: failures };
    const { stream, seen } = await reading(lambda, options, { body });

    await put(stream, ['1', 'bad', '3', 'bad too']);
    await clock.advance(1_000);
    expect(texts(seen)).toEqual([
      ['1', 'bad', '3', 'bad too'],
      ['bad', '3', 'bad too'],
    ]);
    const [message] = await failures.receive();
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      responseContext: { functionError: null },
      KinesisBatchInfo: { batchSize: 3 },
    });
  });

  test('fails as a whole when the function reports what is not in it', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const body = `return { batchItemFailures: [{ itemIdentifier: '7' }] };`;
    const { stream, seen } = await reading(
      lambda,
      { maxRetries: 1, reportItemFailures: true },
      { body },
    );
    await put(stream, ['1', '2']);
    await clock.advance(10_000);
    expect(texts(seen)).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
  });

  test('loses what became too old, before it is invoked or between two attempts', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const bucket = lambda.createBucket('failures');
    const options = { maxRecordAgeMs: 60_000, onFailure: bucket };
    const { stream, seen, mapping } = await reading(lambda, options, { body: failsOnBad });
    await mapping.disable();
    await put(stream, ['old']);
    await clock.advance(60_001);
    await put(stream, ['bad']);
    await mapping.enable();
    await clock.advance(0);
    expect(texts(seen)).toEqual([['bad']]);
    await clock.advance(120_000);

    const { objects } = await bucket.list();
    expect(objects).toHaveLength(2);
    const [first, second] = objects.map(({ key }) => key);
    expect(first).toMatch(
      new RegExp(
        `^aws/lambda/${mapping.id}/shardId-000000000000/2026/01/01/2026-01-01T00\\.01\\.00-[0-9a-f-]{36}$`,
      ),
    );
    const stored = await bucket.get(second ?? '');
    const body = JSON.parse(Buffer.from(stored?.body ?? '').toString()) as {
      readonly payload: string;
    };
    expect(body).toMatchObject({ requestContext: { condition: 'RecordAgeExceeded' } });
    expect(body).not.toHaveProperty('responseContext');
    expect(texts([JSON.parse(body.payload)])).toEqual([['bad']]);
  });

  test('tells when its failure destination does not take the record', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const failures = lambda.createQueue('failures');
    const options = { maxRetries: 0, onFailure: failures };
    const { stream } = await reading(lambda, options, { body: failsOnBad });
    const undelivered = record(lambda, 'mapping.failureUndelivered');
    await failures.destroy();
    await put(stream, ['bad']);
    await clock.advance(0);
    expect(undelivered).toMatchObject([{ to: failures.arn, records: 1 }]);
  });
});

describe('a tumbling window', () => {
  interface WindowBatch extends KinesisBatch {
    readonly window: { readonly start: string; readonly end: string };
    readonly state: { readonly count?: number };
    readonly isFinalInvokeForWindow: boolean;
    readonly isWindowTerminatedEarly: boolean;
    readonly shardId: string;
    readonly eventSourceARN: string;
  }
  const counting = `return { state: { count: (event.state.count ?? 0) + texts.length } };`;

  test('carries a state from batch to batch and ends with a last invocation', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const options = { tumblingWindowMs: 60_000 };
    const { stream, seen } = await reading(lambda, options, { body: counting });

    await put(stream, ['1', '2']);
    await clock.advance(30_000);
    await put(stream, ['3']);
    await clock.advance(30_000);
    await put(stream, ['4']);
    await clock.advance(0);
    const batches = seen as unknown as readonly WindowBatch[];
    expect(
      batches.map(({ Records, state, isFinalInvokeForWindow, window }) => [
        Records.length,
        state.count ?? 0,
        isFinalInvokeForWindow,
        window.start,
      ]),
    ).toEqual([
      [2, 0, false, '2026-01-01T00:00:00Z'],
      [1, 2, false, '2026-01-01T00:00:00Z'],
      [0, 3, true, '2026-01-01T00:00:00Z'],
      [1, 0, false, '2026-01-01T00:01:00Z'],
    ]);
    expect(batches[0]).toMatchObject({
      window: { end: '2026-01-01T00:01:00Z' },
      shardId: 'shardId-000000000000',
      eventSourceARN: stream.arn,
      isWindowTerminatedEarly: false,
    });
    await clock.advance(60_000 + 120_000);
    expect(batches.at(-1)).toMatchObject({ isFinalInvokeForWindow: true, state: { count: 1 } });
  });

  test('ends early when its state is too large, and goes on with a new one', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const body = `if (event.isFinalInvokeForWindow) return { state: {} }; return { state: { text: texts[0] === 'big' ? 'x'.repeat(1_100_000) : '' } };`;
    const options = { tumblingWindowMs: 60_000 };
    const stream = lambda.createStream('clicks');
    const flags: unknown[] = [];
    lambda.on('log.written', ({ body: line }) => {
      if (line.startsWith('[')) flags.push(JSON.parse(line));
    });
    const target = await lambda.createFunction({
      name: 'consumer',
      isolation: 'inline',
      cpuMs: 5_000,
      code: {
        source: `exports.handler = async (event) => {
          const texts = event.Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());
          console.log(JSON.stringify([texts, event.isFinalInvokeForWindow, event.isWindowTerminatedEarly]));
          ${body}
        };`,
      },
    });
    await lambda.createMapping({
      source: stream,
      target,
      startingPosition: 'TRIM_HORIZON',
      ...options,
    });
    await put(stream, ['big']);
    await clock.advance(0);
    await put(stream, ['small']);
    await clock.advance(0);
    expect(flags).toEqual([
      [['big'], false, false],
      [[], true, true],
      [['small'], false, false],
    ]);
  });

  test('outlives a pause of its mapping, and is closed when the mapping has windows no more', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const options = { tumblingWindowMs: 60_000 };
    const { stream, seen, mapping } = await reading(lambda, options, { body: counting });
    const batches = seen as unknown as readonly WindowBatch[];

    await put(stream, ['1', '2']);
    await clock.advance(0);
    await mapping.disable();
    await mapping.enable();
    await put(stream, ['3']);
    await clock.advance(0);
    expect(batches.at(-1)).toMatchObject({ state: { count: 2 }, isFinalInvokeForWindow: false });
    await mapping.update({ tumblingWindowMs: 0 });
    await clock.advance(0);
    expect(batches.at(-1)).toMatchObject({ state: { count: 3 }, isFinalInvokeForWindow: true });
  });

  test('takes a result without state for a failure', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const options = { tumblingWindowMs: 60_000, maxRetries: 0 };
    const { stream } = await reading(lambda, options, { body: 'return {};' });
    const failed = record(lambda, 'mapping.batchFailed');
    await put(stream, ['1']);
    await clock.advance(0);
    expect(failed).toMatchObject([{ reason: 'invalid-response' }]);
  });
});

describe('a mapping of a table', () => {
  test('hands changes to its function as AWS does', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const table = lambda.createTable('orders', {
      partitionKey: { name: 'id', type: 'N' },
      stream: 'NEW_AND_OLD_IMAGES',
    });
    const { target, seen } = await collector(lambda);
    const filters = [{ eventName: ['MODIFY'] }];
    const mapping = await lambda.createMapping({
      source: table,
      target,
      startingPosition: 'LATEST',
      filters,
    });
    await table.put({ id: 1, total: 10 });
    await table.put({ id: 1, total: 12 });
    await clock.advance(0);
    expect(seen).toMatchObject([
      {
        Records: [
          {
            eventName: 'MODIFY',
            eventSource: 'aws:dynamodb',
            eventSourceARN: table.stream?.arn,
            dynamodb: {
              Keys: { id: { N: '1' } },
              NewImage: { total: { N: '12' } },
              OldImage: { total: { N: '10' } },
              StreamViewType: 'NEW_AND_OLD_IMAGES',
            },
          },
        ],
      },
    ]);
    expect(mapping.info.sourceArn).toBe(table.stream?.arn);
  });

  test('gives up with whole seconds', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const table = lambda.createTable('orders', {
      partitionKey: { name: 'id', type: 'N' },
      stream: 'KEYS_ONLY',
    });
    const topic = lambda.createTopic('failures');
    const inbox = lambda.createQueue('inbox');
    topic.subscribe(inbox, { raw: true });
    const { target } = await collector(lambda, `throw new Error('no');`);
    await lambda.createMapping({
      source: table,
      target,
      startingPosition: 'TRIM_HORIZON',
      maxRetries: 0,
      onFailure: topic,
    });
    await table.put({ id: 1 });
    await clock.advance(0);
    const [message] = await inbox.receive();
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      DDBStreamBatchInfo: {
        approximateArrivalOfFirstRecord: '2026-01-01T00:00:00Z',
        batchSize: 1,
        streamArn: table.stream?.arn,
      },
    });
  });
});
