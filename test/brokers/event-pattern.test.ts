import { describe, expect, test } from 'vitest';
import {
  compileEventPattern,
  compileMappingPattern,
  InvalidEventPatternError,
} from '../../src/brokers/event-pattern.ts';

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html, the engine's readme
// (https://github.com/aws/event-ruler) and answers of AWS on record.

/** `detail.v` of the pattern, values of `detail.v` that match, and values that do not. */
const conditions: [condition: unknown[], matching: unknown[], other: unknown[]][] = [
  [['pending'], ['pending'], ['Pending', 'pendin', null, 1]],
  [
    ['a', 'b'],
    ['a', 'b', ['c', 'b']],
    ['c', [], ['c']],
  ],
  [[''], [''], ['x', null, 0]],
  [[null], [null, ['x', null]], ['null', '', 0, []]],
  [[true], [true], ['true', false, 1]],
  [[300], [300, 300.0, 3e2], ['300', 301]],
  [[0.1], [0.1, 0.100_000_04], [0.100_001]],
  [[123_456_789_012], [123_456_789_012], [123_456_789_013, '123456789012']],
  [['10.0.0.1'], ['10.0.0.1', '10.00.0.01'], ['10.0.0.2', '10.0.0.1 ']],
  [['2001:db8::1'], ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1'], ['2001:db8::2']],
  [['a:b'], ['a:b'], ['a:c']],

  [[{ prefix: 'us-' }], ['us-east-1', 'us-'], ['eu-us-', 'US-east-1', 1, null]],
  [[{ prefix: '' }], ['x', ''], [1, null, true]],
  [[{ prefix: { 'equals-ignore-case': 'EventB' } }], ['eventbridge', 'EVENTB'], ['event', 1]],
  [[{ suffix: '.png' }], ['a.png', '.png'], ['a.PNG', 'png', 1]],
  [[{ suffix: { 'equals-ignore-case': '.png' } }], ['a.PNG', '.pNg'], ['a.jpg', 'png']],
  [[{ 'equals-ignore-case': 'alice' }], ['ALICE', 'alice'], ['alicea', 'alic', null]],
  [[{ 'equals-ignore-case': '' }], [''], ['x']],
  [[{ 'equals-ignore-case': 'straße' }], ['STRASSE', 'Straße', 'STRAßE'], ['strasse']],
  [[{ suffix: { 'equals-ignore-case': 'ß' } }], ['groSS', 'Maß'], ['gros']],
  [[{ exactly: 'a' }], ['a'], ['A', 1]],

  [
    [{ 'anything-but': 'initializing' }],
    ['pending', null, 5, true, ['initializing', 'x']],
    ['initializing', [], ['initializing']],
  ],
  [[{ 'anything-but': 123 }], [124, '123', null], [123, 123.0]],
  [[{ 'anything-but': ['stopped', 'overloaded'] }], ['running', null], ['stopped', 'overloaded']],
  [[{ 'anything-but': [100, 200] }], [300, '100', 1e12], [100, 200]],
  [[{ 'anything-but': { prefix: 'init' } }], ['post-init', 12, null], ['init', 'initial']],
  [[{ 'anything-but': { prefix: ['init', 'post'] } }], ['x', null], ['post-init', 'init']],
  [[{ 'anything-but': { suffix: '.txt' } }], ['a.txt.bak', null], ['a.txt']],
  [[{ 'anything-but': { suffix: ['.txt', '.jpg'] } }], ['a.png'], ['a.txt', 'a.jpg']],
  [[{ 'anything-but': { 'equals-ignore-case': 'x' } }], ['y', null], ['x', 'X']],
  [[{ 'anything-but': { 'equals-ignore-case': ['x', 'y'] } }], ['z'], ['Y', 'x']],
  [[{ 'anything-but': { wildcard: '*/dir/*' } }], ['dir/init/file', 123, null], ['a/dir/b']],
  [[{ 'anything-but': { wildcard: ['*/a/*', '*/b/*'] } }], ['x/c/y'], ['x/a/y', 'x/b/y']],
  [[{ 'anything-but': { wildcard: '' } }], ['x'], ['']],

  [[{ numeric: ['=', 3.018e2] }], [301.8], [301.9, '301.8', null]],
  [[{ numeric: ['>', 0, '<=', 5] }], [0.000_001, 3, 5], [0, 5.000_001, -1]],
  [[{ numeric: ['<', 10] }], [9, -5e9], [10, '9', -5_000_000_001]],
  [[{ numeric: ['>=', 10] }], [10, 5e9], [9, 5_000_000_001]],
  [[{ numeric: ['<=', 10] }], [10], [11]],
  [[{ numeric: ['>', 100] }, { 'anything-but': '101' }], [101, '102'], ['101']],

  [[{ cidr: '10.0.0.0/24' }], ['10.0.0.0', '10.0.0.255'], ['10.0.1.0', '10.0.0.256', 123, '::1']],
  [[{ cidr: '10.0.0.77/24' }], ['10.0.0.1'], ['10.0.1.1']],
  [[{ cidr: '0.0.0.0/0' }], ['255.1.2.3'], ['::1', 'x']],
  [
    [{ cidr: '2001:db8:1234:1a00::/64' }],
    ['2001:0db8:1234:1a00:0000:0000:0000:0000', '2001:db8:1234:1a00:ffff::'],
    ['2001:0db8:123f:1a01:0000:0000:0000:0000', '10.0.0.1'],
  ],

  [[{ exists: true }], ['x', '', null, false, [1]], [[], {}, { inner: 1 }]],
  [[{ exists: false }], [[], {}, { inner: 1 }], ['x', null]],
  [[{ 'anything-but': ['roses'] }, { exists: false }], ['tulips', {}], ['roses']],

  [[{ wildcard: 'a*c' }], ['ac', 'abc', 'abcc'], ['ab', 'xac', 'acx']],
  [[{ wildcard: '*' }], ['', 'x'], [1, null]],
  [[{ wildcard: '' }], [''], ['x']],
  [[{ wildcard: 'ab*ba' }], ['abba', 'abxba'], ['aba']],
  [
    [{ wildcard: '/Users/*/dir/dir/dir/dir/dir/doc.txt' }],
    ['/Users/me/dir/dir/dir/dir/dir/dir/doc.txt'],
    ['/Users/me/dir/dir/dir/dir/other/doc.txt'],
  ],
  [
    [{ wildcard: 'arn:*:event-bus/*' }],
    ['arn:aws:events:us-east-1:1:event-bus/mine'],
    ['arn:aws:events:event-bus'],
  ],
  [[{ wildcard: String.raw`a\*b\\*` }], [String.raw`a*b\c`], [String.raw`axb\c`, 'a*bc']],
];

describe.each(conditions)('the condition %j', (condition, matching, other) => {
  const pattern = compileEventPattern({ detail: { v: condition } });

  test.each(matching.map((value) => [value]))('takes %j', (value) => {
    expect(pattern.matches({ detail: { v: value } })).toBe(true);
  });

  test.each(other.map((value) => [value]))('does not take %j', (value) => {
    expect(pattern.matches({ detail: { v: value } })).toBe(false);
  });

  test('takes a missing field only when it says so', () => {
    const acceptsAbsence = JSON.stringify(condition).includes('"exists":false');
    expect(pattern.matches({ detail: {} })).toBe(acceptsAbsence);
    expect(pattern.matches({ detail: 'no object' })).toBe(acceptsAbsence);
  });
});

/** Whole patterns: one, events that match, and events that do not. */
const patterns: [title: string, pattern: object | string, matching: object[], other: object[]][] = [
  [
    'fields are all needed, others do not matter',
    { source: ['order'], detail: { state: ['new'], size: [{ numeric: ['>', 1] }] } },
    [{ source: 'order', id: 1, detail: { state: 'new', size: 2, more: true } }],
    [{ source: 'order', detail: { state: 'new' } }, { source: 'order' }],
  ],
  [
    'values of one array element belong together',
    { employees: { firstName: ['Anna'], lastName: ['Jones'] } },
    [{ employees: [[{ firstName: 'Anna', lastName: 'Jones' }]] }],
    [
      {
        employees: [
          { firstName: 'Anna', lastName: 'Smith' },
          { firstName: 'Peter', lastName: 'Jones' },
        ],
      },
    ],
  ],
  [
    'a field that has to be absent is so in the element that another field chose',
    { d: { a: ['x'], b: [{ exists: false }] } },
    [{ d: [{ a: 'x' }, { b: 1 }] }],
    [{ d: [{ a: 'x', b: 1 }] }],
  ],
  [
    'a field that comes first has to be absent everywhere',
    { d: { a: [{ exists: false }], b: ['x'] } },
    [{ d: [{ b: 'x' }, {}] }],
    [{ d: [{ a: 1 }, { b: 'x' }] }],
  ],
  [
    'dots in keys are levels, in patterns and in events',
    { detail: { 'state.status': ['on'] } },
    [
      { detail: { state: { status: 'on' } } },
      { detail: { 'state.status': 'on' } },
      { 'detail.state.status': 'on' },
    ],
    [{ detail: { 'state.status': { status: 'on' } } }],
  ],
  [
    'levels are dots',
    { a: { b: { c: [1] } } },
    [{ 'a.b': { c: 1 } }, { a: { 'b.c': 1 } }, { 'a.b.c': 1 }, { 'a.b': [{ c: 2 }, { c: 1 }] }],
    [{ 'a.b.c.d': 1 }, { 'a.c': { b: 1 } }],
  ],
  [
    '$or needs one branch',
    {
      source: ['aws.cloudwatch'],
      $or: [{ metricName: ['CPU'] }, { metricType: ['T'], namespace: ['EC2'] }],
    },
    [
      { source: 'aws.cloudwatch', metricName: 'CPU' },
      { source: 'aws.cloudwatch', metricType: 'T', namespace: 'EC2' },
    ],
    [
      { source: 'aws.cloudwatch', metricType: 'T' },
      { metricName: 'CPU' },
      { source: 'aws.cloudwatch' },
    ],
  ],
  [
    '$or at several places, one in another',
    {
      $or: [{ a: [1] }, { b: [1] }],
      detail: { $or: [{ c: [1] }, { d: [1], $or: [{ e: [1] }, { f: [1] }] }] },
    },
    [
      { a: 1, detail: { c: 1 } },
      { b: 1, detail: { d: 1, f: 1 } },
    ],
    [{ detail: { c: 1 } }, { a: 1, detail: { d: 1 } }, { a: 1 }],
  ],
  [
    'a field that is named before $or and in it is what the branch says',
    '{"a":["1"],"$or":[{"a":["2"]},{"b":["3"]}]}',
    [{ a: '2' }, { a: '1', b: '3' }],
    [{ a: '1' }, { b: '3' }],
  ],
  [
    'a field that is named in $or and after it is what is said after it',
    '{"$or":[{"a":["2"]},{"b":["3"]}],"a":["1"]}',
    [{ a: '1' }],
    [{ a: '2' }, { b: '3' }],
  ],
  [
    '$or without the form of the operator is a field',
    { $or: { a: ['x'] } },
    [{ $or: { a: 'x' } }],
    [{ a: 'x' }],
  ],
  [
    '$or with operators as its branches is a field',
    { $or: [{ prefix: 'a' }, { suffix: 'b' }] },
    [{ $or: 'ax' }, { $or: 'xb' }],
    [{ $or: 'x' }, { prefix: 'a' }],
  ],
  [
    'of a key that is there twice the last one counts',
    '{"detail":{"location":[{"prefix":"us-"}],"location":[{"anything-but":"us-east"}]}}',
    [{ detail: { location: 'eu-central-1' } }],
    [{ detail: { location: 'us-east' } }],
  ],
  [
    'names of object properties are ordinary keys',
    '{"__proto__":["x"],"constructor":["y"],"toString":[{"exists":false}]}',
    [JSON.parse('{"__proto__":"x","constructor":"y"}') as object],
    [{}, { constructor: 'y' }],
  ],
];

describe.each(patterns)('%s', (_title, pattern, matching, other) => {
  test.each(matching.map((event) => [event]))('takes %j', (event) => {
    expect(compileEventPattern(pattern).matches(event)).toBe(true);
  });

  test.each(other.map((event) => [event]))('does not take %j', (event) => {
    expect(compileEventPattern(pattern).matches(event)).toBe(false);
  });
});

test('what is no object does not match', () => {
  const pattern = compileEventPattern({ a: [{ exists: false }] });
  expect([{}, [], 'x', null, 5].map((event) => pattern.matches(event))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});

/** Conditions that are refused, and AWS's reason. */
const refused: [condition: unknown, reason: string][] = [
  [[], 'Empty arrays are not allowed'],
  [42, '"v" must be an object or an array'],
  ['x', '"v" must be an object or an array'],
  [{}, 'Empty objects are not allowed'],
  [[['x']], 'Match value must be String, number, true, false, or null'],
  [[{}], 'Match expression name not found'],
  [[{ EXISTS: true }], 'Unrecognized match type EXISTS'],
  [[{ prefix: 'a', suffix: 'b' }], 'Only one key allowed in match expression'],
  [[{ numeric: ['=', 1], prefix: 'a' }], 'Too many elements in numeric expression'],
  [[{ exists: 'no' }], 'exists match pattern must be either true or false.'],
  [[{ exactly: 1 }], 'exact match pattern must be a string'],
  [[{ prefix: 123 }], 'prefix match pattern must be a string'],
  [[{ prefix: ['a'] }], 'prefix match pattern must be a string'],
  [[{ prefix: {} }], 'Prefix expression name not found'],
  [[{ prefix: { wildcard: 'a' } }], 'Unsupported prefix pattern: wildcard'],
  [[{ prefix: { 'equals-ignore-case': 1 } }], 'equals-ignore-case match pattern must be a string'],
  [[{ suffix: 123 }], 'suffix match pattern must be a string'],
  [[{ suffix: { 'equals-ignore-case': 'a', b: 1 } }], 'Only one key allowed in match expression'],
  [[{ 'equals-ignore-case': ['a'] }], 'equals-ignore-case match pattern must be a string'],
  [
    [{ 'equals-ignore-case': { prefix: 'a' } }],
    'equals-ignore-case match pattern must be a string',
  ],
  [
    [{ 'anything-but': null }],
    'Value of anything-but must be an array or single string/number value.',
  ],
  [
    [{ 'anything-but': ['a', null] }],
    'Inside anything but list, start|null|boolean is not supported.',
  ],
  [
    [{ 'anything-but': ['a', 1] }],
    'Inside anything but list, either all values are number or string, mixed type is not supported',
  ],
  [
    [{ 'anything-but': [] }],
    'Inside anything but list, either all values are number or string, mixed type is not supported',
  ],
  [[{ 'anything-but': 5e10 }], 'Value must be between -5.0E9 and 5.0E9, inclusive'],
  [[{ 'anything-but': {} }], 'Anything-But expression name not found'],
  [[{ 'anything-but': { exists: true } }], 'Unsupported anything-but pattern: exists'],
  [[{ 'anything-but': { prefix: '' } }], 'Null prefix/suffix not allowed'],
  [[{ 'anything-but': { suffix: '' } }], 'Null prefix/suffix not allowed'],
  [[{ 'anything-but': { prefix: 123 } }], 'prefix/suffix match pattern must be a string'],
  [
    [{ 'anything-but': { suffix: [null, '.txt'] } }],
    'prefix/suffix match pattern must be a string',
  ],
  [
    [{ 'anything-but': { prefix: { 'equals-ignore-case': 'a' } } }],
    'Value of anything-but must be an array or single string/number value.',
  ],
  [
    [{ 'anything-but': { 'equals-ignore-case': 123 } }],
    'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
  ],
  [
    [{ 'anything-but': { 'equals-ignore-case': [123, 456] } }],
    'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
  ],
  [[{ 'anything-but': { wildcard: 123 } }], 'wildcard match pattern must be a string'],
  [[{ 'anything-but': { wildcard: [123, '*/dir/*'] } }], 'wildcard match pattern must be a string'],
  [[{ numeric: 10 }], 'Value of numeric must be an array.'],
  [[{ numeric: [] }], 'Invalid member in numeric match: ]'],
  [[{ numeric: [1, '<='] }], 'Invalid member in numeric match: 1'],
  [[{ numeric: ['operator'] }], 'Unrecognized numeric range operator: operator'],
  [[{ numeric: ['=', '000'] }], 'Value of equals must be numeric'],
  [[{ numeric: ['>='] }], 'Value of >= must be numeric'],
  [[{ numeric: ['<', 100, '>', 10] }], 'Too many elements in numeric expression'],
  [[{ numeric: ['>', 0, '>', 0] }], 'Bad numeric range operator: >'],
  [[{ numeric: ['>', 3, '<', 1] }], 'Bottom must be less than top'],
  [[{ numeric: ['>', 0, '<'] }], 'Value of < must be numeric'],
  [[{ numeric: ['>', 20, 30] }], 'Bad value in numeric range: 30'],
  [[{ numeric: ['>', 20, '<', 30, '<', 50] }], 'Too many terms in numeric range expression'],
  [[{ numeric: ['>', 5_000_000_001] }], 'Value must be between -5.0E9 and 5.0E9, inclusive'],
  [[{ cidr: ['a'] }], 'prefix match pattern must be a string'],
  [[{ cidr: 'bad' }], "Malformed CIDR, one '/' required"],
  [[{ cidr: '10.0.0.0/' }], "Malformed CIDR, one '/' required"],
  [[{ cidr: 'bad-/64filter' }], 'Malformed CIDR, mask bits must be an integer'],
  [[{ cidr: '10.0.0.0/-1' }], 'Malformed CIDR, mask bits must not be negative'],
  [[{ cidr: 'xx.11.xx/8' }], 'Nonstandard IP address: xx.11.xx'],
  [[{ cidr: 'xxxx:db8:1234:1a00::/64' }], 'Nonstandard IP address: xxxx:db8:1234:1a00::'],
  [[{ cidr: '10.0.0.256/24' }], 'Invalid IP address: 10.0.0.256'],
  [[{ cidr: '10.0.0.0/32' }], 'IPv4 mask bits must be < 32'],
  [[{ cidr: '::/128' }], 'IPv6 mask bits must be < 128'],
  [[{ wildcard: 123 }], 'wildcard match pattern must be a string'],
  [[{ wildcard: ['a*'] }], 'wildcard match pattern must be a string'],
  [
    [{ wildcard: 'arn:aws:events:us-east-1:**:event-bus/*' }],
    'Consecutive wildcard characters at pos 26',
  ],
  [[{ wildcard: String.raw`ä\x` }], 'Invalid escape character at pos 3'],
  [[{ wildcard: 'x\\' }], 'Invalid escape character at pos 2'],
  [
    [{ wildcard: '*:*:*:*:*:event-bus/*' }],
    'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
  ],
  [
    [{ wildcard: `*${'a'.repeat(1_000)}` }],
    'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
  ],
];

test.each(refused)('%j is refused: %s', (condition, reason) => {
  expect(() => compileEventPattern({ v: condition })).toThrow(
    expect.objectContaining({
      name: 'InvalidEventPatternError',
      code: 'ERR_INVALID_EVENT_PATTERN',
      message: `Event pattern is not valid. Reason: ${reason}`,
      reason,
    }) as Error,
  );
});

test.each([
  ['["not", "a", "dict"]', 'Filter is not an object'],
  ['"text"', 'Filter is not an object'],
  ['{}', 'Empty objects are not allowed'],
  ['{"$or":[{"a":["x"]}]}', 'There must have at least 2 Objects in $or relationship.'],
  [
    '{"$or":[{"a":["x"]},{"prefix":["x"]}]}',
    'prefix is Ruler reserved fieldName which cannot be used inside $or.',
  ],
  ['{"$or":[{"a":["x"]},["x"]]}', 'Only JSON object is allowed in array of $or relationship.'],
])('%s is refused: %s', (pattern, reason) => {
  expect(() => compileEventPattern(pattern)).toThrow(new InvalidEventPatternError(reason));
});

test('what is no JSON is refused', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  expect(() => compileEventPattern("{'bad': 'quotation'}")).toThrow(InvalidEventPatternError);
  expect(() => compileEventPattern(circular)).toThrow(InvalidEventPatternError);
});

test('a pattern has at most 2,048 characters, or what the bus allows', () => {
  const pattern = { a: ['x'.repeat(2_038)] };
  expect(compileEventPattern(pattern).json).toHaveLength(2_048);
  const longer = { a: ['x'.repeat(2_039)] };
  expect(() => compileEventPattern(longer)).toThrow('2049 characters, more than 2048');
  expect(compileEventPattern(longer, { maxLength: 4_096 }).json).toHaveLength(2_049);
});

test('$or stands for at most 1,000 combinations', () => {
  const branches = Array.from({ length: 10 }, (_, index) => ({ a: [index] }));
  const more = [...branches, { a: [10] }];
  const within = { $or: branches, b: { $or: branches, c: { $or: branches } } };
  expect(compileEventPattern(within).matches({ a: 1, b: { a: 2, c: { a: 3 } } })).toBe(true);
  expect(() => compileEventPattern({ ...within, b: { $or: more, c: { $or: branches } } })).toThrow(
    'more than 1000 rule combinations',
  );
});

test('patterns of event source mappings know no addresses and no wildcards', () => {
  const pattern = compileMappingPattern({
    body: { a: [{ prefix: 'x' }, { 'anything-but': { suffix: 'y' } }] },
  });
  expect(pattern.matches({ body: { a: 'xy' } })).toBe(true);
  expect(() => compileMappingPattern({ a: [{ cidr: '10.0.0.0/8' }] })).toThrow(
    'Unrecognized match type cidr',
  );
  expect(() => compileMappingPattern({ a: [{ wildcard: 'a*' }] })).toThrow(
    'Unrecognized match type wildcard',
  );
});
