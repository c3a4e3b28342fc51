import { describe, expect, test } from 'vitest';
import type { BusEvent } from '../../src/brokers/bus-event.ts';
import { compileJsonPath } from '../../src/brokers/json-path.ts';
import { compileTargetInput, type TargetInputOptions } from '../../src/brokers/target-input.ts';

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html and answers on record.

const event: BusEvent = {
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2015-11-11T21:29:54Z',
  region: 'us-east-1',
  resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111'],
  detail: {
    'instance-id': 'i-0123456789',
    state: 'RUNNING',
    payload: { acc_id: '0a787ecb-4015', sf_id: 'baz' },
    high: ['HIGH'],
    states: ['ACTIVE', 'INACTIVE'],
    valid: true,
    count: 3,
    nothing: null,
    quoted: 'a "b" c',
    items: [{ id: 1 }, { id: 2 }, { other: 3 }],
  },
};
const facts = {
  ruleName: 'example',
  ruleArn: 'arn:aws:events:us-east-2:123456789012:rule/example',
  ingestedAt: '2015-11-11T21:29:55Z',
};

const inputPathsMap = {
  instance: '$.detail.instance-id',
  state: '$.detail.state',
  payload: '$.detail.payload',
  high: '$.detail.high',
  states: '$.detail.states',
  valid: '$.detail.valid',
  count: '$.detail.count',
  nothing: '$.detail.nothing',
  missing: '$.detail.not-there',
  quoted: '$.detail.quoted',
};

const run = (options: TargetInputOptions): string | undefined =>
  compileTargetInput('t1', options)?.(event, facts);
const transform = (inputTemplate: string): string | undefined =>
  run({ inputTransformer: { inputPathsMap, inputTemplate } });

test('without an input the target gets the whole event', () => {
  expect(compileTargetInput('t1', {})).toBeUndefined();
});

test('a constant input is a JSON value or its text', () => {
  expect(run({ input: { a: [1, 'x'] } })).toBe('{"a":[1,"x"]}');
  expect(run({ input: '{ "a": 1 }' })).toBe('{ "a": 1 }');
  expect(run({ input: '"text"' })).toBe('"text"');
  expect(run({ input: null })).toBe('null');
  expect(() => run({ input: 'no json' })).toThrow('`input`');
  expect(() => run({ input: () => 1 })).toThrow('`input`');
  expect(() => run({ input: 'x'.repeat(8_193) })).toThrow('`input`');
});

test('a path gives a part of the event', () => {
  expect(run({ inputPath: '$.detail.payload' })).toBe('{"acc_id":"0a787ecb-4015","sf_id":"baz"}');
  expect(run({ inputPath: '$.detail.payload.sf_id' })).toBe('"baz"');
  expect(run({ inputPath: '$' })).toBe(JSON.stringify(event));
  expect(() => run({ inputPath: '$.detail.none' })).toThrow('There is nothing at $.detail.none');
  expect(() => run({ inputPath: 'detail' })).toThrow('`inputPath`');
});

test('only one of them can be given', () => {
  expect(() => compileTargetInput('t1', { input: {}, inputPath: '$.detail' })).toThrow(
    'Only one of Input, InputPath, or InputTransformer must be provided for target t1.',
  );
});

describe('a template', () => {
  test.each([
    ['"instance <instance> is in <state>"', '"instance i-0123456789 is in RUNNING"'],
    [
      String.raw`"instance \"<instance>\" is in <state>"`,
      String.raw`"instance \"i-0123456789\" is in RUNNING"`,
    ],
    [
      '{ "instance" : <instance>,\n "state": <state> }',
      '{"instance":"i-0123456789","state":"RUNNING"}',
    ],
    [
      String.raw`{"instance": <instance>, "state": "<state>", "status": "instance \"<instance>\" is in <state>"}`,
      String.raw`{"instance":"i-0123456789","state":"RUNNING","status":"instance \"i-0123456789\" is in RUNNING"}`,
    ],
    [
      '{"state": [ 9, <state>, true ], "Transformed": "Yes"}',
      '{"state":[9,"RUNNING",true],"Transformed":"Yes"}',
    ],
    [
      '{"path": "users/<instance>/second/<instance>"}',
      '{"path":"users/i-0123456789/second/i-0123456789"}',
    ],
    [
      '{"body": <payload>, "list": <high>}',
      '{"body":{"acc_id":"0a787ecb-4015","sf_id":"baz"},"list":["HIGH"]}',
    ],
    [
      '{"count": <count>, "valid": <valid>, "nothing": <nothing>}',
      '{"count":3,"valid":true,"nothing":null}',
    ],
    ['{"missing": <missing>, "in a text": "<missing>"}', '{"missing":"","in a text":""}'],
    ['{"quoted": <quoted>}', String.raw`{"quoted":"a \"b\" c"}`],
    [
      '"Payload of <payload> and <instance>"',
      '"Payload of {acc_id:0a787ecb-4015,sf_id:baz} and i-0123456789"',
    ],
    [
      '"<high> one, <states> more, <missing> none, <valid>!"',
      '"[HIGH] one, [ACTIVE,INACTIVE] more,  none, true!"',
    ],
    ['"<high> a"\n"<instance> b"', '"[HIGH] a"\n"i-0123456789 b"'],
    [
      '"{[/Check with special characters for <state>"',
      '"{[/Check with special characters for RUNNING"',
    ],
    ['<payload>', '{"acc_id":"0a787ecb-4015","sf_id":"baz"}'],
    ['"<aws.events.rule-name> triggered"', '"example triggered"'],
    [
      '{"arn": <aws.events.rule-arn>, "at": "<aws.events.event.ingestion-time>"}',
      '{"arn":"arn:aws:events:us-east-2:123456789012:rule/example","at":"2015-11-11T21:29:55Z"}',
    ],
  ])('%s gives %s', (template, expected) => {
    expect(transform(template)).toBe(expected);
  });

  test('has the event without its detail, and with it', () => {
    const text = transform('{"event": <aws.events.event>, "all": <aws.events.event.json>}');
    const { detail: _, 'detail-type': detailType, ...rest } = event;
    expect(JSON.parse(text ?? '')).toEqual({ event: { ...rest, detailType }, all: event });
  });

  test.each([
    '<high> single list item',
    '{"list": "<high>"}',
    '{"quoted": "<quoted>"}',
    '"quoted <quoted>"',
    '{"open": <state>',
  ])('%s makes no JSON, which no attempt can help', (template) => {
    expect(() => transform(template)).toThrow(
      expect.objectContaining({ name: 'DeliveryFault', code: 'INVALID_JSON' }) as Error,
    );
  });

  test('names variables that there are', () => {
    expect(() => transform('"<notdefinedkey>"')).toThrow(
      'InputTemplate for target t1 contains invalid placeholder notdefinedkey.',
    );
  });

  test('and its paths are checked', () => {
    const withPaths = (paths: Record<string, string>) => () =>
      run({ inputTransformer: { inputPathsMap: paths, inputTemplate: '"x"' } });
    expect(withPaths({ a: 'detail' })).toThrow('`inputTransformer.inputPathsMap.a`');
    expect(withPaths({ a: `$.${'x'.repeat(255)}` })).toThrow('256');
    expect(withPaths({ 'aws.events.rule-arn': '$.id' })).toThrow('reserved');
    const many = Object.fromEntries(
      Array.from({ length: 101 }, (_, index) => [`v${index}`, '$.id']),
    );
    expect(withPaths(many)).toThrow('at most 100');
    expect(() => run({ inputTransformer: { inputTemplate: ' ' } })).toThrow('inputTemplate');
    expect(() => run({ inputTransformer: { inputTemplate: 'x'.repeat(8_193) } })).toThrow(
      'inputTemplate',
    );
  });
});

test.each<[path: string, found: unknown]>([
  ['$', event],
  ['$.detail-type', 'EC2 Instance State-change Notification'],
  ['$.detail.items[1].id', 2],
  ["$['detail']['instance-id']", 'i-0123456789'],
  ['$.resources[0]', event.resources[0]],
  ['$.detail.items[*].id', [1, 2]],
  ['$.detail.payload.*', ['0a787ecb-4015', 'baz']],
  ['$.detail.nothing', null],
])('the path %s finds %j', (path, found) => {
  expect(compileJsonPath('path', path)(event)).toEqual({ found });
});

test.each([
  '$.none',
  '$.detail.items[9]',
  '$.resources.length',
  '$.detail.__proto__',
  '$.id[0]',
  '$.detail.state.x',
  '$.detail.items[*].none',
])('the path %s finds nothing', (path) => {
  expect(compileJsonPath('path', path)(event)).toBeUndefined();
});

test.each(['', 'detail', '$detail', '$.', '$..id', '$.a[', '$.a[x]', '$.a[-1]', '$.a[0', '$[]', 5])(
  '%j is no path',
  (path) => {
    expect(() => compileJsonPath('path', path as string)).toThrow('Expected `path`');
  },
);
