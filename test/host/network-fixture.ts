import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach } from 'vitest';
import { HostServices } from '../../src/host/host-services.ts';
import {
  NetworkServices,
  type NetworkServicesOptions,
} from '../../src/host/network/network-services.ts';
import { resolveNetworkOptions, type NetworkOption } from '../../src/network/network-options.ts';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

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
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

export interface Guest {
  /** The answer: text or bytes; rejects with the error that a guest would see. */
  ask(name: string, question: object | string, body?: string | Uint8Array): Promise<unknown>;
  /** The same with the answer read as JSON. */
  json(
    name: string,
    question: object,
    body?: string | Uint8Array,
  ): Promise<Record<string, unknown>>;
  /** Starts an operation that can be cancelled. */
  start(name: string, question: object): { cancel(): void; outcome: Promise<string> };
  call(name: string, question: object): string | Uint8Array | undefined;
  /** All that `net.read` or `http.read` gives until the end, and what came at the end. */
  drain(name: string, id: number): Promise<{ body: string; end: unknown }>;
  readonly network: NetworkServices;
  readonly services: HostServices;
}

/** One environment as the host sees it, with the network open to this machine. */
export function guestOf(
  network: NetworkOption = { allow: ['localhost', '127.0.0.1'] },
  options: NetworkServicesOptions = {},
): Guest {
  const service = new NetworkServices(resolveNetworkOptions(network), options);
  const services = new HostServices(() => [service], { bytes: 64_000_000 });
  ends.push(() => services.close());
  const start = (name: string, question: object | string, body?: string | Uint8Array) => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const text = typeof question === 'string' ? question : JSON.stringify(question);
    const task = services.start(name, text, bytes, ({ failed, answer }) => {
      if (failed) reject(JSON.parse(answer as string));
      else resolve(answer);
      // The guest has it.
      task.forget();
    });
    return { cancel: () => task.cancel(), outcome: promise };
  };
  const ask: Guest['ask'] = (name, question, body) => start(name, question, body).outcome;
  return {
    ask,
    start: (name, question) => {
      const { cancel, outcome } = start(name, question);
      return {
        cancel,
        outcome: outcome.then(
          () => 'done',
          (error: { code: string }) => error.code,
        ),
      };
    },
    json: async (name, question, body) => JSON.parse((await ask(name, question, body)) as string),
    call: (name, question) => services.call(name, JSON.stringify(question), undefined),
    drain: async (name, id) => {
      const chunks: Uint8Array[] = [];
      for (;;) {
        const answer = await ask(name, { id });
        if (!(answer instanceof Uint8Array)) {
          return { body: Buffer.concat(chunks).toString(), end: answer };
        }
        chunks.push(answer);
      }
    },
    network: service,
    services,
  };
}
