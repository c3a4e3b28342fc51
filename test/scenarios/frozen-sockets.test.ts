import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lambda, type Isolation, type LambdaFunction } from '../../src/index.ts';

const tiers: readonly Isolation[] = ['inline', 'thread'];
const runtimes = ['nodejs24.x', 'nodejs22.x'] as const;

let server: Server;
let clients: Socket[];
let port: number;

beforeEach(async () => {
  clients = [];
  server = createServer((socket) => {
    clients.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => void socket.write(`echo ${String(bytes)}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  server.close();
  await once(server, 'close');
});

/** Connects once, in the first invocation, as clients of databases do; later ones use the same socket. */
const source = `
  const net = require('node:net');
  let socket, received = '', wake = () => {};
  const until = (done) => new Promise((resolve) => {
    const check = () => { if (done()) resolve(); else wake = check; };
    check();
  });
  exports.handler = async ({ port, say, wait }) => {
    if (socket === undefined) {
      socket = net.connect(port, '127.0.0.1');
      socket.on('data', (bytes) => { received += bytes; wake(); });
      socket.on('close', () => { received += '<closed>'; wake(); });
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    }
    if (say) socket.write(say);
    if (wait) await until(() => received.includes(wait));
    return received;
  };`;

async function deploy(
  lambda: Lambda,
  isolation: Isolation,
  runtime: (typeof runtimes)[number],
): Promise<LambdaFunction> {
  return await lambda.createFunction({
    name: 'client',
    code: { source },
    isolation,
    runtime,
    timeoutMs: 10_000,
    network: { mode: 'public', allow: [`127.0.0.1:${port}`] },
  });
}

describe.each(tiers)('in the tier %s', (tier) => {
  test.each(runtimes)('a connection of %s outlives the invocation', async (runtime) => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, tier, runtime);
    expect(await fn.call({ port, say: 'one', wait: 'one' })).toBe('echo one');
    expect(await fn.call({ port, say: 'two', wait: 'two' })).toBe('echo oneecho two');
    expect(clients).toHaveLength(1);
  });

  test.each(runtimes)('what came while %s was frozen is read in the next', async (runtime) => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, tier, runtime);
    await fn.call({ port, say: 'one', wait: 'one' });
    const [client] = clients;
    client?.end('while frozen');
    await once(client as Socket, 'finish');
    expect(await fn.call({ port, wait: '<closed>' })).toBe('echo onewhile frozen<closed>');
  });

  test('the connection ends with its environment', async () => {
    const lambda = new Lambda();
    const fn = await deploy(lambda, tier, 'nodejs24.x');
    await fn.call({ port, say: 'one', wait: 'one' });
    const ended = once(clients[0] as Socket, 'close');
    await lambda.close();
    await ended;
  });
});
