import type { Clock, ClockTimer } from '../core/clock.ts';
import { forgottenMs, timesOutMs, type Execution } from './execution.ts';
import { dueOf } from './operation.ts';

interface Alarm {
  readonly atMs: number;
  readonly timer: ClockTimer;
}

/** One timer for each execution: the next moment at which time changes something. */
export class Alarms {
  readonly #clock: Clock;
  readonly #keepAlive: boolean;
  readonly #onDue: (execution: Execution) => void;
  readonly #alarms = new Map<Execution, Alarm>();

  /** `keepAlive`: an execution that runs is lost with the process. */
  constructor(clock: Clock, keepAlive: boolean, onDue: (execution: Execution) => void) {
    this.#clock = clock;
    this.#keepAlive = keepAlive;
    this.#onDue = onDue;
  }

  /** Looks again at what the execution waits for. */
  set(execution: Execution): void {
    const atMs = nextMs(execution);
    const before = this.#alarms.get(execution);
    if (before?.atMs === atMs) return;
    before?.timer.cancel();
    const { facts, isRunning } = execution;
    const timer = this.#clock.setTimer(
      () => {
        this.#alarms.delete(execution);
        // A clock may ring early when it is set for longer than it can count.
        if (this.#clock.now() < atMs) this.set(execution);
        else this.#onDue(execution);
      },
      atMs - this.#clock.now(),
      {
        label: isRunning ? `execution ${facts.name}` : `history of execution ${facts.name}`,
        keepAlive: this.#keepAlive && isRunning,
      },
    );
    this.#alarms.set(execution, { atMs, timer });
  }

  clear(execution: Execution): void {
    this.#alarms.get(execution)?.timer.cancel();
    this.#alarms.delete(execution);
  }

  close(): void {
    for (const { timer } of this.#alarms.values()) timer.cancel();
    this.#alarms.clear();
  }
}

function nextMs(execution: Execution): number {
  const { facts, head, operations, isRunning } = execution;
  if (!isRunning) return forgottenMs(execution);
  let next = timesOutMs(facts);
  if (head.retryAtMs !== undefined) next = Math.min(next, head.retryAtMs);
  for (const operation of operations.values()) next = Math.min(next, dueOf(operation) ?? Infinity);
  return next;
}
