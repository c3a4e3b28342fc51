import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapBytes } from '../../src/brokers/attribute-value.ts';
import {
  addDecimals,
  formatDecimal,
  parseDecimal,
  sortableDecimal,
  type Decimal,
} from '../../src/brokers/decimal.ts';
import { marshallItem, unmarshallItem } from '../../src/brokers/marshall.ts';

function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw new Error(`${text} is no number`);
  return parsed;
}

describe('values', () => {
  test('plain JavaScript becomes attribute values, and comes back', () => {
    const item = {
      text: 'grüß',
      empty: '',
      number: -1.5,
      large: 12345678901234567890n,
      yes: true,
      nothing: null,
      bytes: new Uint8Array([0, 255]),
      words: new Set(['b', 'a']),
      numbers: new Set([2, 10n, 1]),
      blobs: new Set([new Uint8Array([2]), new Uint8Array([1])]),
      list: [1, 'x', [null]],
      map: { a: { b: 'c' } },
    };
    const marshalled = marshallItem('item', item);

    expect(marshalled).toEqual({
      text: { S: 'grüß' },
      empty: { S: '' },
      number: { N: '-1.5' },
      large: { N: '12345678901234567890' },
      yes: { BOOL: true },
      nothing: { NULL: true },
      bytes: { B: 'AP8=' },
      words: { SS: ['a', 'b'] },
      numbers: { NS: ['1', '10', '2'] },
      blobs: { BS: ['AQ==', 'Ag=='] },
      list: { L: [{ N: '1' }, { S: 'x' }, { L: [{ NULL: true }] }] },
      map: { M: { a: { M: { b: { S: 'c' } } } } },
    });
    expect(unmarshallItem(marshalled)).toEqual({ ...item, numbers: new Set([1, 10, 2]) });
  });

  test('an attribute may have the name of what every object inherits', () => {
    const item = JSON.parse('{"__proto__": 1, "constructor": "x"}') as object;
    expect(JSON.stringify(unmarshallItem(marshallItem('item', item)))).toBe(
      '{"__proto__":1,"constructor":"x"}',
    );
  });

  test.each([
    ['undefined', { a: undefined }, 'item.a'],
    ['a function', { a: { b: () => 1 } }, 'item.a.b'],
    ['an instance', { a: [new Date(0)] }, 'item.a[0]'],
    ['a Map', { a: new Map() }, 'item.a'],
    ['NaN', { a: NaN }, 'item.a'],
    ['a number beyond the safe integers', { a: 2 ** 53 }, 'item.a'],
    ['an empty set', { a: new Set() }, 'item.a'],
    ['a set of several types', { a: new Set([1, 'x']) }, 'item.a'],
    ['a set with one number twice', { a: new Set([1, 1n]) }, 'item.a'],
    ['an array', [], 'item'],
  ])('%s is refused', (_, item, option) => {
    expect(() => marshallItem('item', item)).toThrow(expect.objectContaining({ option }));
  });

  test('32 levels are too deep, and so is a circle', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 40; level += 1) deep = [deep];
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const item of [{ deep }, circle]) {
      expect(() => marshallItem('item', item)).toThrow('Nesting Levels have exceeded');
    }
  });

  test.each([
    ['text and its name', { Message: 'New item!' }, 16],
    ['three digits', { Id: 101 }, 5],
    ['zeros at the end do not count', { n: 5_000_000 }, 3],
    ['a sign', { n: -5 }, 4],
    ['null and booleans', { a: null, b: true }, 4],
    ['a list', { l: ['ab', 1] }, 1 + 3 + 3 + 3],
    ['a map', { m: { k: 'v' } }, 1 + 3 + 1 + 2],
    ['bytes', { b: new Uint8Array(10) }, 11],
  ])('size: %s', (_, item, bytes) => {
    expect(mapBytes(marshallItem('item', item))).toBe(bytes);
  });
});

describe('numbers', () => {
  test.each([
    ['007', '7'],
    ['1.500', '1.5'],
    ['-0', '0'],
    ['1e3', '1000'],
    ['12.34e-5', '0.0001234'],
    ['.5', '0.5'],
    ['-1e-7', '-0.0000001'],
  ])('%s is %s', (text, expected) => {
    expect(formatDecimal(decimal(text))).toBe(expected);
  });

  test.each(['', '.', 'x', '1e', '0x1', '1.2.3', ' 1'])('"%s" is no number', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  test('sums are exact', () => {
    expect(formatDecimal(addDecimals(decimal('0.1'), decimal('0.2')))).toBe('0.3');
    expect(formatDecimal(addDecimals(decimal('-5'), decimal('5')))).toBe('0');
  });

  test.each([
    [10n ** 37n + 1n, undefined],
    [10n ** 38n + 1n, 'Attempting to store more than 38 significant digits in a Number'],
    [10n ** 125n, undefined],
    [10n ** 126n, 'Number overflow'],
    [1e-130, undefined],
    [1e-131, 'Number underflow'],
  ])('range: %s', (value, message) => {
    const put = (): unknown => marshallItem('item', { value });
    if (message === undefined) expect(put).not.toThrow();
    else expect(put).toThrow(message);
  });

  const scaled = fc.tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.nat(8));
  const textOf = ([value, scale]: [bigint, number]): string => `${value}e-${scale}`;
  const inUnits = ([value, scale]: [bigint, number]): bigint => value * 10n ** BigInt(8 - scale);

  test('sums agree with integers', () => {
    const property = fc.property(scaled, scaled, (a, b) => {
      const sum = addDecimals(decimal(textOf(a)), decimal(textOf(b)));
      expect(sum).toEqual(decimal(`${inUnits(a) + inUnits(b)}e-8`));
    });
    fc.assert(property);
  });

  test('the texts that keys are sorted by have the order of the numbers', () => {
    const property = fc.property(scaled, scaled, (a, b) => {
      const [left, right] = [a, b].map((one) => sortableDecimal(decimal(textOf(one))));
      const order = inUnits(a) - inUnits(b);
      expect((left ?? '') < (right ?? '')).toBe(order < 0n);
      expect(left === right).toBe(order === 0n);
    });
    fc.assert(property, { numRuns: 1_000 });
  });
});
