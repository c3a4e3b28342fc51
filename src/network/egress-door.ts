import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { constants, networkInterfaces } from 'node:os';
import PQueue from 'p-queue';
import { setRealTimer } from '../core/clock.ts';
import { abortable } from './abortable.ts';
import { closedBecause } from './address-rules.ts';
import { AllowList } from './allow-list.ts';
import { EgressError, egressErrorOf, refusal } from './egress-error.ts';
import { SystemNames, type Address, type NameService, type RecordType } from './name-service.ts';
import type { ResolvedNetwork } from './network-options.ts';

/** Where a guest wants to go. */
export interface EgressTarget {
  /** A name or an address, as the guest wrote it. */
  readonly host: string;
  readonly port: number;
  /** @default 0, both */
  readonly family?: 0 | 4 | 6;
  /** Whether it stays open for writing when the other side has ended. @default false */
  readonly allowHalfOpen?: boolean;
}

/**
 * The one place where an embedder may answer a connection itself: the socket that it gives takes the place
 * of the connection, and nothing is resolved, checked or connected. `undefined` lets the door go on.
 */
export type Intercept = (
  target: EgressTarget,
  signal: AbortSignal,
) => Socket | undefined | Promise<Socket | undefined>;

export interface EgressDoorOptions {
  /** @default the names of this machine */
  readonly names?: NameService;
  readonly intercept?: Intercept | undefined;
  /** From asking for the name to a connected socket. @default 60_000 */
  readonly connectTimeoutMs?: number;
  /** As many as AWS allows file descriptors. @default 1024 */
  readonly maxSockets?: number;
}

export interface EgressStats {
  readonly openSockets: number;
  /** Connections that were made. */
  readonly connections: number;
  /** Connections and questions that the rules refused. */
  readonly refusals: number;
  readonly lookups: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Lookups occupy threads that the whole process shares, so one environment gets a few at a time. */
const lookupsAtOnce = 8;
const mostLookupsWaiting = 1_024;

/**
 * The only way from a guest to the network, one for each environment: every connection and every question
 * about a name goes through it. It resolves names itself, checks each address and connects to what it
 * checked, so a name that changes its address in between gains nothing.
 */
export class EgressDoor {
  readonly #mode: ResolvedNetwork['mode'];
  readonly #allow: AllowList;
  readonly #names: NameService;
  readonly #intercept: Intercept | undefined;
  readonly #connectTimeoutMs: number;
  readonly #maxSockets: number;
  readonly #open = new Set<Socket>();
  readonly #lookupQueue = new PQueue({ concurrency: lookupsAtOnce });
  #ownAddresses: ReadonlySet<string> | undefined;
  #connecting = 0;
  #connections = 0;
  #refusals = 0;
  #lookups = 0;
  #closedBytesIn = 0;
  #closedBytesOut = 0;
  #isClosed = false;

  constructor(network: ResolvedNetwork, options: EgressDoorOptions = {}) {
    const {
      names = new SystemNames(),
      intercept,
      connectTimeoutMs = 60_000,
      maxSockets = 1_024,
    } = options;
    this.#mode = network.mode;
    this.#allow = new AllowList(network.allow);
    this.#names = names;
    this.#intercept = intercept;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#maxSockets = maxSockets;
  }

  /** A connected socket. @throws EgressError with Node's codes, `EACCES` for what the rules refuse */
  async connect(target: EgressTarget, signal: AbortSignal): Promise<Socket> {
    const where = `${target.host}:${target.port}`;
    if (this.#isClosed) throw connectError('ECANCELED', where);
    if (this.#open.size + this.#connecting >= this.#maxSockets) throw connectError('EMFILE', where);
    const deadline = new AbortController();
    const timer = setRealTimer(
      () => deadline.abort(connectError('ETIMEDOUT', where)),
      this.#connectTimeoutMs,
    );
    this.#connecting += 1;
    try {
      return this.#adopt(await this.#dial(target, AbortSignal.any([signal, deadline.signal])));
    } catch (error) {
      throw egressErrorOf(error) ?? error;
    } finally {
      this.#connecting -= 1;
      timer.cancel();
    }
  }

  /** The addresses of a name that a guest may know: those that it may connect to on some port. */
  async lookup(name: string, family: 0 | 4 | 6, signal: AbortSignal): Promise<readonly Address[]> {
    return this.#permitted({ host: name, port: undefined, family }, 'getaddrinfo', signal);
  }

  /** Records of a name. Addresses among them are not checked: connecting to them is. */
  async resolve(name: string, type: RecordType, signal: AbortSignal): Promise<readonly unknown[]> {
    this.#refuseWithoutNetwork('query', name);
    checkName(name, 'query');
    return this.#ask(() => this.#names.resolve(name, type), signal);
  }

  /** Names of an address. @throws EgressError `EACCES` for an address that is closed to the guest */
  async reverse(address: string, signal: AbortSignal): Promise<readonly string[]> {
    this.#refuseWithoutNetwork('getHostByAddr', address);
    const closed = this.#whyClosed({ host: address, port: undefined }, address);
    if (closed !== undefined)
      throw this.#refused('getHostByAddr', `${address}, which is ${closed}`);
    return this.#ask(() => this.#names.reverse(address), signal);
  }

  stats(): EgressStats {
    let bytesIn = this.#closedBytesIn;
    let bytesOut = this.#closedBytesOut;
    for (const socket of this.#open) {
      bytesIn += socket.bytesRead;
      bytesOut += socket.bytesWritten;
    }
    return {
      openSockets: this.#open.size,
      connections: this.#connections,
      refusals: this.#refusals,
      lookups: this.#lookups,
      bytesIn,
      bytesOut,
    };
  }

  /** Ends every connection; from now on there are no more. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#open) socket.destroy();
  }

  async #dial(target: EgressTarget, signal: AbortSignal): Promise<Socket> {
    const intercepted = await this.#intercept?.(target, signal);
    if (intercepted !== undefined) return intercepted;
    const addresses = await this.#permitted(target, 'connect', signal);
    return dialAny(target, addresses, signal);
  }

  /** Addresses of the target that are open to this environment; never an empty list. */
  async #permitted(
    target: {
      readonly host: string;
      readonly port: number | undefined;
      readonly family?: 0 | 4 | 6;
    },
    syscall: 'connect' | 'getaddrinfo',
    signal: AbortSignal,
  ): Promise<readonly Address[]> {
    const { host, port, family = 0 } = target;
    this.#refuseWithoutNetwork(syscall, port === undefined ? host : `${host}:${port}`);
    checkName(host, 'getaddrinfo');
    const version = isIP(host);
    const found =
      version === 0
        ? await this.#ask(() => this.#names.lookup(host, family), signal)
        : [{ address: host, family: version === 6 ? 6 : 4 } as const];
    const open = found.filter(({ address }) => this.#whyClosed(target, address) === undefined);
    const [first] = found;
    if (first === undefined) throw notFound(host);
    if (open.length > 0) return open;
    const closed = this.#whyClosed(target, first.address) ?? 'closed';
    const where = port === undefined ? host : `${host}:${port}`;
    const is = version === 0 ? `it resolves to ${first.address}, which is` : 'it is';
    throw this.#refused(
      syscall,
      `${where}: ${is} ${closed}. To open it, name it in the function's option \`network\`: ` +
        `{ allow: [${JSON.stringify(where)}] }`,
      { address: first.address, ...(port !== undefined && { port }) },
    );
  }

  #whyClosed(
    target: { readonly host: string; readonly port: number | undefined },
    address: string,
  ): string | undefined {
    if (this.#allow.opens(target.host, target.port, address)) return undefined;
    const because = closedBecause(address);
    if (because !== undefined) return because;
    this.#ownAddresses ??= new Set(
      Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((own) => own.address)),
    );
    return this.#ownAddresses.has(address) ? 'an address of this host' : undefined;
  }

  async #ask<T>(question: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#lookupQueue.size >= mostLookupsWaiting) {
      throw new EgressError('EAI_AGAIN', 'getaddrinfo EAI_AGAIN: too many names wait', {
        syscall: 'getaddrinfo',
      });
    }
    this.#lookups += 1;
    // A question that has been asked occupies its thread whether anybody waits or not, and so its place here:
    // the queue hears only of those who give up before.
    const waiting = new AbortController();
    const onAbort = (): void => waiting.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      const asked = this.#lookupQueue.add(
        () => {
          signal.removeEventListener('abort', onAbort);
          if (this.#isClosed) throw notFound('', 'getaddrinfo');
          return question();
        },
        { signal: waiting.signal },
      );
      return await abortable(asked, signal);
    } catch (error) {
      throw egressErrorOf(error) ?? error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #refuseWithoutNetwork(syscall: string, where: string): void {
    if (this.#mode !== 'none') return;
    throw this.#refused(
      syscall,
      `${where}: the function's option \`network\` is "none"; "public" opens public addresses`,
    );
  }

  #refused(
    syscall: string,
    message: string,
    fields: Readonly<Record<string, string | number>> = {},
  ): EgressError {
    this.#refusals += 1;
    return refusal(syscall, message, fields);
  }

  #adopt(socket: Socket): Socket {
    // Its owner reads errors where it reads data; one that comes in between must not end the process.
    socket.on('error', () => {});
    if (this.#isClosed) socket.destroy();
    this.#connections += 1;
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#closedBytesIn += socket.bytesRead;
      this.#closedBytesOut += socket.bytesWritten;
    });
    return socket;
  }
}

/** Connects to one of the addresses, trying both families as Node does; resolves nothing again. */
async function dialAny(
  target: EgressTarget,
  addresses: readonly Address[],
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connectSocket({
    host: target.host,
    port: target.port,
    allowHalfOpen: target.allowHalfOpen ?? false,
    autoSelectFamily: true,
    lookup: (_host, _options, callback) => callback(null, [...addresses]),
  });
  const onAbort = (): void => {
    reject(signal.reason);
    socket.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('error', reject);
  socket.once('connect', () => resolve(socket));
  try {
    await promise;
    return socket;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Refuses what no resolver should see; the resolver knows the rest. */
function checkName(name: string, syscall: string): void {
  if (name !== '' && name.length <= 255 && !/[\s\p{Cc}]/u.test(name)) return;
  throw notFound(name, syscall);
}

function notFound(hostname: string, syscall = 'getaddrinfo'): EgressError {
  return new EgressError('ENOTFOUND', `${syscall} ENOTFOUND ${hostname}`, {
    // libuv's UV_EAI_NONAME, as Node reports it
    errno: -3008,
    syscall,
    hostname,
  });
}

function connectError(code: 'ECANCELED' | 'EMFILE' | 'ETIMEDOUT', where: string): EgressError {
  return new EgressError(code, `connect ${code} ${where}`, {
    errno: -constants.errno[code],
    syscall: 'connect',
  });
}
