import { request as httpRequest } from 'node:http';
import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { serve, type ApiServer, type ServeOptions } from '../../src/aws/index.ts';
import { Lambda } from '../../src/lambda.ts';

interface ServerKit extends AsyncDisposable {
  readonly lambda: Lambda;
  readonly server: ApiServer;
  readonly client: LambdaClient;
}

async function serverKit(source: string, options: ServeOptions = {}): Promise<ServerKit> {
  const lambda = new Lambda({ blanks: 0 });
  await lambda.createFunction({ name: 'f', code: { source }, cpuMs: 2_000 });
  const server = await serve(lambda, { port: 0, ...options });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new LambdaClient({ endpoint: server.url, region: 'us-east-1', credentials });
  return {
    lambda,
    server,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server.close();
      await lambda.close();
    },
  };
}

const echo = 'exports.handler = async (event) => event';
const invocations = '/2015-03-31/functions/f/invocations';

test('an SDK client invokes over HTTP', async () => {
  await using kit = await serverKit(echo);
  const { Payload, $metadata } = await kit.client.send(
    new InvokeCommand({ FunctionName: 'f', Payload: '{"id":7}' }),
  );
  expect(Payload!.transformToString()).toBe('{"id":7}');
  expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test('answers are JSON with a length, and errors carry x-amzn-ErrorType', async () => {
  await using kit = await serverKit(echo);
  const good = await fetch(kit.server.url + invocations, { method: 'POST', body: '[1]' });
  expect(good.headers.get('content-length')).toBe('3');
  expect(good.headers.get('content-type')).toBe('application/json');
  expect(good.headers.get('x-amz-executed-version')).toBe('$LATEST');
  expect(await good.text()).toBe('[1]');
  const bad = await fetch(`${kit.server.url}/2015-03-31/functions/nope`);
  expect(bad.status).toBe(404);
  expect(bad.headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException');
  expect(await bad.json()).toEqual({
    Type: 'User',
    Message: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:nope',
  });
});

test('one connection carries many requests', async () => {
  await using kit = await serverKit(echo);
  const first = await rawRequest(kit.server, {});
  expect(first.headers['connection']).toBe('keep-alive');
});

test('chunks of a streaming function arrive while the handler still runs', async () => {
  await using kit = await serverKit(`
    let go;
    exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.write('first');
      await new Promise((resolve) => setTimeout(resolve, 50));
      stream.end('last');
    });
  `);
  const { EventStream } = await kit.client.send(
    new InvokeWithResponseStreamCommand({ FunctionName: 'f' }),
  );
  let running = 0;
  const chunks: string[] = [];
  for await (const { PayloadChunk } of EventStream!) {
    if (PayloadChunk === undefined) continue;
    chunks.push(Buffer.from(PayloadChunk.Payload!).toString());
    running += kit.lambda.stats().running;
  }
  expect(chunks).toEqual(['first', 'last']);
  expect(running).toBeGreaterThan(0);
});

test('a path that AWS does not have is told apart from a sibling service', async () => {
  await using kit = await serverKit(echo);
  const unknown = await fetch(`${kit.server.url}/nothing`);
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toEqual({
    Type: 'User',
    message: "GET /nothing is no operation of AWS Lambda's API",
  });
  const sibling = await fetch(`${kit.server.url}/2025-09-09/images`);
  expect(await sibling.text()).toContain('isolambda does not have Lambda microVMs');
});

describe('bad requests', () => {
  test.each([
    [
      'a body that is no JSON',
      'POST',
      '/2015-03-31/functions',
      '{',
      'InvalidRequestContentException',
    ],
    ['a body of another type', 'POST', '/2015-03-31/functions', '[]', 'SerializationException'],
    [
      'a member of another type',
      'POST',
      '/2015-03-31/functions',
      '{"Timeout":"x"}',
      'SerializationException',
    ],
    [
      'a number that is none',
      'GET',
      '/2015-03-31/functions?MaxItems=x',
      undefined,
      'SerializationException',
    ],
    [
      'a path that is not encoded',
      'GET',
      '/2015-03-31/functions/%E0%A4%A',
      undefined,
      'InvalidParameterValueException',
    ],
    ['nothing that is required', 'POST', '/2015-03-31/functions', '{}', 'ValidationException'],
    [
      'a prototype',
      'POST',
      '/2015-03-31/functions',
      '{"__proto__":{"FunctionName":"x"}}',
      'ValidationException',
    ],
  ])('%s', async (_what, method, path, body, type) => {
    await using kit = await serverKit(echo);
    const answer = await fetch(kit.server.url + path, {
      method,
      ...(body !== undefined && { body }),
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-errortype')).toBe(type);
  });

  test('a body that is too large ends with 413', async () => {
    await using kit = await serverKit(echo);
    const { status } = await rawRequest(
      kit.server,
      { 'transfer-encoding': 'chunked' },
      71 * 2 ** 20,
    );
    expect(status).toBe(413);
  });
});

describe('the address', () => {
  test('that is in use is refused by name', async () => {
    await using kit = await serverKit(echo);
    await expect(serve(kit.lambda, { port: kit.server.port })).rejects.toThrow(
      `Expected \`port\` to be a port that is free, got ${kit.server.port}`,
    );
  });

  test.each([
    [{ port: 70_000 }, 'Expected `port`'],
    [{ host: '203.0.113.1' }, 'Expected `host` to be an address of this machine'],
    [{ prot: 1 }, 'prot'],
  ])('%j is refused', async (options, message) => {
    await using lambda = new Lambda({ blanks: 0 });
    await expect(serve(lambda, options as ServeOptions)).rejects.toThrow(message);
  });
});

test('a listener before the door may take requests, and its failure is an answer', async () => {
  const before: ServeOptions['before'] = ({ url }, response) => {
    if (url === '/broken') throw new Error('no');
    if (url !== '/mine') return false;
    response.end('mine');
    return true;
  };
  await using kit = await serverKit(echo, { before });
  expect(await (await fetch(`${kit.server.url}/mine`)).text()).toBe('mine');
  expect((await fetch(`${kit.server.url}/broken`)).status).toBe(500);
  expect((await fetch(kit.server.url + invocations, { method: 'POST' })).status).toBe(200);
});

interface RawAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** An Invoke by `node:http`, with so many bytes of body. */
async function rawRequest(
  server: ApiServer,
  headers: Record<string, string>,
  bytes = 0,
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const request = httpRequest(
    server.url + invocations,
    { method: 'POST', headers: { connection: 'keep-alive', ...headers } },
    (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    },
  );
  request.on('error', reject);
  const chunk = Buffer.alloc(Math.min(bytes, 1_048_576));
  for (let sent = 0; sent < bytes; sent += chunk.length) request.write(chunk);
  request.end();
  return promise.finally(() => request.destroy());
}

test('close lets a request end, and waits for no other on its connection', async () => {
  const source = `exports.handler = async () => {
    console.log('running'); await new Promise((r) => setTimeout(r, 5)); return 'done' }`;
  const { lambda, server, client } = await serverKit(source);
  client.destroy();
  const { promise: isRunning, resolve } = Promise.withResolvers<void>();
  lambda.on('log.written', () => resolve());
  const asked = fetch(server.url + invocations, { method: 'POST' });
  await isRunning;
  const closed = server.close();
  expect(await (await asked).json()).toBe('done');
  await closed;
  await lambda.close();
});
