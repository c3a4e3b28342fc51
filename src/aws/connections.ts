import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';

/** How long a server that closes waits for a client to read an answer that is complete. */
const lingerMs = 10_000;

/**
 * The connections of a server, so that one that closes waits for requests that run and for nothing else: Node's own
 * `close` also waits for clients that never send the rest of their request, or anything at all.
 */
export class Connections {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #open = new Set<Socket>();
  readonly #running = new Map<ServerResponse, IncomingMessage>();

  constructor(server: Server, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
    server.on('request', (request, response) => {
      this.#running.set(response, request);
      response.once('close', () => this.#ended(response));
    });
  }

  /** Stops listening; resolves when the requests that have arrived whole are answered. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#keepOnly((request) => request.complete);
    const linger = this.#linger();
    await promise;
    linger.cancel();
  }

  /** A connection that was busy when the server closed would be kept for its next request. */
  #ended(response: ServerResponse): void {
    this.#running.delete(response);
    if (!this.#server.listening) this.#server.closeIdleConnections();
  }

  #linger(): { cancel(): void } {
    const label = 'a server that closes waits for its clients to read';
    const wait = () =>
      this.#clock.setTimer(
        () => {
          this.#keepOnly((_request, response) => !response.writableEnded);
          timer = wait();
        },
        lingerMs,
        { label, keepAlive: false },
      );
    let timer = wait();
    return { cancel: () => timer.cancel() };
  }

  #keepOnly(isBusy: (request: IncomingMessage, response: ServerResponse) => boolean): void {
    const busy = new Set<Socket>();
    for (const [response, request] of this.#running) {
      if (isBusy(request, response)) busy.add(request.socket);
    }
    for (const socket of this.#open) if (!busy.has(socket)) socket.destroy();
  }
}
