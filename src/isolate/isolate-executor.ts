import { availableParallelism } from 'node:os';
import { ClosedError } from '../core/errors.ts';
import type { Program } from '../core/program.ts';
import type {
  EnvironmentStorage,
  Executor,
  ExecutorStats,
  InspectSettings,
  StartedEnvironment,
  StartRequest,
} from '../invoke/executor.ts';
import { FileStorage } from '../host/files/storage.ts';
import type { Endpoints } from '../inspect/endpoints.ts';
import type { Interceptor } from '../network/interceptor.ts';
import { BlankPool } from './blank-pool.ts';
import { holdWhileShown } from './clock-hold.ts';
import { produceCodeCache } from './compile-cache.ts';
import { selfTest } from './engine.ts';
import type { GuestIsolate, Tier } from './guest-isolate.ts';
import { GuestSession } from './guest-session.ts';
import { InspectedEnvironment } from './inspected-environment.ts';
import { InspectedGuest } from './inspected-guest.ts';
import { RunSlots } from './run-slots.ts';
import { Watchdog } from './watchdog.ts';
import { Zombies } from './zombies.ts';

export interface IsolateExecutorOptions {
  /**
   * `inline` runs guests on the caller's thread, fastest and for code you trust not to hang it; `thread`
   * runs them on isolated-vm's pool and keeps the host's event loop free.
   */
  readonly tier: 'inline' | 'thread';
  /** Bootstrapped isolates kept ready for each memory limit in use. */
  readonly blanks: number;
  /** Isolates that run at one time in `thread`. @default the number of cores */
  readonly parallelism?: number;
  /** Told when a thread is lost or comes back. */
  readonly onZombies?: (count: number) => void;
  /** Where inspected environments show themselves; without it, none is. */
  readonly endpoints?: Endpoints;
  /** Answers requests of guests in place of the network. */
  readonly interceptor?: Interceptor | undefined;
}

/** Memory that V8 needs at the least, in MB; isolated-vm refuses less. */
const leastMemoryMb = 8;

/** What of the memory setting goes to the host's side of an environment, in MB. */
const hostOverheadMb = 1;

/** The tiers `inline` and `thread`: isolates of isolated-vm in this process. */
export class IsolateExecutor implements Executor {
  readonly #slots: RunSlots | undefined;
  readonly #blanks: BlankPool;
  readonly #watchdog = new Watchdog();
  readonly #zombies: Zombies;
  readonly #sessions = new Set<{ dispose(): void }>();
  readonly #endpoints: Endpoints | undefined;
  readonly #interceptor: Interceptor | undefined;
  /** Callers that wait for an answer that was not there at once. */
  #waiting = 0;
  #isClosed = false;

  constructor(options: IsolateExecutorOptions) {
    const { parallelism = availableParallelism() } = options;
    this.#slots = options.tier === 'inline' ? undefined : new RunSlots(parallelism);
    const tier: Tier =
      this.#slots === undefined ? { kind: 'inline' } : { kind: 'thread', slots: this.#slots };
    this.#blanks = new BlankPool(tier, options.blanks, () => this.#waiting > 0);
    this.#zombies = new Zombies(options.onZombies ?? (() => {}));
    this.#endpoints = options.endpoints;
    this.#interceptor = options.interceptor;
  }

  async prepare(program: Program, memoryMb: number): Promise<void> {
    await Promise.all([selfTest(), produceCodeCache(program)]);
    this.#blanks.stock(isolateLimitMb(memoryMb));
  }

  start(request: StartRequest): StartedEnvironment | Promise<StartedEnvironment> {
    if (this.#isClosed) throw new ClosedError();
    if (request.inspect !== undefined && this.#endpoints !== undefined) {
      return this.#startInspected(request, request.inspect, this.#endpoints);
    }
    const guest = this.#blanks.take(isolateLimitMb(request.settings.memoryMb));
    return this.#open(guest, request).start();
  }

  #open(guest: GuestIsolate, request: StartRequest, onEnd = (): void => {}): GuestSession {
    const session: GuestSession = new GuestSession(guest, request, {
      watchdog: this.#watchdog,
      interceptor: this.#interceptor,
      onWaiting: (change) => {
        this.#waiting += change;
      },
      onKilled: (entry) => {
        this.#sessions.delete(session);
        onEnd();
        if (entry !== undefined) this.#zombies.track(entry);
      },
    });
    this.#sessions.add(session);
    return session;
  }

  /** In an isolate of its own: V8 must know from the start that it may be inspected. */
  async #startInspected(
    request: StartRequest,
    settings: InspectSettings,
    endpoints: Endpoints,
  ): Promise<StartedEnvironment> {
    const release = holdWhileShown(request);
    const guest = await InspectedGuest.create(isolateLimitMb(request.settings.memoryMb)).finally(
      release,
    );
    const environment: InspectedEnvironment = new InspectedEnvironment(
      guest,
      request,
      (inspected, unlimited) =>
        this.#open(inspected, unlimited, () => {
          this.#sessions.delete(environment);
          if (inspected.ended !== undefined) this.#zombies.track(inspected.ended);
        }),
    );
    this.#sessions.add(environment);
    // Closed while the isolate was made.
    if (this.#isClosed) environment.dispose();
    return environment.start(endpoints, settings);
  }

  createStorage(ephemeralStorageMb: number): EnvironmentStorage {
    return new FileStorage(ephemeralStorageMb);
  }

  relief(): Promise<void> | undefined {
    return this.#slots?.relief();
  }

  stats(): ExecutorStats {
    return { blanks: this.#blanks.size, zombies: this.#zombies.count };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#blanks.close();
    for (const session of [...this.#sessions]) session.dispose();
    this.#watchdog.close();
    await this.#zombies.settle();
  }
}

function isolateLimitMb(memoryMb: number): number {
  return Math.max(leastMemoryMb, memoryMb - hostOverheadMb);
}
