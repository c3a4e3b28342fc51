import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { doorOf } from '../../src/aws/door.ts';
import { serve } from '../../src/aws/index.ts';
import { Lambda } from '../../src/lambda.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** A client that says what it likes. */
async function connected(port: number, text: string): Promise<Socket> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(port, '127.0.0.1', resolve);
  // The server may end it.
  socket.on('error', () => {});
  await promise;
  socket.write(text);
  return socket;
}

function closed(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('close', () => resolve());
  return promise;
}

describe('clients who go away', () => {
  test('before a stream begins do not hold the function up', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ blanks: 0, clock });
    const source = `
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        console.log('running');
        await new Promise((resolve) => setTimeout(resolve, 100));
        const chunk = 'x'.repeat(500_000);
        for (let sent = 0; sent < 20; sent += 1) {
          if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve));
        }
        stream.end();
      });
    `;
    const options = { name: 'f', code: { source }, cpuMs: 10_000, timeoutMs: 20_000 };
    await lambda.createFunction(options);
    const { promise: isGone, resolve: goes } = Promise.withResolvers<void>();
    await using server = await serve(lambda, {
      port: 0,
      before: (_request, response) => {
        response.once('close', goes);
        return false;
      },
    });
    const { promise: isRunning, resolve: runs } = Promise.withResolvers<void>();
    const { promise: error, resolve: ends } = Promise.withResolvers<unknown>();
    lambda.on('log.written', () => runs());
    lambda.on('invocation.finished', (finished) => ends(finished.error));
    const path = '/2021-11-15/functions/f/response-streaming-invocations';
    const client = await connected(
      server.port,
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`,
    );
    await isRunning;
    client.destroy();
    await isGone;
    await clock.advance(100);
    expect(await error).toBeUndefined();
  });
});

describe('a server that closes', () => {
  test.each([
    ['say nothing', ''],
    ['stop within the headers', 'POST /2015-03-31/functions HTTP/1.1\r\nhost: x\r\n'],
    [
      'stop within the body',
      'POST /2015-03-31/functions HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{',
    ],
  ])('waits for no clients who %s', async (_what, text) => {
    await using lambda = new Lambda({ blanks: 0 });
    const server = await serve(lambda, { port: 0 });
    const client = await connected(server.port, text);
    // Once this is answered, the server has seen what came before.
    await fetch(server.url, { headers: { connection: 'close' } });
    const gone = closed(client);
    await server.close();
    await gone;
  });

  test('gives clients who do not read their answer ten seconds', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ blanks: 0, clock });
    const before = (_request: unknown, response: { end(body: Buffer): void }): boolean => {
      // More than the kernel takes off the server's hands.
      response.end(Buffer.alloc(64 * 2 ** 20));
      return true;
    };
    const server = await serve(lambda, { port: 0, before });
    const client = await connected(server.port, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const { promise: isAnswered, resolve } = Promise.withResolvers<void>();
    client.once('readable', resolve);
    await isAnswered;
    const gone = closed(client);
    const closing = server.close();
    await clock.advance(10_000);
    await closing;
    client.resume();
    await gone;
  });
});

test('the link to a package is worth nothing at another Lambda', async () => {
  await using mine = new Lambda({ blanks: 0 });
  await using other = new Lambda({ blanks: 0 });
  for (const [lambda, source] of [
    [mine, 'exports.handler = async () => 1'],
    [other, 'exports.handler = async () => "secret"'],
  ] as const) {
    await lambda.createFunction({ name: 'f', code: { source } });
  }
  const nothing = { headers: {}, body: new Uint8Array() };
  const answer = await doorOf(mine).handle({
    method: 'GET',
    path: '/2015-03-31/functions/f',
    query: {},
    ...nothing,
  });
  const { Code } = JSON.parse(answer.body as string) as { Code: { Location: string } };
  const { pathname, searchParams } = new URL(Code.Location);
  const link = { method: 'GET', path: pathname, query: Object.fromEntries(searchParams) };
  expect((await doorOf(mine).handle({ ...link, ...nothing })).status).toBe(200);
  expect((await doorOf(other).handle({ ...link, ...nothing })).status).toBe(403);
});
