import { expect, test } from 'vitest';
import * as kit from '../../../src/testing/index.ts';

// What a caller without types may do.
const builders = kit as unknown as Record<string, (...args: readonly unknown[]) => unknown>;

test.each<[string, unknown, string]>([
  ['sqsEvent', [null], '`messages[0]` to be an object, got null'],
  ['sqsEvent', [{ receiveCount: '2' }], '`messages[0].receiveCount` to be an integer'],
  ['sqsEvent', [{ overrides: null }], '`overrides` to be an object, got null'],
  ['kafkaEvent', [{ headers: { tries: 1 } }], '`records[0].headers.tries` to be a string, got 1'],
  ['apiGatewayProxyEvent', { query: { page: 2 } }, '`query.page` to be a string or a list of'],
  ['albEvent', { headers: { 'x-tries': [1] } }, '`headers.x-tries` to be a string or a list of'],
  ['functionUrlEvent', { cookies: 'a=b' }, '`cookies` to be a list of strings, got "a=b"'],
  ['apiGatewayProxyEvent', { resource: 5 }, '`resource` to be a string, got 5'],
  ['apiGatewayProxyEventV2', { routeKey: 5 }, '`routeKey` to be a string, got 5'],
  [
    'eventBridgeEvent',
    { source: 's', detailType: 'd', resources: 'a' },
    '`resources` to be a list',
  ],
  ['s3Event', { key: '\ud800' }, '`key` to be'],
])('%s(%j) is refused with the name of the option', (name, given, words) => {
  expect(() => builders[name]?.(given)).toThrow(words);
});
