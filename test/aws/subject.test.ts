import { expect, test } from 'vitest';
import type { OperationName } from '../../src/aws/model/shapes.ts';
import { operationSubject } from '../../src/aws/subject.ts';

const home = { partition: 'aws', region: 'us-east-1', accountId: '123456789012' };
const here = 'arn:aws:lambda:us-east-1:123456789012:function';

test.each([
  ['orders', undefined, `${here}:orders`],
  ['orders', 'live', `${here}:orders:live`],
  ['orders:live', undefined, `${here}:orders:live`],
  ['function', undefined, `${here}:function`],
  ['orders:function', undefined, `${here}:orders:function`],
  ['function:orders', undefined, `${here}:orders`],
  ['function:function:function', undefined, `${here}:function:function`],
  ['123456789012:function:orders:7', undefined, `${here}:orders:7`],
  [`${here}:orders`, '$LATEST', `${here}:orders:$LATEST`],
  [
    'arn:aws:lambda:eu-west-1:210987654321:function:orders',
    undefined,
    'arn:aws:lambda:eu-west-1:210987654321:function:orders',
  ],
])('policies see %s with qualifier %s as %s', (FunctionName, Qualifier, resource) => {
  const input = { FunctionName, ...(Qualifier !== undefined && { Qualifier }) };
  expect(operationSubject('Invoke', input, home).resource).toBe(resource);
});

const arn = 'arn:aws:lambda:us-east-1:123456789012';

test.each<[OperationName, Record<string, unknown>, string]>([
  ['ListFunctions', {}, '*'],
  ['CreateEventSourceMapping', { FunctionName: 'f' }, '*'],
  ['ListEventSourceMappings', { FunctionName: 'f' }, '*'],
  ['UpdateEventSourceMapping', { UUID: 'u', FunctionName: 'g' }, `${arn}:event-source-mapping:u`],
  ['PublishLayerVersion', { LayerName: 'fonts' }, `${arn}:layer:fonts`],
  ['GetLayerVersion', { LayerName: 'fonts', VersionNumber: 3 }, `${arn}:layer:fonts:3`],
  [
    'GetLayerVersion',
    { LayerName: `${arn}:layer:fonts`, VersionNumber: 3 },
    `${arn}:layer:fonts:3`,
  ],
  ['GetLayerVersionByArn', { Arn: `${arn}:layer:fonts:3` }, `${arn}:layer:fonts:3`],
  ['ListTags', { Resource: `${arn}:function:f` }, `${arn}:function:f`],
  ['PutResourcePolicy', { ResourceArn: `${arn}:function:f:live` }, `${arn}:function:f:live`],
  ['GetCapacityProvider', { CapacityProviderName: 'p' }, `${arn}:capacity-provider:p`],
])('%s %j is about %s', (operation, input, resource) => {
  expect(operationSubject(operation, input, home).resource).toBe(resource);
});

test('conditions may ask for what the input says', () => {
  const input = {
    FunctionName: 'f',
    Layers: [`${arn}:layer:fonts:3`],
    VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: [] },
    Tags: { team: 'a' },
  };
  expect(operationSubject('CreateFunction', input, home).conditions).toMatchObject({
    'lambda:FunctionArn': `${arn}:function:f`,
    'lambda:Layer': [`${arn}:layer:fonts:3`],
    'lambda:SubnetIds': ['subnet-1'],
    'aws:TagKeys': ['team'],
    'aws:RequestTag/team': 'a',
  });
});

test.each([
  ['UpdateFunctionCode', 'orders:$LATEST', `${here}:orders`],
  ['DeleteFunctionCodeSigningConfig', `${here}:orders:$LATEST`, `${here}:orders`],
  ['UpdateAlias', 'function:orders:$LATEST', `${here}:orders`],
  ['InvokeAsync', 'orders:$LATEST', `${here}:orders:$LATEST`],
] as const)('policies see %s of %s as %s', (operation, FunctionName, resource) => {
  const subject = operationSubject(operation, { FunctionName }, home);
  expect(subject.resource).toBe(resource);
  expect(subject.conditions['lambda:FunctionArn']).toBe(resource);
});
