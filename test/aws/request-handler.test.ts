import { GetFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { requestHandler } from '../../src/aws/index.ts';
import { Lambda } from '../../src/lambda.ts';
import { doorKit } from './kit.ts';

const source = 'exports.handler = async (event) => event';

test('a client that asks in a loop does not starve what it waits for', async () => {
  await using kit = doorKit();
  await kit.lambda.createFunction({ name: 'f', code: { source } });
  const other = { isReady: false };
  setImmediate(() => {
    other.isReady = true;
  });
  while (!other.isReady) await kit.client.send(new GetFunctionCommand({ FunctionName: 'f' }));
  expect(other.isReady).toBe(true);
});

test('a signal that is aborted already sends nothing', async () => {
  await using kit = doorKit();
  await kit.lambda.createFunction({ name: 'f', code: { source } });
  const sending = kit.client.send(new InvokeCommand({ FunctionName: 'f' }), {
    abortSignal: AbortSignal.abort(),
  });
  await expect(sending).rejects.toThrow(/abort/i);
  expect(kit.lambda.stats().environments).toBe(0);
});

test.each([
  ['a text', '[1]'],
  ['bytes', Buffer.from('[1]')],
  ['a buffer', new Uint8Array(Buffer.from('[1]')).buffer],
  ['a stream', new Blob(['[1]']).stream()],
])('the body may be %s', async (_what, body) => {
  await using lambda = new Lambda({ blanks: 0 });
  await lambda.createFunction({ name: 'f', code: { source } });
  const path = '/2015-03-31/functions/f/invocations';
  const { response } = await requestHandler(lambda).handle({
    method: 'POST',
    path,
    headers: {},
    body,
  });
  expect(Buffer.from(response.body as Uint8Array).toString()).toBe('[1]');
});

test('something that is no Lambda is refused', () => {
  expect(() => requestHandler({} as Lambda)).toThrow(
    'Expected a `Lambda` of this copy of isolambda',
  );
});
