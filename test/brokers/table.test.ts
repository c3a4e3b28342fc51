import { describe, expect, test } from 'vitest';
import type { Item, ItemValue } from '../../src/brokers/marshall.ts';
import type { TableOptions } from '../../src/brokers/table-options.ts';
import { Table } from '../../src/brokers/table.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const id = { name: 'id', type: 'S' } as const;
const number = { name: 'n', type: 'N' } as const;

function tableAt(options: Partial<TableOptions> = {}) {
  const clock = new VirtualClock();
  return { clock, table: new Table('orders', { partitionKey: id, ...options }, { clock }) };
}

describe('writing', () => {
  test('an item comes back as it was put', async () => {
    const { table } = tableAt();
    const item = { id: 'a', total: 12.5, tags: new Set(['x']) };
    expect(await table.put(item)).toBeUndefined();
    expect(await table.get({ id: 'a' })).toEqual(item);
    expect(await table.put({ id: 'a' })).toEqual(item);
    expect(await table.get({ id: 'b' })).toBeUndefined();
    expect(table.size).toBe(1);
    expect(table.arn).toBe('arn:aws:dynamodb:us-east-1:123456789012:table/orders');
  });

  test('delete gives what was there', async () => {
    const { table } = tableAt({ sortKey: number });
    await table.put({ id: 'a', n: 1 });
    await table.put({ id: 'a', n: 2 });
    expect(await table.delete({ id: 'a', n: 1 })).toEqual({ id: 'a', n: 1 });
    expect(await table.delete({ id: 'a', n: 1 })).toBeUndefined();
    expect(table.size).toBe(1);
  });

  test('numbers that are equal are one key', async () => {
    const { table } = tableAt({ partitionKey: { name: 'n', type: 'N' } });
    await table.put({ n: 1.5, a: 1 });
    await table.put({ n: 1.5, a: 2 });
    await table.put({ n: 0, a: 3 });
    await table.put({ n: -0, a: 4 });
    await table.put({ n: 0n, a: 5 });
    expect(table.size).toBe(2);
  });

  test('an update sets, removes and adds, and makes what is not there', async () => {
    const { table } = tableAt();
    expect(await table.update({ id: 'a' }, { set: { x: 1 }, add: { count: 1 } })).toEqual({
      id: 'a',
      x: 1,
      count: 1,
    });
    const updated = await table.update(
      { id: 'a' },
      {
        set: { y: [true] },
        remove: ['x', 'never'],
        add: { count: 0.1, tags: new Set(['b', 'a']) },
      },
    );
    expect(updated).toEqual({ id: 'a', count: 1.1, y: [true], tags: new Set(['a', 'b']) });
    await table.update({ id: 'a' }, { add: { tags: new Set(['b', 'c']), count: 0.2 } });
    expect(await table.get({ id: 'a' })).toMatchObject({
      count: 1.3,
      tags: new Set(['a', 'b', 'c']),
    });
    expect(await table.update({ id: 'b' }, {})).toEqual({ id: 'b' });
  });

  test.each([
    ['the key', { set: { id: 'b' } }, 'This attribute is part of the key'],
    ['one attribute twice', { set: { a: 1 }, remove: ['a'] }, 'Two document paths overlap'],
    ['a number added to text', { add: { text: 1 } }, 'incorrect data type'],
    ['text added', { add: { text: 'x' } }, '`update.add.text`'],
    ['an unknown part', { put: {} }, 'There is no option `put`'],
  ])('an update refuses %s', async (_, update, message) => {
    const { table } = tableAt();
    await table.put({ id: 'a', text: 'x' });
    await expect(table.update({ id: 'a' }, update as never)).rejects.toThrow(message);
    expect(await table.get({ id: 'a' })).toEqual({ id: 'a', text: 'x' });
  });

  test('conditions', async () => {
    const { table } = tableAt();
    const failed = { awsCode: 'ConditionalCheckFailedException' };
    await expect(table.delete({ id: 'a' }, { condition: 'exists' })).rejects.toMatchObject(failed);
    await table.put({ id: 'a', version: 1, tags: new Set([2, 1]) }, { condition: 'absent' });
    await expect(table.put({ id: 'a' }, { condition: 'absent' })).rejects.toMatchObject(failed);
    await table.update(
      { id: 'a' },
      { add: { version: 1 } },
      { condition: { version: 1, tags: new Set([1, 2]), missing: undefined } },
    );
    await expect(
      table.update({ id: 'a' }, { add: { version: 1 } }, { condition: { version: 1 } }),
    ).rejects.toMatchObject({ ...failed, message: 'The conditional request failed' });
    await expect(
      table.update({ id: 'a' }, {}, { condition: { version: undefined } }),
    ).rejects.toMatchObject(failed);
    expect(await table.get({ id: 'a' })).toMatchObject({ version: 2 });
  });

  test.each([
    ['no key', { total: 1 }, 'Missing the key id in the item'],
    ['a key of another type', { id: 1 }, 'Type mismatch for key id expected: S actual: N'],
    ['an empty key', { id: '' }, 'cannot contain an empty string value. Key: id'],
    ['a key of 2,049 bytes', { id: 'ü'.repeat(1_025) }, 'Size of the key id has exceeded'],
    ['an item of 400 KB and a byte', { id: 'a', x: 'x'.repeat(409_597) }, 'Item size has exceeded'],
  ])('an item with %s is refused', async (_, item: Item, message) => {
    const { table } = tableAt();
    await expect(table.put(item)).rejects.toMatchObject({
      awsCode: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  test('an item has 400 KB, after an update too', async () => {
    const { table } = tableAt();
    await table.put({ id: 'a', x: 'x'.repeat(409_596) });
    await expect(table.update({ id: 'a' }, { set: { y: '' } })).rejects.toThrow(
      'Item size to update has exceeded the maximum allowed size',
    );
  });

  test('a key is the key attributes and nothing else', async () => {
    const { table } = tableAt({ sortKey: number });
    for (const key of [{ id: 'a' }, { id: 'a', n: 1, x: 1 }, { n: 1, x: 'a' }]) {
      await expect(table.get(key)).rejects.toThrow(
        'The provided key element does not match the schema',
      );
    }
  });
});

describe('reading many', () => {
  async function filled(sortKeys: readonly ItemValue[], type: 'S' | 'N' | 'B' = 'N') {
    const { table } = tableAt({ sortKey: { name: 'k', type } });
    for (const k of sortKeys) await table.put({ id: 'a', k });
    await table.put({ id: 'other', k: sortKeys[0] ?? 0 });
    return table;
  }

  const keysOf = ({ items }: { readonly items: readonly Item[] }): unknown[] =>
    items.map(({ k }) => k);

  test.each([
    [
      'numbers',
      'N',
      [10, -2.5, 0, 9, -100, 1e-9, 10n ** 30n],
      [-100, -2.5, 0, 1e-9, 9, 10, 10n ** 30n],
    ],
    [
      'text, by its bytes',
      'S',
      ['b', 'a', 'é', 'B', '\u{1f600}', '\uffee'],
      ['B', 'a', 'b', 'é', '\uffee', '\u{1f600}'],
    ],
  ] as const)('items of a partition are sorted: %s', async (_, type, given, sorted) => {
    const table = await filled(given, type);
    expect(keysOf(await table.query('a'))).toEqual(sorted);
    expect(keysOf(await table.query('a', { descending: true }))).toEqual(sorted.toReversed());
    expect(keysOf(await table.query('nobody'))).toEqual([]);
  });

  test('bytes are sorted without sign', async () => {
    const table = await filled(
      [new Uint8Array([200]), new Uint8Array([1, 1]), new Uint8Array([1])],
      'B',
    );
    expect(keysOf(await table.query('a'))).toEqual([
      new Uint8Array([1]),
      new Uint8Array([1, 1]),
      new Uint8Array([200]),
    ]);
  });

  test.each([
    [{ from: 3 }, [3, 4, 5]],
    [{ to: 2 }, [1, 2]],
    [{ from: 1.5, to: 4 }, [2, 3, 4]],
    [{ from: 4, to: 2 }, []],
    [{ from: 1.5, to: 4.5, descending: true }, [4, 3, 2]],
    [{ to: 3, descending: true, limit: 2 }, [3, 2]],
    [{ startKey: { id: 'a', k: 3 } }, [4, 5]],
    [{ startKey: { id: 'a', k: 3.5 }, limit: 1 }, [4]],
    [{ startKey: { id: 'a', k: 3 }, descending: true }, [2, 1]],
    [{ startKey: { id: 'a', k: 1 }, from: 3 }, [3, 4, 5]],
  ])('query %o', async (options, expected) => {
    const table = await filled([1, 2, 3, 4, 5]);
    expect(keysOf(await table.query('a', options))).toEqual(expected);
  });

  test('sort keys that begin with something', async () => {
    const table = await filled(['a', 'item#1', 'item#2', 'item', 'j'], 'S');
    expect(keysOf(await table.query('a', { beginsWith: 'item#' }))).toEqual(['item#1', 'item#2']);
    expect(keysOf(await table.query('a', { beginsWith: 'item', descending: true }))).toEqual([
      'item#2',
      'item#1',
      'item',
    ]);
    await expect(table.query('a', { beginsWith: 'x', from: 'y' })).rejects.toThrow(/`beginsWith`/);
  });

  test('pages of a query follow each other', async () => {
    const table = await filled([1, 2, 3]);
    const page = await table.query('a', { limit: 2 });
    expect(page.lastKey).toEqual({ id: 'a', k: 2 });
    expect(await table.query('a', { startKey: page.lastKey ?? {} })).toEqual({
      items: [{ id: 'a', k: 3 }],
    });
  });

  test('a page ends after 1 MB', async () => {
    const { table } = tableAt({ sortKey: number });
    for (let n = 0; n < 4; n += 1) await table.put({ id: 'a', n, x: 'x'.repeat(400_000) });
    const { items, lastKey } = await table.query('a');
    expect(items).toHaveLength(3);
    expect(lastKey).toEqual({ id: 'a', n: 2 });
  });

  test('a scan gives every item once, page by page, though items go meanwhile', async () => {
    const { table } = tableAt({ sortKey: number });
    for (let n = 0; n < 60; n += 1) await table.put({ id: `p${n % 7}`, n });
    const seen: string[] = [];
    let startKey: Item | undefined;
    do {
      const page = await table.scan({ limit: 9, ...(startKey && { startKey }) });
      seen.push(...page.items.map((item) => JSON.stringify(item)));
      startKey = page.lastKey;
      // What a page ended with need not be there when the next one begins.
      if (startKey !== undefined) await table.delete(startKey);
    } while (startKey !== undefined);
    expect(seen).toHaveLength(60);
    expect(new Set(seen).size).toBe(60);
  });
});

describe('expiry', () => {
  const inSeconds = (clock: VirtualClock, seconds: number): number => clock.now() / 1_000 + seconds;

  test('an item is deleted at its time', async () => {
    const { table, clock } = tableAt({ ttlAttribute: 'until' });
    await table.put({ id: 'a', until: inSeconds(clock, 60) });
    await table.put({ id: 'b', until: inSeconds(clock, 90) });
    await table.put({ id: 'c' });
    expect(clock.pending()).toMatchObject([
      { label: 'table "orders": items expire', inMs: 60_000 },
    ]);
    await clock.advance(59_999);
    expect(table.size).toBe(3);
    await clock.advance(1);
    expect(table.size).toBe(2);
    await clock.advance(30_000);
    expect(await table.scan()).toEqual({ items: [{ id: 'c' }] });
    expect(clock.pending()).toEqual([]);
  });

  test('a time that is changed or taken away counts', async () => {
    const { table, clock } = tableAt({ ttlAttribute: 'until' });
    await table.put({ id: 'a', until: inSeconds(clock, 60) });
    await table.put({ id: 'b', until: inSeconds(clock, 60) });
    await table.update({ id: 'a' }, { add: { until: 60 } });
    await table.update({ id: 'b' }, { remove: ['until'] });
    await clock.advance(60_000);
    expect(table.size).toBe(2);
    await clock.advance(60_000);
    expect(await table.scan()).toEqual({ items: [{ id: 'b' }] });
  });

  test('what is over already goes at once; text and times long ago stay', async () => {
    const { table, clock } = tableAt({ ttlAttribute: 'until' });
    const fiveYearsAndADay = (5 * 365 + 1) * 86_400;
    await table.put({ id: 'late', until: inSeconds(clock, -60) });
    await table.put({ id: 'text', until: String(inSeconds(clock, -60)) });
    await table.put({ id: 'old', until: inSeconds(clock, -fiveYearsAndADay) });
    await clock.advance(0);
    expect(table.size).toBe(2);
    expect(await table.get({ id: 'late' })).toBeUndefined();
  });

  test('a table that is closed deletes nothing', async () => {
    const { table, clock } = tableAt({ ttlAttribute: 'until' });
    await table.put({ id: 'a', until: inSeconds(clock, 1) });
    await table.close();
    expect(clock.pending()).toEqual([]);
    await table.put({ id: 'b', until: inSeconds(clock, 1) });
    await clock.advance(2_000);
    expect(table.size).toBe(2);
  });
});

test.each([
  ['a short name', 'ab', { partitionKey: id }],
  ['no partition key', 'orders', {}],
  ['a key of a list', 'orders', { partitionKey: { name: 'id', type: 'L' } }],
  ['one name twice', 'orders', { partitionKey: id, sortKey: id }],
  ['an unknown view', 'orders', { partitionKey: id, stream: 'ALL' }],
  ['an unknown option', 'orders', { partitionKey: id, ttl: 'x' }],
])('%s is refused', (_, name, options) => {
  expect(() => new Table(name, options as TableOptions)).toThrow(/^Expected `/);
});
