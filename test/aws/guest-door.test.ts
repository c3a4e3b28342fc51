import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { awsClientConfig } from '../../src/aws/index.ts';
import { Lambda } from '../../src/lambda.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const file = fileURLToPath(new URL('../fixtures/handlers/calls-lambda.ts', import.meta.url));
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };

describe('the SDK inside of a function', () => {
  test('reaches the functions of the same Lambda without a network, and takes the lineage along', async () => {
    await using lambda = new Lambda({ blanks: 0, credentials, network: 'public' });
    const client = new LambdaClient(awsClientConfig(lambda));
    const call = async (event: object): Promise<unknown> => {
      const Payload = JSON.stringify(event);
      const answer = await client.send(new InvokeCommand({ FunctionName: 'caller', Payload }));
      return JSON.parse(answer.Payload!.transformToString());
    };
    await lambda.createFunction({
      name: 'caller',
      code: { file },
      handler: 'calls-lambda.handler',
      cpuMs: 20_000,
      timeoutMs: 30_000,
      initTimeoutMs: 60_000,
      memoryMb: 256,
    });
    await lambda.createFunction({
      name: 'callee',
      code: {
        source:
          'exports.handler = async (event) => ({ event, trace: process.env._X_AMZN_TRACE_ID })',
      },
    });
    expect(await call({ name: 'callee', event: { a: 1 } })).toMatchObject({
      payload: { event: { a: 1 }, trace: expect.stringMatching(/Lineage=\w+:1/) },
      version: '$LATEST',
    });
    expect(await call({ name: 'nobody', event: {} })).toEqual({
      error: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody:$LATEST',
    });
  });
});

test('a loop of requests through the API is stopped at the 17th round', async () => {
  await using lambda = new Lambda({ blanks: 0 });
  const client = new LambdaClient(awsClientConfig(lambda));
  let rounds = 0;
  let stopped = 0;
  lambda.on('invocation.started', () => {
    rounds += 1;
  });
  lambda.on('recursion.stopped', () => {
    stopped += 1;
  });
  // What the SDK sends, without the seconds that sixteen environments with an SDK take.
  await lambda.createFunction({
    name: 'loop',
    cpuMs: 10_000,
    timeoutMs: 60_000,
    code: {
      source: `exports.handler = async () => {
        const answer = await fetch('https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/loop/invocations', {
          method: 'POST',
          headers: { 'x-amzn-trace-id': process.env._X_AMZN_TRACE_ID },
        });
        return answer.ok ? answer.json() : answer.headers.get('x-amzn-errortype');
      }`,
    },
  });
  const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'loop' }));
  expect(Payload!.transformToString()).toBe('"RecursiveInvocationException"');
  expect(rounds).toBe(16);
  expect(stopped).toBe(1);
});

test('virtual time goes on while one function waits for another', async () => {
  const clock = new VirtualClock();
  await using lambda = new Lambda({ blanks: 0, clock });
  awsClientConfig(lambda);
  await lambda.createFunction({
    name: 'slow',
    timeoutMs: 900_000,
    cpuMs: 5_000,
    code: {
      source:
        'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 600_000, "late"))',
    },
  });
  const caller = await lambda.createFunction({
    name: 'caller',
    timeoutMs: 900_000,
    cpuMs: 5_000,
    code: {
      source: `exports.handler = async () => (await fetch(
        'https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/slow/invocations', { method: 'POST' })).json()`,
    },
  });
  const called = caller.call();
  await clock.advance(600_000);
  expect(await called).toBe('late');
});
