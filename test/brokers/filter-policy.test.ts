import { describe, expect, test } from 'vitest';
import { compileFilterPolicy, type FilteredMessage } from '../../src/brokers/filter-policy.ts';

// https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html and answers of AWS on record.

const text = (stringValue: string) => ({ dataType: 'String', stringValue });
const number = (stringValue: string) => ({ dataType: 'Number', stringValue });
const list = (values: unknown[]) => ({
  dataType: 'String.Array',
  stringValue: JSON.stringify(values),
});

function withAttributes(attributes: FilteredMessage['attributes']): FilteredMessage {
  return { attributes, body: '{"store":"in the body"}' };
}

function withBody(body: unknown): FilteredMessage {
  return { attributes: {}, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

describe('attributes', () => {
  test.each<[policy: object, attributes: FilteredMessage['attributes'], expected: boolean]>([
    [{ store: ['value1'] }, { store: text('value1') }, true],
    [{ store: ['value1'] }, { store: text('value2') }, false],
    [{ store: ['value1'] }, {}, false],
    [{ store: ['value1'] }, { store: list(['value1', 'value2']) }, true],
    [{ store: ['value1'] }, { store: list(['value2', 'value3']) }, false],
    [{ store: [7, true, null] }, { store: list([null]) }, true],
    [
      { store: ['not json'] },
      { store: { dataType: 'String.Array', stringValue: 'not json' } },
      true,
    ],
    [{ a: [{ numeric: ['>', 0, '<=', 100] }] }, { a: number('99') }, true],
    [{ a: [{ numeric: ['>', 0, '<=', 100] }] }, { a: number('111') }, false],
    [{ a: [{ numeric: ['>', 0, '<=', 100] }] }, { a: text('99') }, false],
    [{ a: [99] }, { a: number('99.0') }, true],
    [{ a: [99] }, { a: { dataType: 'Number.cents', stringValue: '99' } }, true],
    [{ a: ['99'] }, { a: number('99') }, false],
    [{ a: ['x'] }, { a: { dataType: 'String.json', stringValue: 'x' } }, true],
    [{ a: [null, { 'anything-but': 'whatever' }] }, {}, false],
    [{ a: [{ 'anything-but': { prefix: 'order-' } }] }, { a: text('order-1') }, false],
    [{ a: [{ 'anything-but': { prefix: 'order-' } }] }, { a: text('shipment-1') }, true],
    [{ store: [{ exists: true }] }, { store: text('') }, true],
    [{ store: [{ exists: false }] }, { other: text('x') }, true],
    [{ store: [{ exists: false }] }, { store: number('99'), other: text('x') }, false],
    [
      { store: [{ exists: true }] },
      { store: { dataType: 'Binary', binaryValue: new Uint8Array(1) } },
      false,
    ],
    [
      { $or: [{ a: ['x'] }, { b: ['y'] }], c: [{ prefix: 'z' }] },
      { b: text('y'), c: text('zz') },
      true,
    ],
    [{ $or: [{ a: ['x'] }, { b: ['y'] }], c: [{ prefix: 'z' }] }, { c: text('zz') }, false],
    [{}, {}, true],
  ])('%j with %j: %s', (policy, attributes, expected) => {
    expect(compileFilterPolicy(policy)(withAttributes(attributes))).toBe(expected);
    expect(compileFilterPolicy(JSON.stringify(policy))(withAttributes(attributes))).toBe(expected);
  });

  test('are not nested', () => {
    expect(() => compileFilterPolicy({ object: { key: ['x'] } })).toThrow(
      'Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy',
    );
  });
});

describe('the body', () => {
  const records = {
    Records: {
      s3: { object: { key: [{ prefix: 'auto-' }] } },
      eventName: [{ prefix: 'ObjectCreated:' }],
    },
  };
  const record = (eventName: string, key: string) => ({ eventName, s3: { object: [[{ key }]] } });

  test.each<[policy: object, body: unknown, expected: boolean]>([
    [
      { object: { key: [{ prefix: 'auto-' }, 'x'], nested: [{ exists: false }] } },
      { object: { key: 'auto-1' } },
      true,
    ],
    [
      { object: { key: [{ prefix: 'auto-' }, 'x'], nested: [{ exists: false }] } },
      { object: { key: 'x' } },
      true,
    ],
    [
      { object: { key: [{ prefix: 'auto-' }], nested: [{ exists: false }] } },
      { object: { key: 'auto-1', nested: 1 } },
      false,
    ],
    [{ 'object.nested': ['v'] }, { object: { nested: 'v' } }, true],
    [{ 'object.nested': ['v'] }, { 'object.nested': 'v' }, true],
    [
      { headers: { 'route-to': ['queue1'] } },
      { headers: { 'route-to': ['queue1', 'queue2'] } },
      true,
    ],
    [{ headers: { 'route-to': ['queue1'] } }, { headers: { 'route-to': ['queue3'] } }, false],
    [
      records,
      {
        Records: [record('ObjectCreated:Put', 'auto-1'), record('ObjectRemoved:Delete', 'home-1')],
      },
      true,
    ],
    [
      records,
      {
        Records: [record('ObjectCreated:Put', 'home-1'), record('ObjectRemoved:Delete', 'auto-1')],
      },
      false,
    ],
    [
      { detail: { $or: [{ ip: [{ cidr: '10.0.0.0/24' }] }, { six: ['x'] }] } },
      { detail: { ip: '10.0.0.255' } },
      true,
    ],
    [{ a: [{ exists: false }] }, 'Regular string message', false],
    [{ a: [{ exists: false }] }, '"text as JSON"', false],
    [{ a: [{ exists: false }] }, '[]', false],
    [{}, 'Regular string message', true],
  ])('%j with %j: %s', (policy, body, expected) => {
    expect(compileFilterPolicy(policy, 'MessageBody')(withBody(body))).toBe(expected);
  });
});

describe('limits', () => {
  test.each<[policy: object, combinations: number]>([
    [{ key: Array.from({ length: 151 }, (_, index) => `value${index}`) }, 151],
    [{ a: Array.from({ length: 100 }, String), b: Array.from({ length: 51 }, String) }, 5_100],
    [{ a: { b: { c: ['1', '2', '3', '4'] } }, d: { e: ['1', '2', '3'] }, f: ['1', '2', '3'] }, 216],
    [
      {
        source: ['1', '2', '3', '4'],
        $or: [
          { a: ['1', '2', '3', '4', '5', '6'] },
          { b: ['1', '2', '3', '4'], $or: [{ c: [1, 2, 3, 4] }, { d: [1, 2, 3, 4] }] },
        ],
      },
      152,
    ],
    [
      {
        $or: [{ a: ['1', '2', '3'] }, { b: ['1', '2'] }],
        detail: { scope: ['1', '2'], $or: [{ c: ['1'] }, { d: ['1', '2', '3'] }] },
      },
      160,
    ],
  ])('%j has too many combinations (%d)', (policy) => {
    expect(() => compileFilterPolicy(policy, 'MessageBody')).toThrow(
      'Invalid parameter: FilterPolicy: Filter policy is too complex',
    );
  });

  test('150 combinations are taken', () => {
    const policy = {
      source: ['1', '2', '3'],
      $or: [
        { a: ['1', '2', '3', '4', '5', '6'] },
        { b: ['1', '2', '3', '4'], $or: [{ c: [1, 2, 3, 4] }, { d: [1, 2, 3, 4, 5, 6, 7] }] },
      ],
    };
    expect(compileFilterPolicy(policy)(withAttributes({ source: text('1'), a: text('6') }))).toBe(
      true,
    );
  });

  test('five keys are taken, six are not', () => {
    const policy = Object.fromEntries(Array.from('abcde', (key) => [key, [{ exists: false }]]));
    expect(compileFilterPolicy(policy)(withAttributes({}))).toBe(true);
    expect(() => compileFilterPolicy({ ...policy, f: ['x'] })).toThrow(
      'Invalid parameter: FilterPolicy: Filter policy can not have more than 5 keys',
    );
  });

  test('a policy has at most 256 KB', () => {
    expect(() => compileFilterPolicy({ a: ['x'.repeat(262_144)] })).toThrow(
      'Filter policy is too large',
    );
  });

  test('numbers go from minus to plus a billion, with five decimals', () => {
    const isAbove = compileFilterPolicy({ a: [{ numeric: ['>', 1] }] });
    expect(isAbove(withAttributes({ a: number('1.00001') }))).toBe(true);
    expect(isAbove(withAttributes({ a: number('1.000001') }))).toBe(false);
    expect(isAbove(withAttributes({ a: number('1000000001') }))).toBe(false);
    expect(() => compileFilterPolicy({ a: [{ numeric: ['>', 2e9] }] })).toThrow(
      'Value must be between -1.0E9 and 1.0E9, inclusive',
    );
  });
});

test.each<[policy: unknown, reason: string]>([
  ['no JSON', 'Unexpected token'],
  ['[]', 'Filter is not an object'],
  [{ key: 'value' }, '"key" must be an object or an array'],
  [{ key: [] }, 'Empty arrays are not allowed'],
  [{ key: [['value']] }, 'Match value must be String, number, true, false, or null'],
  [{ key: [{ 'wrong-operator': true }] }, 'Unrecognized match type wrong-operator'],
  [{ key: [{ wildcard: 'a*' }] }, 'Unrecognized match type wildcard'],
  [{ key: [{ suffix: [] }] }, 'suffix match pattern must be a string'],
  [{ key: [{ suffix: { 'equals-ignore-case': 'x' } }] }, 'suffix match pattern must be a string'],
  [{ key: [{ suffix: 'a', prefix: 'b' }] }, 'Only one key allowed in match expression'],
  [
    { key: [{ 'anything-but': { 'wrong-operator': null } }] },
    'Unsupported anything-but pattern: wrong-operator',
  ],
  [{ key: [{ 'anything-but': { suffix: 'test' } }] }, 'Unsupported anything-but pattern: suffix'],
  [{ key: [{ 'anything-but': { prefix: false } }] }, 'prefix match pattern must be a string'],
  [{ key: [{ exists: null }] }, 'exists match pattern must be either true or false.'],
])('%j is refused: %s', (policy, reason) => {
  expect(() => compileFilterPolicy(policy as object)).toThrow(
    expect.objectContaining({
      code: 'ERR_INVALID_FILTER_POLICY',
      message: expect.stringContaining(`Invalid parameter: FilterPolicy: ${reason}`) as string,
    }) as Error,
  );
});
