import { randomUUID } from 'node:crypto';
import type { Endpoints, Listing } from '../inspect/endpoints.ts';
import type {
  Fault,
  InspectSettings,
  LogRecord,
  RunningEnvironment,
  RunOutcome,
  RunRequest,
  StartedEnvironment,
  StartRequest,
} from '../invoke/executor.ts';
import { holdWhileShown } from './clock-hold.ts';
import type { GuestSession } from './guest-session.ts';
import { InspectedBudget, unlimitedMs } from './inspected-budget.ts';
import type { InspectedGuest } from './inspected-guest.ts';
import { fileUrl, InspectorScripts } from './inspector-scripts.ts';
import { InspectorTarget } from './inspector-target.ts';

/** Makes the session that runs in the guest. */
export type OpenSession = (guest: InspectedGuest, request: StartRequest) => GuestSession;

/**
 * An environment that a debugger can attach to, from before its module top level runs until it ends. Runs
 * everything in an ordinary session, whose own limits are out of reach.
 */
export class InspectedEnvironment implements RunningEnvironment {
  readonly #session: GuestSession;
  readonly #target: InspectorTarget;
  readonly #budget: InspectedBudget;
  readonly #request: StartRequest;
  /** A debugger is there, or the environment is to end. */
  readonly #ready = Promise.withResolvers<void>();
  #listing: Listing | undefined;
  /** What went over a limit, or ended the environment from outside. */
  #fault: Fault | undefined;
  #isDisposed = false;

  constructor(guest: InspectedGuest, request: StartRequest, open: OpenSession) {
    const { program, settings } = request;
    const { functionName, functionVersion, memoryMb } = settings;
    const entry = program.entry;
    this.#request = request;
    this.#target = new InspectorTarget({
      id: randomUUID(),
      title: `${functionName}[${functionVersion}]`,
      url: entry.kind === 'found' ? fileUrl(entry.path) : '',
      channel: guest.channel,
      scripts: new InspectorScripts(program),
      onChange: () => this.#budget.setAttached(this.#target.state === 'attached'),
      onReady: () => this.#ready.resolve(),
    });
    this.#budget = new InspectedBudget(guest, memoryMb, (fault) => this.#stop(fault));
    const onLog = (record: LogRecord): void => {
      this.#target.log(record, settings.logFormat === 'JSON' && record.kind === 'console');
      request.onLog(record);
    };
    this.#session = open(guest, { ...request, onLog, timeoutMs: unlimitedMs, cpuMs: unlimitedMs });
  }

  /** Shows itself to debuggers, waits for one if it must, then runs module top level. */
  async start(endpoints: Endpoints, settings: InspectSettings): Promise<StartedEnvironment> {
    const release = holdWhileShown(this.#request);
    try {
      await this.#show(endpoints, settings);
    } finally {
      release();
    }
    if (this.#fault !== undefined) return { ok: false, fault: this.#fault, cpuMs: 0 };
    this.#budget.begin(this.#request.timeoutMs);
    const started = await this.#session.start();
    this.#budget.end();
    if (started.ok) return { ...started, environment: this };
    const fault = this.#fault ?? started.fault;
    // The session disposed its isolate, unless it never got that far.
    this.dispose();
    return { ...started, fault };
  }

  async invoke(request: RunRequest): Promise<RunOutcome> {
    this.#budget.begin(request.timeoutMs);
    const outcome = await this.#session.invoke({
      ...request,
      timeoutMs: unlimitedMs,
      cpuMs: unlimitedMs,
    });
    this.#budget.end();
    if (this.#fault !== undefined) {
      return { ...outcome, resultJson: undefined, fault: this.#fault, isAlive: false };
    }
    if (!outcome.isAlive) this.#leave();
    return outcome;
  }

  get hasPendingWork(): boolean {
    return this.#session.hasPendingWork;
  }

  get peakMemoryBytes(): number {
    return this.#session.peakMemoryBytes;
  }

  dispose(): void {
    this.#fault ??= { kind: 'engine', message: 'The environment was disposed' };
    this.#leave();
    this.#session.dispose();
  }

  async #show(endpoints: Endpoints, settings: InspectSettings): Promise<void> {
    this.#target.isWaiting = settings.waitForDebugger;
    if (this.#fault !== undefined) return;
    try {
      const listing = await endpoints.add(settings, this.#target);
      if (this.#isDisposed) listing.remove();
      else this.#listing = listing;
    } catch (error) {
      this.dispose();
      throw error;
    }
    if (settings.waitForDebugger) await this.#waitForDebugger();
  }

  async #waitForDebugger(): Promise<void> {
    this.#listing?.hold();
    await this.#ready.promise;
    this.#listing?.release();
    this.#target.isWaiting = false;
  }

  #stop(fault: Fault): void {
    this.#fault ??= fault;
    this.dispose();
  }

  /** Nobody can attach any more. */
  #leave(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#ready.resolve();
    this.#budget.end();
    this.#target.close();
    this.#listing?.remove();
  }
}
