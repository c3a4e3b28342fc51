import { realNowMs } from '../core/clock.ts';
import type { Fault, RunOutcome } from '../invoke/executor.ts';
import { responseTooLargeFailure } from './fault.ts';
import type { Watch } from './watchdog.ts';

export type Completion =
  | { readonly json: string; readonly fault: undefined }
  | { readonly json: undefined; readonly fault: Fault };

export interface TaskFacts {
  readonly kind: 'init' | 'invocation';
  readonly requestId: string | undefined;
  /** On the real, monotonic clock. */
  readonly startedMs: number;
  readonly timeoutMs: number;
  readonly cpuMs: number;
}

/** An init or an invocation in progress: its two budgets, and how it ended. */
export class Task {
  readonly kind: 'init' | 'invocation';
  readonly requestId: string | undefined;
  readonly startedMs: number;
  readonly deadlineMs: number;
  cpuUsedMs = 0;
  /** End of the last entry so far. */
  endedMs: number;
  /** What is reported when the event loop becomes empty (Node 22). */
  heldJson: string | undefined;
  exitStatus: number | undefined;
  /** It was ended because its budget ran out while it asked the host. */
  overdue = false;
  outcome: RunOutcome | undefined;
  resolve: ((outcome: RunOutcome) => void) | undefined;
  watch: Watch | undefined;
  cpuLeftMs: number;
  #completion: Completion | undefined;

  constructor(facts: TaskFacts) {
    this.kind = facts.kind;
    this.requestId = facts.requestId;
    this.startedMs = facts.startedMs;
    this.endedMs = facts.startedMs;
    this.deadlineMs = facts.startedMs + facts.timeoutMs;
    this.cpuLeftMs = facts.cpuMs;
  }

  /** What people read who look for what goes on. */
  get label(): string {
    return this.requestId === undefined ? this.kind : `${this.kind} ${this.requestId}`;
  }

  get timeoutMs(): number {
    return this.deadlineMs - this.startedMs;
  }

  get completion(): Completion | undefined {
    return this.#completion;
  }

  /** The first completion wins. The guest does not send what is too long in any encoding. */
  succeed(json: string, maxResponseBytes: number): void {
    if (this.#completion !== undefined) return;
    const isTooLarge =
      json.length * 3 > maxResponseBytes && Buffer.byteLength(json) > maxResponseBytes;
    if (isTooLarge) {
      this.fail({ kind: 'handler', failure: responseTooLargeFailure(maxResponseBytes) });
    } else {
      this.#completion = { json, fault: undefined };
    }
  }

  /** The first completion wins. */
  fail(fault: Fault): void {
    this.#completion ??= { json: undefined, fault };
  }

  /**
   * The isolate is lost. A result that the guest handed over before, in the same entry, is lost with it:
   * on AWS the response leaves only when the turn of the event loop is over.
   */
  lose(fault: Fault): void {
    this.#completion = { json: undefined, fault };
  }

  /** Counts time of an entry that ended, or that never will. */
  charge(spentMs: number, nowMs: number): void {
    this.endedMs = nowMs;
    this.cpuUsedMs += spentMs;
    this.cpuLeftMs -= spentMs;
  }

  /** What is left of both budgets, as isolated-vm takes it: whole milliseconds, and 0 would mean none. */
  entryTimeoutMs(nowMs: number = realNowMs()): number {
    const leftMs = Math.min(this.cpuLeftMs, this.deadlineMs - nowMs);
    return leftMs > 1 ? Math.ceil(leftMs) : 1;
  }

  /** The budget that is used up, if one is. */
  exhausted(nowMs: number): 'cpu' | 'wall' | undefined {
    if (this.cpuLeftMs <= 0) return 'cpu';
    return this.deadlineMs <= nowMs ? 'wall' : undefined;
  }

  /** The budget that a native timeout stood for. */
  tighterBudget(): 'cpu' | 'wall' {
    return this.cpuLeftMs <= this.deadlineMs - realNowMs() ? 'cpu' : 'wall';
  }
}
