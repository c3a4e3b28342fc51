import { realNowMs } from '../core/clock.ts';
import type {
  Fault,
  RunningEnvironment,
  RunOutcome,
  RunRequest,
  StartedEnvironment,
  StartRequest,
} from '../invoke/executor.ts';
import { servicesFor } from '../host/environment-services.ts';
import { fileStorage } from '../host/files/storage.ts';
import type { Interception } from '../host/network/interception.ts';
import type { HostServices } from '../host/host-services.ts';
import { ResponseService } from '../host/response.ts';
import { TraceService } from '../host/trace-service.ts';
import {
  emitKind,
  maxPendingOperations,
  readyText,
  type FailureMessage,
} from '../wire/messages.ts';
import { ClockHold } from './clock-hold.ts';
import { EntryMeter } from './entry-meter.ts';
import {
  classifyEntryError,
  readFailure,
  rejectionFailure,
  responseTooLargeFailure,
  thrownFailure,
} from './fault.ts';
import type { Interceptor } from '../network/interceptor.ts';
import type { Entered, GuestIsolate, InvokeArguments } from './guest-isolate.ts';
import { foreseenParts } from './foreseen-parts.ts';
import { readEmit, type GuestMessage, type WantedOperation } from './guest-messages.ts';
import { answerCall, type CallEffects } from './host-answers.ts';
import { describeImportError, ModuleLoader } from './module-loader.ts';
import { LogMeter } from './log-meter.ts';
import { MemoryGauge } from './memory-gauge.ts';
import { PendingWork } from './pending-work.ts';
import { noSources, type Sources } from './source-positions.ts';
import { mapFailure, mapFault, mapLogLine } from './stack-mapper.ts';
import { entryFailure, startMessage, startsAsEsModule } from './start-message.ts';
import { sleepOn } from './sleep.ts';
import { Task, type TaskFacts } from './task.ts';
import type { Watchdog } from './watchdog.ts';

/** What a session needs from the executor it belongs to. */
export interface SessionHost {
  readonly watchdog: Watchdog;
  /** Answers requests of guests in place of the network. */
  readonly interceptor: Interceptor | undefined;
  /** One caller more (1) or less (-1) waits for an answer that was not there at once. */
  readonly onWaiting: (change: 1 | -1) => void;
  /** The isolate was disposed; `entry` is what a pool thread still works on, if it does. */
  readonly onKilled: (entry: Promise<unknown> | undefined) => void;
}

/** Deliveries that run one after the other before the host's event loop gets a turn. */
const mostDeliveriesPerTurn = 16;

const bytesPerMb = 1_048_576;

/**
 * One environment: an isolate, its event loop and the invocation that runs in it. All that the guest
 * sends arrives here and is checked here. Works the same in both tiers: an entry ends at once (`inline`)
 * or later (`thread`), and after each end `#advance` decides what comes next.
 */
export class GuestSession implements RunningEnvironment {
  readonly #guest: GuestIsolate;
  readonly #request: StartRequest;
  readonly #host: SessionHost;
  readonly #loader: ModuleLoader;
  readonly #work: PendingWork;
  /** Only on a clock that is moved by hand. */
  readonly #hold: ClockHold | undefined;
  readonly #services: HostServices;
  readonly #response: ResponseService;
  readonly #traces: TraceService;
  readonly #logs: LogMeter;
  readonly #sources: Sources;
  readonly #memory: MemoryGauge;
  readonly #entry: EntryMeter;
  readonly #imports: { readonly id: number; readonly path: string }[] = [];
  #task: Task | undefined;
  #isAdvancing = false;
  #isAlive = true;
  /** The handler sees a context, so invocations bring the request id along. */
  #needsRequestId = true;
  #isKilled = false;

  constructor(guest: GuestIsolate, request: StartRequest, host: SessionHost) {
    this.#guest = guest;
    this.#request = request;
    this.#host = host;
    this.#loader = new ModuleLoader(guest, request.program);
    const { maxResponseBytes, maxStreamedBytes } = request.settings;
    this.#response = new ResponseService({
      bufferedBytes: maxResponseBytes,
      streamedBytes: maxStreamedBytes,
    });
    const files = {
      code: request.program.files,
      storage: fileStorage(request.storage),
      now: () => request.clock.now(),
    };
    this.#traces = new TraceService(request.onTrace);
    this.#services = servicesFor(
      request.settings,
      files,
      this.#response,
      this.#traces,
      this.#interception(host.interceptor),
    );
    this.#sources = request.mapsSources ? request.program : noSources;
    const isJson = request.settings.logFormat === 'JSON';
    this.#logs = new LogMeter(
      request.onLog,
      () => request.clock.now(),
      (body, kind) => mapLogLine(body, isJson && kind === 'console', this.#sources),
    );
    this.#memory = new MemoryGauge(guest);
    this.#entry = new EntryMeter(guest);
    const { functionName, functionVersion } = request.settings;
    const owner = `${functionName}:${functionVersion}`;
    this.#hold = ClockHold.on(request.clock, owner);
    this.#work = new PendingWork(request.clock, owner, () => {
      if (this.#task !== undefined && !this.#entry.isEntered)
        this.#advance(this.#task, realNowMs());
    });
    const effects: CallEffects = {
      emit: (message) => this.#onEmit(message),
      exit: (status) => this.#onExit(status),
      now: () => request.clock.now(),
      service: (name, text, bytes) => this.#services.call(name, text, bytes),
    };
    guest.listen({
      onEmit: (kind, text, bytes) => this.#onEmit(readEmit(kind, text, bytes)),
      onCall: (kind, text, bytes) => {
        this.#endWhenOverdue();
        return answerCall(kind, text, bytes, request.program, effects);
      },
      onCatastrophe: (message) => this.#onCatastrophe(message),
    });
  }

  #interception(interceptor: Interceptor | undefined): Interception | undefined {
    if (interceptor === undefined) return undefined;
    const { clock, settings } = this.#request;
    return {
      interceptor,
      functionName: settings.functionName,
      requestId: () => this.#task?.requestId,
      now: () => clock.now(),
      sleep: (ms, label, signal) =>
        sleepOn(clock, ms, { label, signal, onWaiting: (change) => this.#hold?.yields(change) }),
      waitFor: (work) => this.#yieldTo(work),
    };
  }

  /** Virtual time goes on while the guest waits for somebody who holds the clock himself. */
  async #yieldTo<T>(work: Promise<T>): Promise<T> {
    this.#hold?.yields(1);
    try {
      return await work;
    } finally {
      this.#hold?.yields(-1);
    }
  }

  /** Runs module top level. */
  start(): StartedEnvironment | Promise<StartedEnvironment> {
    const { program, timeoutMs, cpuMs } = this.#request;
    const entry = program.entry;
    if (entry.kind === 'failed') {
      return { ok: false, fault: { kind: 'init', failure: entryFailure(entry) }, cpuMs: 0 };
    }
    const startedMs = realNowMs();
    const task = this.#begin({ kind: 'init', requestId: undefined, startedMs, timeoutMs, cpuMs });
    if (startsAsEsModule(program)) this.#imports.push({ id: 0, path: entry.path });
    const started = this.#run(task, startedMs, () => {
      this.#guest.defineParts(foreseenParts(program));
      const defined = this.#loader.define(task.entryTimeoutMs());
      const begin = (): Entered =>
        this.#guest.start(startMessage(this.#request, entry), task.entryTimeoutMs());
      return defined === undefined ? begin() : defined.then(begin);
    });
    const asStarted = ({ fault, resultJson, cpuMs: usedMs }: RunOutcome): StartedEnvironment => {
      if (fault !== undefined) return { ok: false, fault, cpuMs: usedMs };
      this.#needsRequestId = resultJson !== readyText.eventOnly;
      return { ok: true, environment: this, cpuMs: usedMs };
    };
    return started instanceof Promise ? started.then(asStarted) : asStarted(started);
  }

  invoke(request: RunRequest): RunOutcome | Promise<RunOutcome> {
    const { requestId, startedMs, timeoutMs, cpuMs } = request;
    const task = this.#begin({ kind: 'invocation', requestId, startedMs, timeoutMs, cpuMs });
    const args = this.#invokeArguments(request);
    this.#response.begin(request.response);
    const entryTimeoutMs = task.entryTimeoutMs(startedMs);
    if (this.#guest.isInline && this.#work.isEmpty) {
      return this.#invokeInline(task, args, entryTimeoutMs);
    }
    this.#work.thaw();
    return this.#run(task, startedMs, () => this.#guest.invoke(args, entryTimeoutMs));
  }

  /**
   * The warm path of `inline` for a handler that answers at once and leaves nothing behind: the same steps
   * as the general path, in line, because each of its calls and closures shows at 100 bytes.
   */
  #invokeInline(
    task: Task,
    args: InvokeArguments,
    entryTimeoutMs: number,
  ): RunOutcome | Promise<RunOutcome> {
    this.#entry.enter(task.startedMs);
    let resultJson: Entered;
    try {
      resultJson = this.#guest.invoke(args, entryTimeoutMs);
    } catch (error) {
      this.#entryFailed(task, error);
      return this.#outcomeOf(task);
    }
    if (typeof resultJson === 'string' && this.#isPlainSuccess(task, resultJson)) {
      const endedMs = realNowMs();
      const spentMs = endedMs - task.startedMs;
      this.#entry.leave();
      this.#task = undefined;
      this.#look(spentMs);
      return { resultJson, fault: undefined, cpuMs: spentMs, endedMs, isAlive: this.#isAlive };
    }
    this.#entryEnded(task, resultJson as string | undefined);
    return this.#outcomeOf(task);
  }

  #isPlainSuccess(task: Task, resultJson: string): boolean {
    return (
      task.completion === undefined &&
      this.#isAlive &&
      this.#work.isEmpty &&
      resultJson.length * 3 <= this.#request.settings.maxResponseBytes
    );
  }

  #invokeArguments(request: RunRequest): InvokeArguments {
    const { eventJson, requestId, extrasJson } = request;
    const nowMs = this.#steadyNowMs();
    if (nowMs !== undefined) return [eventJson, requestId, extrasJson, nowMs];
    if (extrasJson !== undefined) return [eventJson, requestId, extrasJson];
    return this.#needsRequestId ? [eventJson, requestId] : [eventJson];
  }

  /** What the guest is told of a clock that stands still while it runs. */
  #steadyNowMs(): number | undefined {
    return this.#hold === undefined ? undefined : Math.floor(this.#request.clock.now());
  }

  get hasPendingWork(): boolean {
    return !this.#work.isEmpty;
  }

  get peakMemoryBytes(): number {
    return this.#memory.peakBytes;
  }

  dispose(): void {
    const task = this.#task;
    if (task !== undefined) {
      task.fail({ kind: 'engine', message: 'The environment was disposed' });
      this.#finish(task);
    }
    this.#kill();
  }

  #begin(facts: TaskFacts): Task {
    const task = new Task(facts);
    this.#task = task;
    this.#logs.begin(facts.requestId);
    this.#traces.begin(facts.requestId);
    return task;
  }

  /** The first entry of a task; the outcome is there at once when nothing is left to wait for. */
  #run(task: Task, startedMs: number, enter: () => Entered): RunOutcome | Promise<RunOutcome> {
    this.#enter(task, startedMs, enter);
    return this.#outcomeOf(task);
  }

  #outcomeOf(task: Task): RunOutcome | Promise<RunOutcome> {
    if (task.outcome !== undefined) return task.outcome;
    const { promise, resolve } = Promise.withResolvers<RunOutcome>();
    task.resolve = resolve;
    this.#host.onWaiting(1);
    // No promise of isolated-vm is waited for without a deadline of the host's own.
    task.watch = { deadlineMs: task.deadlineMs, onDeadline: () => this.#onDeadline(task) };
    this.#host.watchdog.watch(task.watch);
    if (!this.#entry.isEntered) this.#host.watchdog.hold(task.watch);
    if (this.#hold !== undefined) {
      this.#hold.begin(task.label, task.timeoutMs);
      if (this.#isBlocked) this.#hold.rest();
    }
    return promise;
  }

  /** Runs one entry, then whatever follows from it. */
  #enter(task: Task, startedMs: number, enter: () => Entered): void {
    this.#entry.enter(startedMs);
    let entered: Entered;
    try {
      entered = enter();
    } catch (error) {
      this.#entryFailed(task, error);
      return;
    }
    if (typeof entered !== 'object') {
      this.#entryEnded(task, entered);
      return;
    }
    entered.then(
      (value) => this.#entryEnded(task, value),
      (error: unknown) => this.#entryFailed(task, error),
    );
  }

  #entryEnded(task: Task, value: string | undefined): void {
    this.#charge(task);
    if (this.#task !== task) return;
    if (typeof value === 'string') this.#succeed(task, value);
    this.#advance(task, task.endedMs);
  }

  #entryFailed(task: Task, error: unknown): void {
    this.#charge(task);
    if (this.#task !== task) return;
    const end = classifyEntryError(error);
    if (end.kind === 'thrown') {
      this.#guestThrew(task, rejectionFailure(end), 'rejection');
    } else {
      task.lose(this.#endOf(task, end.kind));
    }
    this.#advance(task, task.endedMs);
  }

  #endOf(task: Task, kind: 'timed-out' | 'out-of-memory' | 'disposed'): Fault {
    if (task.exitStatus !== undefined) return { kind: 'exit', status: task.exitStatus };
    if (task.overdue) return { kind: 'timeout', budget: task.tighterBudget() };
    if (kind === 'timed-out') {
      return { kind: 'timeout', budget: task.tighterBudget() };
    }
    // Nobody here disposed it, or this task would be over: V8 went over the limit outside of an entry.
    return this.#outOfMemory();
  }

  /** V8 ended the isolate over its limit, so all of the memory was in use. */
  #outOfMemory(): Fault {
    this.#memory.raiseTo(this.#request.settings.memoryMb * bytesPerMb);
    return { kind: 'out-of-memory' };
  }

  /** An error came out of the guest that nobody there caught: Node would die of it. */
  #guestThrew(task: Task, message: FailureMessage, origin: 'exception' | 'rejection'): void {
    this.#isAlive = false;
    if (task.completion !== undefined) {
      const { logged } = mapFailure(message, this.#sources);
      this.#logs.write('ERROR', `Unhandled error after the result\t${logged}`);
      return;
    }
    const isInit = task.kind === 'init';
    task.fail(
      isInit ? { kind: 'init', failure: message } : { kind: 'uncaught', failure: message, origin },
    );
  }

  /**
   * No entry runs: go on with what is ready, or finish, or wait. The clock is read once an entry, which is
   * why the time goes along.
   */
  #advance(task: Task, nowMs: number): void {
    // An inline entry ends inside the loop below, which goes on by itself.
    if (this.#isAdvancing) return;
    // A turn that was put off may come after its task.
    if (this.#task === task) this.#hold?.run();
    this.#isAdvancing = true;
    this.#advanceUntilBlocked(task, nowMs);
    this.#isAdvancing = false;
  }

  #advanceUntilBlocked(task: Task, startMs: number): void {
    let nowMs = startMs;
    let deliveries = 0;
    while (this.#task === task && !this.#entry.isEntered) {
      if (task.completion !== undefined) {
        this.#finish(task);
        return;
      }
      if (this.#isBlocked) {
        if (this.#work.isLoopEmpty) this.#finishEmptyLoop(task);
        else this.#wait(task);
        return;
      }
      const budget = task.exhausted(nowMs);
      if (budget !== undefined) {
        task.fail({ kind: 'timeout', budget });
        continue;
      }
      deliveries += 1;
      if (deliveries > mostDeliveriesPerTurn) {
        setImmediate(() => this.#advance(task, realNowMs()));
        return;
      }
      this.#enterNext(task, nowMs);
      nowMs = task.endedMs;
    }
  }

  /** Nothing can be run before something else happens: a timer, an answer, the end of an entry. */
  get #isBlocked(): boolean {
    return !this.#entry.isEntered && this.#imports.length === 0 && !this.#work.hasReady;
  }

  #wait(task: Task): void {
    if (task.watch !== undefined) this.#host.watchdog.hold(task.watch);
    this.#hold?.rest();
  }

  #enterNext(task: Task, nowMs: number): void {
    const wanted = this.#imports.shift();
    if (wanted !== undefined) {
      this.#enterImport(task, wanted.id, wanted.path);
      return;
    }
    const delivery = this.#work.next();
    if (delivery === undefined) return;
    const timeoutMs = task.entryTimeoutMs(nowMs);
    this.#enter(task, nowMs, () => this.#guest.deliver(delivery, timeoutMs, this.#steadyNowMs()));
  }

  /** Links and evaluates an ES module: the entry (id 0), or what `import()` asked for. */
  #enterImport(task: Task, id: number, path: string): void {
    const failed = (error: unknown): string | undefined => {
      const end = classifyEntryError(error);
      if (end.kind !== 'thrown') throw error;
      if (id === 0) {
        const failure = describeImportError(error, thrownFailure(end));
        task.fail({ kind: 'init', failure });
      } else {
        const { name, message, stack } = end;
        this.#work.settle({ id, failed: true, text: JSON.stringify({ name, message, stack }) });
      }
      return undefined;
    };
    const done = (): string | undefined => {
      if (id !== 0) this.#work.settle({ id, failed: false, text: undefined });
      return undefined;
    };
    this.#enter(task, realNowMs(), () => {
      try {
        const before = id === 0 ? this.#request.program.requiredEsModules : [];
        const evaluated = this.#loader.evaluate(path, task.entryTimeoutMs(), before);
        return typeof evaluated === 'object' ? evaluated.then(done, failed) : done();
      } catch (error) {
        return failed(error);
      }
    });
  }

  /** Node would end here: report what was held back for this moment, or that nothing ever comes. */
  #finishEmptyLoop(task: Task): void {
    if (task.heldJson !== undefined) this.#succeed(task, task.heldJson);
    else task.fail({ kind: 'never-settled' });
    this.#finish(task);
  }

  #succeed(task: Task, json: string): void {
    if (this.#response.isTooLarge) {
      const { maxResponseBytes } = this.#request.settings;
      task.fail({ kind: 'handler', failure: responseTooLargeFailure(maxResponseBytes) });
    }
    task.succeed(json, this.#request.settings.maxResponseBytes);
  }

  #finish(task: Task): void {
    const { json, fault } = task.completion ?? {
      json: undefined,
      fault: { kind: 'never-settled' } as const,
    };
    if (fault !== undefined && fault.kind !== 'handler') this.#isAlive = false;
    const body = this.#response.end();
    this.#task = undefined;
    this.#hold?.end();
    if (task.watch !== undefined) this.#host.watchdog.unwatch(task.watch);
    if (this.#isAlive) this.#settleDown(task);
    else this.#kill();
    const { cpuUsedMs: cpuMs, endedMs } = task;
    task.outcome = {
      resultJson: json,
      ...(body !== undefined && fault === undefined && { body }),
      // The user's time is over: a large source map takes tens of milliseconds to read the first time.
      fault: fault && mapFault(fault, this.#sources),
      cpuMs,
      endedMs,
      isAlive: this.#isAlive,
    };
    if (task.resolve === undefined) return;
    this.#host.onWaiting(-1);
    task.resolve(task.outcome);
  }

  /** Between invocations nothing runs: timers pause, or on Node 24 they are dropped. */
  #settleDown(task: Task): void {
    if (!this.#work.isEmpty) {
      const drops = task.kind === 'invocation' && this.#request.settings.runtime !== 'nodejs22.x';
      // Sockets outlive the invocation in either runtime: the process is frozen, not ended.
      if (drops) this.#dropTimers();
      if (!this.#work.isEmpty) this.#work.freeze();
    }
    this.#look(task.kind === 'init' ? Infinity : task.cpuUsedMs);
  }

  /** The result stands, but an isolate that went over its limit with it runs nothing more. */
  #look(cpuMs: number): void {
    if (this.#memory.sample(cpuMs)) return;
    this.#outOfMemory();
    this.#kill();
  }

  #dropTimers(): void {
    this.#work.clearTimers();
    this.#imports.length = 0;
  }

  #kill(): void {
    if (this.#isKilled) return;
    this.#isKilled = true;
    this.#isAlive = false;
    this.#imports.length = 0;
    this.#work.clear();
    this.#hold?.close();
    this.#services.close();
    const entry = this.#guest.entryInFlight;
    this.#guest.dispose();
    this.#host.onKilled(entry);
    if (entry !== undefined) this.#guest.abandonEntry();
  }

  #charge(task: Task): void {
    this.#entry.leave();
    this.#entry.charge(task);
  }

  #onDeadline(task: Task): void {
    if (this.#task !== task) return;
    if (this.#entry.isEntered) this.#entry.charge(task);
    else task.endedMs = realNowMs();
    const waitedFor = this.#hold?.isFree === true ? this.#work.nextTimer() : undefined;
    task.lose({ kind: 'timeout', budget: 'wall', ...(waitedFor !== undefined && { waitedFor }) });
    this.#finish(task);
  }

  #onExit(status: number): void {
    if (this.#task !== undefined) this.#task.exitStatus = status;
    // The guest waits inside this call and loops behind it; V8 ends it at the next look, its entry rejects.
    this.#guest.endIsolate();
  }

  /** A guest that keeps asking the host must not outlive its budget by that. */
  #endWhenOverdue(): void {
    const task = this.#task;
    if (task === undefined || !this.#entry.isOverdue(task)) return;
    task.overdue = true;
    this.#guest.endIsolate();
  }

  #onCatastrophe(message: string): void {
    const task = this.#task;
    if (task === undefined) return;
    this.#entry.charge(task);
    const isMemory = message.includes('out-of-memory');
    task.lose(isMemory ? this.#outOfMemory() : { kind: 'timeout', budget: 'cpu' });
    this.#finish(task);
  }

  #onEmit(message: GuestMessage | undefined): void {
    const task = this.#task;
    // What is not as agreed, or comes when nothing runs, is dropped.
    if (message === undefined || task === undefined) return;
    switch (message.kind) {
      case emitKind.result:
        this.#succeed(task, message.text);
        return;
      case emitKind.ready:
        if (task.kind === 'init') this.#succeed(task, message.text);
        return;
      case emitKind.heldResult:
        task.heldJson = message.text;
        return;
      case emitKind.failure:
        task.fail({ kind: 'handler', failure: readFailure(message.text) });
        return;
      case emitKind.initFailure:
        task.fail({ kind: 'init', failure: readFailure(message.text) });
        return;
      case emitKind.uncaught:
        this.#guestThrew(task, readFailure(message.text), 'exception');
        return;
      case emitKind.log:
        this.#logs.console(message);
        return;
      case emitKind.rawOutput:
        this.#logs.raw(message.text);
        return;
      case emitKind.startImmediate:
        if (this.#work.size < maxPendingOperations) this.#work.addImmediate(message.id);
        return;
      case emitKind.startOperation:
        this.#startOperation(message);
        return;
      case emitKind.cancelOperation:
        this.#work.cancel(message.id);
        this.#hold?.ended(message.id);
        return;
      case emitKind.refOperation:
        this.#work.setRef(message.id, message.isRef);
        this.#hold?.setRef(message.id, message.isRef);
        return;
    }
  }

  #startOperation(message: Extract<GuestMessage, { kind: typeof emitKind.startOperation }>): void {
    const { id, operation } = message;
    // The guest refuses one more by itself, with an error; this is for one that does not.
    if (this.#work.size >= maxPendingOperations) return;
    if (operation.name === 'timer') {
      this.#work.addTimer(id, operation.delayMs, operation.repeats);
    } else if (operation.name === 'host') {
      this.#startHostOperation(id, operation);
    } else if (this.#imports.length < maxPendingOperations) {
      this.#work.addOperation(id);
      this.#imports.push({ id, path: operation.path });
    }
  }

  #startHostOperation(id: number, wanted: Extract<WantedOperation, { name: 'host' }>): void {
    const { service, text, bytes } = wanted;
    const task = this.#services.start(service, text, bytes, ({ failed, answer }) => {
      const isBytes = typeof answer === 'object';
      this.#work.settle({
        id,
        failed,
        text: isBytes ? undefined : answer,
        ...(isBytes && { bytes: answer }),
      });
      this.#hold?.ended(id);
    });
    this.#work.addHostOperation(id, task);
    this.#hold?.started(id, service);
  }
}
