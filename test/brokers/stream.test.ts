import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOfPartitionKey } from '../../src/brokers/hash-key.ts';
import type { ShardPosition } from '../../src/brokers/record-stream.ts';
import type { StreamOptions } from '../../src/brokers/stream-options.ts';
import { Stream, type StreamRecord } from '../../src/brokers/stream.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { StreamConsumer } from './stream-consumer.ts';

const dayMs = 86_400_000;
const first = 'shardId-000000000000';

function streamAt(options: StreamOptions = {}) {
  const clock = new VirtualClock();
  return { clock, stream: new Stream('clicks', options, { clock }) };
}

function texts(records: readonly StreamRecord[]): string[] {
  return records.map(({ data }) => Buffer.from(data).toString());
}

async function readFrom(stream: Stream, position: ShardPosition, shardId = first) {
  return stream.getRecords(await stream.getShardIterator(shardId, position));
}

async function putAll(stream: Stream, ...data: string[]): Promise<string[]> {
  const numbers: string[] = [];
  for (const text of data) {
    const put = await stream.putRecord({ data: text, partitionKey: 'k' });
    numbers.push(put.sequenceNumber);
  }
  return numbers;
}

describe('writing', () => {
  test('a record is read as it was put', async () => {
    const { stream } = streamAt();
    const put = await stream.putRecord({ data: 'grüß', partitionKey: 'ada' });
    const { records } = await readFrom(stream, { type: 'TRIM_HORIZON' });

    expect(stream.arn).toBe('arn:aws:kinesis:us-east-1:123456789012:stream/clicks');
    expect(put).toEqual({ shardId: first, sequenceNumber: expect.stringMatching(/^4\d{55}$/) });
    expect(records).toEqual([
      {
        sequenceNumber: put.sequenceNumber,
        partitionKey: 'ada',
        data: new TextEncoder().encode('grüß'),
        arrivedMs: Date.UTC(2026, 0, 1),
      },
    ]);
  });

  test('bytes are copied on the way in and on the way out', async () => {
    const { stream } = streamAt();
    const data = new Uint8Array([1, 2]);
    await stream.putRecord({ data, partitionKey: 'k' });
    data.fill(9);
    const once = await readFrom(stream, { type: 'TRIM_HORIZON' });
    once.records[0]?.data.fill(9);
    const again = await readFrom(stream, { type: 'TRIM_HORIZON' });
    expect(again.records[0]?.data).toEqual(new Uint8Array([1, 2]));
  });

  test('the MD5 of the partition key chooses the shard, as Kinesis does', async () => {
    const { stream } = streamAt({ shards: 2 });
    // md5("a") begins with 0c, md5("b") with 92.
    const low = await stream.putRecord({ data: '', partitionKey: 'a' });
    const high = await stream.putRecord({ data: '', partitionKey: 'b' });
    expect([low.shardId, high.shardId]).toEqual([first, 'shardId-000000000001']);
    expect(hashOfPartitionKey('a')).toBe(0x0cc175b9c0f1b6a831c399e269772661n);
  });

  test('an explicit hash key goes before the partition key', async () => {
    const { stream } = streamAt({ shards: 2 });
    const greatest = (2n ** 128n - 1n).toString();
    const put = (explicitHashKey: string) =>
      stream.putRecord({ data: '', partitionKey: 'a', explicitHashKey });
    expect((await put(greatest)).shardId).toBe('shardId-000000000001');
    expect((await put('0')).shardId).toBe(first);
    await expect(put((2n ** 128n).toString())).rejects.toMatchObject({
      awsCode: 'InvalidArgumentException',
    });
  });

  test('sequence numbers grow within a shard and are unique in the stream', async () => {
    const { stream, clock } = streamAt({ shards: 3 });
    const byShard = new Map<string, bigint[]>();
    for (let round = 0; round < 300; round += 1) {
      const put = await stream.putRecord({ data: '', partitionKey: `k${round}` });
      const numbers = byShard.get(put.shardId) ?? [];
      numbers.push(BigInt(put.sequenceNumber));
      byShard.set(put.shardId, numbers);
      if (round % 10 === 0) await clock.advance(700);
    }
    const all = [...byShard.values()].flat();
    expect(byShard.size).toBe(3);
    expect(new Set(all).size).toBe(300);
    for (const numbers of byShard.values()) {
      expect(numbers.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(numbers);
    }
  });

  test('several records at once', async () => {
    const { stream } = streamAt();
    const { failedRecordCount, records } = await stream.putRecords([
      { data: 'a', partitionKey: 'k' },
      { data: 'b', partitionKey: 'k' },
    ]);
    expect(failedRecordCount).toBe(0);
    expect(records).toHaveLength(2);
    expect(texts((await readFrom(stream, { type: 'TRIM_HORIZON' })).records)).toEqual(['a', 'b']);
  });

  test('a record that breaks a rule refuses the whole call', async () => {
    const { stream } = streamAt();
    await expect(
      stream.putRecords([
        { data: 'a', partitionKey: 'k' },
        { data: 'b', partitionKey: '' },
      ]),
    ).rejects.toThrow(/`records\[1\].partitionKey`/);
    expect((await readFrom(stream, { type: 'TRIM_HORIZON' })).records).toEqual([]);
  });

  test('a record has 1 MiB with its key, up to 10 MiB where the stream is set up for it', async () => {
    const mib = 1_048_576;
    const { stream } = streamAt();
    await stream.putRecord({ data: new Uint8Array(mib - 1), partitionKey: 'k' });
    await expect(
      stream.putRecord({ data: new Uint8Array(mib), partitionKey: 'k' }),
    ).rejects.toMatchObject({ awsCode: 'ValidationException' });

    const { stream: large } = streamAt({ maxRecordBytes: 10 * mib });
    await large.putRecord({ data: new Uint8Array(10 * mib - 1), partitionKey: 'k' });
  });

  test.each([
    ['no records', []],
    ['501 records', Array.from({ length: 501 }, () => ({ data: '', partitionKey: 'k' }))],
    ['a key of 257 characters', [{ data: '', partitionKey: 'k'.repeat(257) }]],
    ['a number as data', [{ data: 1, partitionKey: 'k' }]],
    ['an unknown field', [{ data: '', partitionKey: 'k', key: 1 }]],
  ])('%s is refused', async (_, records) => {
    const { stream } = streamAt();
    await expect(stream.putRecords(records as never)).rejects.toMatchObject({
      code: 'ERR_INVALID_OPTION',
    });
  });

  test('limited writes: 1,000 records a second and shard', async () => {
    const { stream, clock } = streamAt({ limitWrites: true });
    const batch = Array.from({ length: 500 }, () => ({ data: 'x', partitionKey: 'k' }));
    await stream.putRecords(batch);
    await stream.putRecords(batch.slice(1));
    const { failedRecordCount, records } = await stream.putRecords(batch.slice(0, 2));
    expect(failedRecordCount).toBe(1);
    expect(records[1]).toEqual({
      errorCode: 'ProvisionedThroughputExceededException',
      errorMessage: `Rate exceeded for shard ${first} in stream clicks under account 123456789012.`,
    });
    await expect(stream.putRecord({ data: '', partitionKey: 'k' })).rejects.toMatchObject({
      awsCode: 'ProvisionedThroughputExceededException',
    });
    await clock.advance(1_000);
    await stream.putRecord({ data: '', partitionKey: 'k' });
  });
});

describe('reading', () => {
  test('each position', async () => {
    const { stream, clock } = streamAt();
    const [, two = ''] = await putAll(stream, 'one', 'two');
    await clock.advance(1_000);
    await putAll(stream, 'three');
    const read = async (position: ShardPosition) =>
      texts((await readFrom(stream, position)).records);

    expect(await read({ type: 'TRIM_HORIZON' })).toEqual(['one', 'two', 'three']);
    expect(await read({ type: 'AT_SEQUENCE_NUMBER', sequenceNumber: two })).toEqual([
      'two',
      'three',
    ]);
    expect(await read({ type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: two })).toEqual(['three']);
    expect(await read({ type: 'AT_TIMESTAMP', timestampMs: clock.now() })).toEqual(['three']);
    await clock.advance(1);
    expect(await read({ type: 'AT_TIMESTAMP', timestampMs: clock.now() })).toEqual([]);
    await expect(
      stream.getShardIterator(first, { type: 'AT_TIMESTAMP', timestampMs: clock.now() + 1 }),
    ).rejects.toMatchObject({ awsCode: 'InvalidArgumentException' });
    expect(await read({ type: 'LATEST' })).toEqual([]);
  });

  test('the first number of a shard stands before its first record', async () => {
    const { stream } = streamAt();
    const [shard] = await stream.listShards();
    const sequenceNumber = shard?.sequenceNumberRange.startingSequenceNumber ?? '';
    const [one = ''] = await putAll(stream, 'one');
    expect(BigInt(one)).toBeGreaterThan(BigInt(sequenceNumber));
    for (const type of ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const) {
      const { records } = await readFrom(stream, { type, sequenceNumber });
      expect(texts(records)).toEqual(['one']);
    }
  });

  test('LATEST is the end as it was when the iterator was made', async () => {
    const { stream } = streamAt();
    await putAll(stream, 'before');
    const iterator = await stream.getShardIterator(first, { type: 'LATEST' });
    await putAll(stream, 'after');
    expect(texts((await stream.getRecords(iterator)).records)).toEqual(['after']);
  });

  test('pages follow each other and say how far behind they are', async () => {
    const { stream, clock } = streamAt();
    await putAll(stream, 'a', 'b');
    await clock.advance(500);
    await putAll(stream, 'c');
    await clock.advance(250);
    const iterator = await stream.getShardIterator(first, { type: 'TRIM_HORIZON' });
    const page = await stream.getRecords(iterator, { limit: 2 });
    expect(texts(page.records)).toEqual(['a', 'b']);
    expect(page.millisBehindLatest).toBe(750);
    const rest = await stream.getRecords(page.nextIterator ?? '');
    expect(texts(rest.records)).toEqual(['c']);
    expect(rest.millisBehindLatest).toBe(0);
    expect(rest.nextIterator).toBeDefined();
  });

  test('a page has at most 10 MiB, and at least one record', async () => {
    const { stream } = streamAt({ maxRecordBytes: 10_485_760 });
    for (let round = 0; round < 3; round += 1) {
      await stream.putRecord({ data: new Uint8Array(5_000_000), partitionKey: 'k' });
    }
    await stream.putRecord({ data: new Uint8Array(10_485_759), partitionKey: 'k' });
    const consumer = new StreamConsumer(stream);
    await consumer.step(10);
    expect(consumer.records).toHaveLength(2);
    expect(await consumer.readAll(10)).toHaveLength(4);
  });

  test('an iterator lives five minutes and can be used again meanwhile', async () => {
    const { stream, clock } = streamAt();
    const iterator = await stream.getShardIterator(first, { type: 'TRIM_HORIZON' });
    await putAll(stream, 'a');
    await clock.advance(300_000);
    expect((await stream.getRecords(iterator)).records).toHaveLength(1);
    await clock.advance(1);
    await expect(stream.getRecords(iterator)).rejects.toMatchObject({
      code: 'ERR_BROKER',
      awsCode: 'ExpiredIteratorException',
      message:
        'Iterator expired. The iterator was created at time Thu Jan 01 00:00:00 UTC 2026 while right now it is Thu Jan 01 00:05:00 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.',
    });
  });

  test('records are kept for the retention, and reading goes on behind them', async () => {
    const { stream, clock } = streamAt({ retentionMs: dayMs });
    const [old = ''] = await putAll(stream, 'old');
    await clock.advance(dayMs - 60_000);
    await putAll(stream, 'new');
    const iterator = await stream.getShardIterator(first, {
      type: 'AT_SEQUENCE_NUMBER',
      sequenceNumber: old,
    });
    expect(texts((await stream.getRecords(iterator)).records)).toEqual(['old', 'new']);
    await clock.advance(60_000);
    expect(texts((await stream.getRecords(iterator)).records)).toEqual(['new']);
  });

  test.each([
    ['an iterator that is none', 'nonsense'],
    ['an iterator with a shard and no place', Buffer.from('["a","b"]').toString('base64')],
  ])('%s is refused', async (_, iterator) => {
    const { stream } = streamAt();
    await expect(stream.getRecords(iterator)).rejects.toMatchObject({
      awsCode: 'InvalidArgumentException',
      message: 'Invalid ShardIterator.',
    });
  });

  test('an iterator of another stream is refused', async () => {
    const { stream, clock } = streamAt();
    const other = new Stream('other', {}, { clock });
    const iterator = await other.getShardIterator(first, { type: 'LATEST' });
    await expect(stream.getRecords(iterator)).rejects.toMatchObject({
      awsCode: 'InvalidArgumentException',
    });
  });

  test('a sequence number of another shard, or of a record to come, is refused', async () => {
    const { stream } = streamAt({ shards: 2 });
    const { sequenceNumber } = await stream.putRecord({ data: '', partitionKey: 'b' });
    const next = (BigInt(sequenceNumber) + (1n << 80n)).toString();
    for (const [shardId, number] of [
      [first, sequenceNumber],
      ['shardId-000000000001', next],
      [first, 'x'],
    ] as const) {
      await expect(
        stream.getShardIterator(shardId, { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: number }),
      ).rejects.toMatchObject({ awsCode: 'InvalidArgumentException' });
    }
  });

  test('a shard that does not exist', async () => {
    const { stream } = streamAt();
    await expect(
      stream.getShardIterator('shardId-000000000009', { type: 'LATEST' }),
    ).rejects.toMatchObject({ awsCode: 'ResourceNotFoundException' });
  });

  test('listeners are told of records and of shards that end, until they leave', async () => {
    const { stream } = streamAt({ shards: 2 });
    const told: string[] = [];
    const leave = stream.onRecords((shardId) => void told.push(shardId));
    await stream.putRecords([
      { data: '', partitionKey: 'a' },
      { data: '', partitionKey: 'a' },
      { data: '', partitionKey: 'b' },
    ]);
    expect(told).toEqual([first, 'shardId-000000000001']);
    await stream.splitShard(first);
    expect(told).toEqual([first, 'shardId-000000000001', first]);
    leave();
    await putAll(stream, 'x');
    expect(told).toHaveLength(3);
  });
});

describe('resharding', () => {
  test('hash keys are spread evenly over the shards', async () => {
    const { stream } = streamAt({ shards: 3 });
    expect((await stream.listShards()).map(({ hashKeyRange }) => hashKeyRange)).toEqual([
      { startingHashKey: '0', endingHashKey: '113427455640312821154458202477256070484' },
      {
        startingHashKey: '113427455640312821154458202477256070485',
        endingHashKey: '226854911280625642308916404954512140969',
      },
      {
        startingHashKey: '226854911280625642308916404954512140970',
        endingHashKey: '340282366920938463463374607431768211455',
      },
    ]);
  });

  test('a split closes the shard; at its end reading goes on in the children', async () => {
    const { stream } = streamAt();
    await putAll(stream, 'a', 'b');
    const half = (2n ** 127n).toString();
    expect(await stream.splitShard(first)).toEqual([
      'shardId-000000000001',
      'shardId-000000000002',
    ]);
    const [parent, left, right] = await stream.listShards();
    const ending = parent?.sequenceNumberRange.endingSequenceNumber ?? '';
    expect(left).toMatchObject({ parentShardId: first });
    expect(left).not.toHaveProperty('adjacentParentShardId');
    expect(right?.hashKeyRange?.startingHashKey).toBe(half);
    expect(BigInt(left?.sequenceNumberRange.startingSequenceNumber ?? '')).toBeGreaterThan(
      BigInt(ending),
    );

    const iterator = await stream.getShardIterator(first, { type: 'TRIM_HORIZON' });
    const page = await stream.getRecords(iterator, { limit: 1 });
    expect(page).not.toHaveProperty('childShards');
    const end = await stream.getRecords(page.nextIterator ?? '');
    expect(texts(end.records)).toEqual(['b']);
    expect(end.nextIterator).toBeUndefined();
    expect(end.childShards).toEqual([
      {
        shardId: 'shardId-000000000001',
        parentShards: [first],
        hashKeyRange: { startingHashKey: '0', endingHashKey: (2n ** 127n - 1n).toString() },
      },
      {
        shardId: 'shardId-000000000002',
        parentShards: [first],
        hashKeyRange: { startingHashKey: half, endingHashKey: (2n ** 128n - 1n).toString() },
      },
    ]);
    const after = await readFrom(stream, {
      type: 'AFTER_SEQUENCE_NUMBER',
      sequenceNumber: ending,
    });
    expect(after.nextIterator).toBeUndefined();
  });

  test('a merge has two parents', async () => {
    const { stream } = streamAt({ shards: 2 });
    expect(await stream.mergeShards('shardId-000000000001', first)).toBe('shardId-000000000002');
    expect((await stream.listShards()).at(-1)).toMatchObject({
      shardId: 'shardId-000000000002',
      parentShardId: 'shardId-000000000001',
      adjacentParentShardId: first,
      hashKeyRange: { startingHashKey: '0', endingHashKey: (2n ** 128n - 1n).toString() },
    });
  });

  test('a closed shard goes away with its last records', async () => {
    const { stream, clock } = streamAt();
    await putAll(stream, 'a');
    await stream.splitShard(first);
    await clock.advance(dayMs - 1);
    expect(await stream.listShards()).toHaveLength(3);
    await clock.advance(1);
    expect(await stream.listShards()).toHaveLength(2);
  });

  test('what cannot be split or merged', async () => {
    const { stream } = streamAt({ shards: 3 });
    const refused = { awsCode: 'InvalidArgumentException' };
    await expect(stream.splitShard(first, '1')).rejects.toMatchObject(refused);
    await expect(stream.splitShard(first, 'x')).rejects.toMatchObject(refused);
    await expect(stream.mergeShards(first, 'shardId-000000000002')).rejects.toMatchObject({
      message: expect.stringContaining('are not an adjacent pair of shards eligible for merging'),
    });
    await expect(stream.mergeShards(first, first)).rejects.toMatchObject(refused);
    await stream.splitShard(first);
    await expect(stream.splitShard(first)).rejects.toMatchObject(refused);
    await expect(stream.splitShard('shardId-000000000077')).rejects.toMatchObject({
      awsCode: 'ResourceNotFoundException',
    });
  });

  test('records of a partition key come in order, and each once, whatever is split and merged', async () => {
    type Step =
      | { readonly put: number }
      | { readonly split: number }
      | { readonly merge: number }
      | { readonly read: number }
      | { readonly waitMs: number };
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 6, arbitrary: fc.record({ put: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ split: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ merge: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ read: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 1, arbitrary: fc.record({ waitMs: fc.nat(1_500) }) },
    );
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 80 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, shards) => {
        const { stream, clock } = streamAt({ shards });
        const consumer = new StreamConsumer(stream);
        const put: Record<string, string[]> = {};
        let count = 0;
        for (const todo of steps) {
          if ('put' in todo) {
            const partitionKey = `key${todo.put}`;
            count += 1;
            (put[partitionKey] ??= []).push(String(count));
            await stream.putRecord({ data: String(count), partitionKey });
          } else if ('read' in todo) {
            await consumer.step(todo.read);
          } else if ('waitMs' in todo) {
            await clock.advance(todo.waitMs);
          } else {
            await reshard(stream, todo);
          }
        }
        await consumer.readAll();

        const seen: Record<string, string[]> = {};
        for (const { record } of consumer.records) {
          (seen[record.partitionKey] ??= []).push(Buffer.from(record.data).toString());
        }
        expect(seen).toEqual(put);
        const numbers = consumer.records.map(({ record }) => record.sequenceNumber);
        expect(new Set(numbers).size).toBe(count);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  async function reshard(stream: Stream, todo: { split: number } | { merge: number }) {
    const open = (await stream.listShards())
      .filter(({ sequenceNumberRange }) => !('endingSequenceNumber' in sequenceNumberRange))
      .sort((a, b) =>
        BigInt(a.hashKeyRange?.startingHashKey ?? 0) < BigInt(b.hashKeyRange?.startingHashKey ?? 0)
          ? -1
          : 1,
      )
      .map(({ shardId }) => shardId);
    if ('split' in todo) {
      await stream.splitShard(open[todo.split % open.length] ?? '');
    } else if (open.length > 1) {
      const at = todo.merge % (open.length - 1);
      await stream.mergeShards(open[at] ?? '', open[at + 1] ?? '');
    }
  }
});

test.each([
  ['a name with a space', 'a b', {}],
  ['no shards', 'a', { shards: 0 }],
  ['an hour of retention', 'a', { retentionMs: 3_600_000 }],
  ['records of 11 MiB', 'a', { maxRecordBytes: 11 * 1_048_576 }],
  ['an unknown option', 'a', { shardCount: 1 }],
])('%s is refused', (_, name, options) => {
  expect(() => new Stream(name, options as StreamOptions)).toThrow(/^Expected `/);
});
