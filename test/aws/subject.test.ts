import { expect, test } from 'vitest';
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
