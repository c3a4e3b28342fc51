import { realNowMs, setRealTimer } from '../../core/clock.ts';
import { EgressDoor, type EgressDoorOptions, type EgressStats } from '../../network/egress-door.ts';
import type { ResolvedNetwork } from '../../network/network-options.ts';
import { listeningMs } from '../listening.ts';
import {
  ServiceError,
  type HostAnswer,
  type HostCall,
  type HostOperation,
  type Service,
} from '../service.ts';
import { dnsService } from './dns-service.ts';
import { Handles } from './handles.ts';
import { http2Service } from './http2-service.ts';
import { Interceptions, type Interception } from './interception.ts';
import { httpService } from './http-service.ts';
import { networkFailure } from './network-failure.ts';
import { socketService, type NetworkRoom } from './socket-service.ts';
import { TlsOptions } from './tls-options.ts';

export interface NetworkServicesOptions extends EgressDoorOptions {
  /**
   * One operation may take this long, in milliseconds. Waiting for bytes of the other side may take as long
   * as the environment lives: idle connections stay open between invocations.
   * @default 900_000, the longest invocation
   */
  readonly operationTimeoutMs?: number;
  /** Answers requests in place of the network, unless there is none for the function. */
  readonly interception?: Interception | undefined;
}

export interface NetworkStats extends EgressStats {
  readonly operations: number;
  readonly failures: number;
  /** Time that operations took, added up, in milliseconds. */
  readonly waitedMs: number;
}

/** All that one environment may ask of the network. Door and tables are made at the first question. */
export class NetworkServices implements Service {
  readonly operations: Readonly<Record<string, HostOperation>>;
  readonly calls: Readonly<Record<string, HostCall>>;
  readonly #room: LazyRoom;
  readonly #services: readonly Service[];
  readonly #operationTimeoutMs: number;
  #operations = 0;
  #failures = 0;
  #waitedMs = 0;

  constructor(network: ResolvedNetwork, options: NetworkServicesOptions = {}) {
    this.#operationTimeoutMs = options.operationTimeoutMs ?? 900_000;
    this.#room = new LazyRoom(network, options);
    this.#services = [
      socketService(this.#room),
      httpService(this.#room),
      http2Service(this.#room),
      dnsService(this.#room),
    ];
    const operations: Record<string, HostOperation> = {};
    const calls: Record<string, HostCall> = {};
    for (const service of this.#services) {
      for (const [name, operation] of Object.entries(service.operations ?? {})) {
        operations[name] = (text, bytes, signal) =>
          this.#operate(name, (limited) => operation(text, bytes, limited), signal);
      }
      for (const [name, call] of Object.entries(service.calls ?? {})) {
        calls[name] = (text, bytes) => this.#call(() => call(text, bytes));
      }
    }
    this.operations = operations;
    this.calls = calls;
  }

  stats(): NetworkStats {
    return {
      ...this.#room.door.stats(),
      operations: this.#operations,
      failures: this.#failures,
      waitedMs: this.#waitedMs,
    };
  }

  close(): void {
    for (const service of this.#services) service.close?.();
    this.#room.close();
  }

  #call(ask: () => HostAnswer): HostAnswer {
    try {
      return ask();
    } catch (error) {
      throw networkFailure(error);
    }
  }

  async #operate(
    name: string,
    start: (signal: AbortSignal) => Promise<HostAnswer>,
    signal: AbortSignal,
  ): Promise<HostAnswer> {
    const startedMs = realNowMs();
    this.#operations += 1;
    try {
      return await (listeningMs(name) !== undefined
        ? start(signal)
        : this.#limited(name, start, signal));
    } catch (error) {
      this.#failures += 1;
      throw networkFailure(error);
    } finally {
      this.#waitedMs += realNowMs() - startedMs;
    }
  }

  async #limited(
    name: string,
    start: (signal: AbortSignal) => Promise<HostAnswer>,
    signal: AbortSignal,
  ): Promise<HostAnswer> {
    const limitMs = this.#operationTimeoutMs;
    const deadline = new AbortController();
    const timer = setRealTimer(() => {
      deadline.abort(new ServiceError('ETIMEDOUT', `${name} took longer than ${limitMs} ms`));
    }, limitMs);
    // The deadline ends with the environment; it must not keep a finished process alive.
    timer.unref();
    try {
      return await start(AbortSignal.any([signal, deadline.signal]));
    } finally {
      timer.cancel();
    }
  }
}

/** What the services share, made when the first of them needs it. */
class LazyRoom implements NetworkRoom {
  readonly handles: Handles = new Handles();
  readonly tls: TlsOptions = new TlsOptions();
  readonly interceptions: Interceptions | undefined;
  readonly #network: ResolvedNetwork;
  readonly #options: EgressDoorOptions;
  #door: EgressDoor | undefined;
  #isClosed = false;

  constructor(network: ResolvedNetwork, options: NetworkServicesOptions) {
    this.#network = network;
    const { interception } = options;
    const isOpen = interception !== undefined && network.mode !== 'none';
    this.interceptions = isOpen ? new Interceptions(interception) : undefined;
    this.#options = options;
  }

  get door(): EgressDoor {
    if (this.#door !== undefined) return this.#door;
    this.#door = new EgressDoor(this.#network, this.#options);
    if (this.#isClosed) this.#door.close();
    return this.#door;
  }

  close(): void {
    this.#isClosed = true;
    this.handles.close();
    this.#door?.close();
  }
}
