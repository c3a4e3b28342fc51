import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test, vi } from 'vitest';
import { awsClientConfig, serve } from '../../src/aws/index.ts';
import { Lambda } from '../../src/index.ts';
import { examplesMissing } from './examples-of.ts';

/** The examples of docs/aws-api.md, word for word. */

test('a client in the process', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();

  await using lambda = new Lambda();
  await lambda.createFunction({
    name: 'orders',
    code: { source: 'exports.handler = async ({ id }) => ({ id, ok: true })' },
  });
  const client = new LambdaClient(awsClientConfig(lambda));
  const { Payload } = await client.send(
    new InvokeCommand({ FunctionName: 'orders', Payload: '{"id":7}' }),
  );
  console.log(Payload?.transformToString()); // {"id":7,"ok":true}

  expect(log).toHaveBeenCalledWith('{"id":7,"ok":true}');
});

test('a server', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await using lambda = new Lambda();

  await using server = await serve(lambda, { port: 0 }); // a free one; 3001 unless you say
  console.log(server.url);

  expect(log).toHaveBeenCalledWith(`http://127.0.0.1:${server.port}`);
});

test('the document has these examples', () => {
  expect(examplesMissing('aws-api.md', import.meta.filename)).toEqual([]);
});
