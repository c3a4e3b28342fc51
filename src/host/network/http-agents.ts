import { Agent, type ClientRequestArgs } from 'node:http';
import { Agent as SecureAgent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { hangUp } from './network-failure.ts';
import type { EgressDoor } from '../../network/egress-door.ts';

type OnCreated = (error: Error | null, stream: Duplex) => void;

/** Connections that wait for the next request to the same host. */
const mostFree = 64;
const agentOptions = { keepAlive: true, maxFreeSockets: mostFree, scheduling: 'lifo' } as const;

/** The connections of one environment: they are reused, and new ones are made at the door. */
export class HttpAgents {
  readonly plain: Agent;
  readonly secure: SecureAgent;
  readonly #closing = new AbortController();

  constructor(door: EgressDoor) {
    this.plain = new DoorAgent(door, this.#closing.signal);
    this.secure = new SecureDoorAgent(door, this.#closing.signal);
  }

  close(): void {
    this.#closing.abort(hangUp());
    this.plain.destroy();
    this.secure.destroy();
  }
}

class DoorAgent extends Agent {
  readonly #door: EgressDoor;
  readonly #signal: AbortSignal;

  constructor(door: EgressDoor, signal: AbortSignal) {
    super(agentOptions);
    this.#door = door;
    this.#signal = signal;
  }

  override createConnection(options: ClientRequestArgs, created?: OnCreated): undefined {
    connectFor(this.#door, options, this.#signal, created, (socket) => socket);
  }
}

/** With TLS, whose sessions are resumed. */
class SecureDoorAgent extends SecureAgent {
  readonly #door: EgressDoor;
  readonly #signal: AbortSignal;

  constructor(door: EgressDoor, signal: AbortSignal) {
    super(agentOptions);
    this.#door = door;
    this.#signal = signal;
  }

  override createConnection(options: RequestOptions, created?: OnCreated): undefined {
    connectFor(this.#door, options, this.#signal, created, (socket) => {
      const secured = super.createConnection({ ...options, socket } as RequestOptions);
      if (secured == null) throw new TypeError('The agent made no connection');
      return secured;
    });
  }

  /** Requests with different certificates or checks must not share a connection. */
  override getName(options?: RequestOptions & { contextKey?: string }): string {
    return `${super.getName(options)}:${options?.contextKey ?? ''}`;
  }
}

function connectFor(
  door: EgressDoor,
  options: ClientRequestArgs,
  signal: AbortSignal,
  created: OnCreated | undefined,
  wrap: (socket: Duplex) => Duplex,
): void {
  const target = {
    host: options.host ?? 'localhost',
    port: Number(options.port),
    family: options.family === 4 || options.family === 6 ? options.family : 0,
  } as const;
  const failed = (error: unknown): void => {
    const reason = error instanceof Error ? error : new Error('The connection failed');
    // Node's type asks for a stream even beside an error.
    created?.(reason, undefined as unknown as Duplex);
  };
  door.connect(target, signal).then((socket) => {
    socket.setNoDelay(true);
    try {
      created?.(null, wrap(socket));
    } catch (error) {
      socket.destroy();
      failed(error);
    }
  }, failed);
}
