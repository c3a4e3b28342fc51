import type { DynamoDBRecord } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unmarshallItem, type Item } from '../../src/brokers/marshall.ts';
import type { ShardPosition } from '../../src/brokers/record-stream.ts';
import type { StreamViewType, TableOptions } from '../../src/brokers/table-options.ts';
import type { TableStream, TableStreamRecord } from '../../src/brokers/table-stream.ts';
import { Table } from '../../src/brokers/table.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { StreamConsumer } from './stream-consumer.ts';

const dayMs = 86_400_000;

function tableWith(stream: StreamViewType, options: Partial<TableOptions> = {}) {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1, 0, 0, 5, 899));
  const table = new Table(
    'orders',
    { partitionKey: { name: 'Id', type: 'N' }, stream, ...options },
    { clock },
  );
  if (table.stream === undefined) throw new Error('no stream');
  return { clock, table, stream: table.stream };
}

function recordsOf(stream: TableStream): Promise<readonly TableStreamRecord[]> {
  return new StreamConsumer(stream).readAll(1_000);
}

async function iteratorOf(stream: TableStream, position: ShardPosition): Promise<string> {
  const [shard] = await stream.listShards();
  return stream.getShardIterator(shard?.shardId ?? '', position);
}

describe('records', () => {
  test('are what functions get from AWS', async () => {
    const { table, stream } = tableWith('NEW_AND_OLD_IMAGES');
    await table.put({ Id: 101, Message: 'New item!' });
    await table.put({ Id: 101, Message: 'This item has changed' });
    await table.delete({ Id: 101 });
    const records = await recordsOf(stream);

    const eventSourceARN =
      'arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01T00:00:05.899';
    const facts = {
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN,
    };
    const common = {
      ApproximateCreationDateTime: 1_767_225_605,
      Keys: { Id: { N: '101' } },
      SequenceNumber: expect.stringMatching(/^[1-9]\d{27}$/),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    };
    const first = { Id: { N: '101' }, Message: { S: 'New item!' } };
    const second = { Id: { N: '101' }, Message: { S: 'This item has changed' } };
    // The sizes are those of AWS's own sample of the same three writes.
    expect(records).toEqual([
      { ...facts, eventName: 'INSERT', dynamodb: { ...common, NewImage: first, SizeBytes: 26 } },
      {
        ...facts,
        eventName: 'MODIFY',
        dynamodb: { ...common, NewImage: second, OldImage: first, SizeBytes: 59 },
      },
      { ...facts, eventName: 'REMOVE', dynamodb: { ...common, OldImage: second, SizeBytes: 38 } },
    ]);
    expect(stream.arn).toBe(eventSourceARN);
    const numbers = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
    expect(numbers.toSorted()).toEqual(numbers);
    const [record] = JSON.parse(JSON.stringify(records)) as DynamoDBRecord[];
    expect(record?.dynamodb?.NewImage?.['Message']?.S).toBe('New item!');
  });

  test.each([
    ['KEYS_ONLY', []],
    ['NEW_IMAGE', ['NewImage']],
    ['OLD_IMAGE', ['OldImage']],
    ['NEW_AND_OLD_IMAGES', ['NewImage', 'OldImage']],
  ] as const)('%s', async (view, images) => {
    const { table, stream } = tableWith(view);
    await table.put({ Id: 1 });
    await table.update({ Id: 1 }, { set: { x: new Uint8Array([1]) } });
    const [, modified] = await recordsOf(stream);
    const found = Object.keys(modified?.dynamodb ?? {}).filter((key) => key.endsWith('Image'));
    expect(found.toSorted()).toEqual(images);
    expect(modified?.dynamodb.StreamViewType).toBe(view);
    if (view === 'NEW_IMAGE')
      expect(modified?.dynamodb.NewImage).toMatchObject({ x: { B: 'AQ==' } });
  });

  test('a write that changes nothing, or does not happen, leaves none', async () => {
    const { table, stream } = tableWith('KEYS_ONLY');
    await table.put({ Id: 1, tags: new Set(['a', 'b']), map: { a: 1, b: 2 } });
    await table.put({ map: { b: 2, a: 1 }, tags: new Set(['b', 'a']), Id: 1n });
    await table.update({ Id: 1 }, { remove: ['nothing'] });
    await table.delete({ Id: 2 });
    await table.put({ Id: 1 }, { condition: 'absent' }).catch(() => 'refused');
    expect(await recordsOf(stream)).toHaveLength(1);
  });

  test('an update of what is not there is an INSERT', async () => {
    const { table, stream } = tableWith('NEW_IMAGE');
    await table.update({ Id: 1 }, { add: { n: 1 } });
    expect(await recordsOf(stream)).toMatchObject([{ eventName: 'INSERT' }]);
  });

  test('an item that expired was deleted by the service', async () => {
    const { table, stream, clock } = tableWith('OLD_IMAGE', { ttlAttribute: 'until' });
    const until = Math.ceil(clock.now() / 1_000) + 10;
    await table.put({ Id: 1, until });
    await table.put({ Id: 2, until });
    await table.delete({ Id: 2 });
    await clock.advance(11_000);
    const removed = (await recordsOf(stream)).filter(({ eventName }) => eventName === 'REMOVE');
    expect(removed.map((record) => [record.dynamodb.Keys['Id'], record.userIdentity])).toEqual([
      [{ N: '2' }, undefined],
      [{ N: '1' }, { principalId: 'dynamodb.amazonaws.com', type: 'Service' }],
    ]);
    expect(removed[1]?.dynamodb.ApproximateCreationDateTime).toBe(until);
  });

  test('a table without a stream has none', () => {
    expect(new Table('orders', { partitionKey: { name: 'Id', type: 'N' } }).stream).toBeUndefined();
  });
});

describe('reading', () => {
  test('listeners, LATEST and limits work as those of a stream', async () => {
    const { table, stream } = tableWith('KEYS_ONLY');
    const told: string[] = [];
    const leave = stream.onRecords((shardId) => void told.push(shardId));
    await table.put({ Id: 1 });
    const latest = await iteratorOf(stream, { type: 'LATEST' });
    await table.put({ Id: 2 });
    await table.put({ Id: 3 });
    leave();
    await table.put({ Id: 4 });
    expect(told).toHaveLength(3);
    const page = await stream.getRecords(latest, { limit: 2 });
    expect(page.records.map(({ dynamodb }) => dynamodb.Keys['Id'])).toEqual([
      { N: '2' },
      { N: '3' },
    ]);
    expect((await stream.getRecords(page.nextIterator ?? '')).records).toHaveLength(1);
    await expect(stream.getRecords(latest, { limit: 1_001 })).rejects.toThrow(/`limit`/);
  });

  test('there is no reading from a time', async () => {
    const { stream } = tableWith('KEYS_ONLY');
    await expect(iteratorOf(stream, { type: 'AT_TIMESTAMP', timestampMs: 0 })).rejects.toThrow(
      /`position.type`/,
    );
  });

  test('records are kept for 24 hours; what is older is refused', async () => {
    const { table, stream, clock } = tableWith('KEYS_ONLY');
    await table.put({ Id: 1 });
    const [{ dynamodb }] = (await recordsOf(stream)) as [TableStreamRecord];
    await clock.advance(dayMs - 1);
    await table.put({ Id: 2 });
    const position = {
      type: 'AT_SEQUENCE_NUMBER',
      sequenceNumber: dynamodb.SequenceNumber,
    } as const;
    const oldest = await iteratorOf(stream, position);
    await clock.advance(1);
    const trimmed = { awsCode: 'TrimmedDataAccessException' };
    await expect(stream.getRecords(oldest)).rejects.toMatchObject(trimmed);
    await expect(iteratorOf(stream, position)).rejects.toMatchObject(trimmed);
    const after = await iteratorOf(stream, { ...position, type: 'AFTER_SEQUENCE_NUMBER' });
    expect((await stream.getRecords(after)).records).toHaveLength(1);
    expect(await recordsOf(stream)).toHaveLength(1);
  });

  test('an iterator lives 15 minutes', async () => {
    const { stream, clock } = tableWith('KEYS_ONLY');
    const iterator = await iteratorOf(stream, { type: 'TRIM_HORIZON' });
    await clock.advance(900_000);
    await stream.getRecords(iterator);
    await clock.advance(1);
    await expect(stream.getRecords(iterator)).rejects.toMatchObject({
      awsCode: 'ExpiredIteratorException',
    });
  });
});

test('replaying the images of the stream gives the table', async () => {
  type Write =
    | { readonly put: Item }
    | { readonly update: Item; readonly set: Item; readonly remove: readonly string[] }
    | { readonly count: Item }
    | { readonly delete: Item }
    | { readonly waitMs: number };
  const key = fc.record({ Id: fc.nat(4), Sort: fc.constantFrom('a', 'b') });
  const value = fc.oneof(
    fc.nat(2),
    fc.constantFrom('x', 'y'),
    fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }).map((list) => new Set(list)),
    fc.dictionary(fc.constantFrom('p', 'q'), fc.boolean()),
  );
  const rest = fc.dictionary(fc.constantFrom('u', 'v'), value);
  const until = fc.option(fc.nat(40), { nil: undefined });
  const write: fc.Arbitrary<Write> = fc.oneof(
    fc.record({ key, rest, until }).map(({ key: at, rest: more, until: second }) => ({
      put: { ...more, ...(second !== undefined && { until: 1_767_225_605 + second }), ...at },
    })),
    fc.record({
      update: key,
      set: rest,
      remove: fc.subarray(['until', 'w']),
    }),
    fc.record({ count: key }),
    fc.record({ delete: key }),
    fc.record({ waitMs: fc.nat(15_000) }),
  );

  const property = fc.asyncProperty(fc.array(write, { maxLength: 60 }), async (writes) => {
    const { table, stream, clock } = tableWith('NEW_AND_OLD_IMAGES', {
      sortKey: { name: 'Sort', type: 'S' },
      ttlAttribute: 'until',
    });
    for (const todo of writes) {
      if ('put' in todo) await table.put(todo.put);
      else if ('update' in todo) {
        const { update: at, set, remove } = todo;
        await table.update(at, { set, remove });
      } else if ('count' in todo) await table.update(todo.count, { add: { n: 0.1 } });
      else if ('delete' in todo) await table.delete(todo.delete);
      else await clock.advance(todo.waitMs);
    }

    const replica = new Map<string, unknown>();
    for (const { eventName, dynamodb } of await recordsOf(stream)) {
      const place = JSON.stringify(dynamodb.Keys);
      expect(replica.get(place)).toEqual(dynamodb.OldImage);
      expect(replica.has(place)).toBe(eventName !== 'INSERT');
      expect(dynamodb.NewImage === undefined).toBe(eventName === 'REMOVE');
      expect(dynamodb.NewImage).not.toEqual(dynamodb.OldImage);
      if (dynamodb.NewImage === undefined) replica.delete(place);
      else replica.set(place, dynamodb.NewImage);
    }
    const items = [...replica.values()].map((image) => unmarshallItem(image as never));
    const placeOf = ({ Id, Sort }: Item): string => JSON.stringify([Id, Sort]);
    const inOrder = (list: readonly Item[]): Item[] =>
      list.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    expect(inOrder(items)).toEqual(inOrder((await table.scan()).items));
    expect(table.size).toBe(items.length);
  });
  await fc.assert(property, { numRuns: 150 });
});
