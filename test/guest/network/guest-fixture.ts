import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { Lambda } from '../../../src/lambda.ts';
import type { FunctionOptions } from '../../../src/functions/function-options.ts';

const ends: (() => unknown)[] = [];
let lambda: Lambda;
let count = 0;

/** Functions of a test file share one `Lambda`, whose guests may reach this machine. */
export function useLambda(): void {
  beforeAll(() => {
    lambda = new Lambda({ network: { allow: ['localhost', '127.0.0.1'] } });
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
  afterAll(() => lambda.close());
}

/** Listens on a free port of 127.0.0.1 until the test ends. */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

/** Deploys a handler: the body of an async function of `event`; `require` is there. */
export async function deploy(body: string, options: Partial<FunctionOptions> = {}) {
  count += 1;
  return lambda.createFunction({
    name: `f${count}`,
    timeoutMs: 10_000,
    memoryMb: 256,
    ...options,
    code: { source: `exports.handler = async (event) => {${body}};` },
  });
}

/** Runs a handler once. */
export async function run(
  body: string,
  event: unknown = {},
  options: Partial<FunctionOptions> = {},
): Promise<unknown> {
  const handler = await deploy(body, options);
  return handler.call(event);
}
