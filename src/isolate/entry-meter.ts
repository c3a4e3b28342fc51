import { realNowMs } from '../core/clock.ts';
import type { GuestIsolate } from './guest-isolate.ts';
import type { Task } from './task.ts';

/** An entry may take this much longer than its budget when it waits for the host, on a busy machine. */
const overdueGraceMs = 10;

/** Entries that end earlier are charged as a whole. */
const shortEntryMs = 1;

/** Whether the guest is entered, since when, and what of that time its task is charged for. */
export class EntryMeter {
  readonly #guest: GuestIsolate;
  #isEntered = false;
  #startedMs = 0;
  #onThreadMs = 0;

  constructor(guest: GuestIsolate) {
    this.#guest = guest;
  }

  get isEntered(): boolean {
    return this.#isEntered;
  }

  /** `startedMs` is on the real clock. */
  enter(startedMs: number): void {
    this.#isEntered = true;
    this.#startedMs = startedMs;
  }

  /** The guest came back. */
  leave(): void {
    this.#isEntered = false;
    this.#guest.leave();
  }

  /** Also for an entry that never ends: its thread is still in it. */
  charge(task: Task): void {
    const nowMs = realNowMs();
    task.charge(this.#onThreadShare(nowMs - this.#startedMs), nowMs);
  }

  /**
   * A native timeout stands still while the guest waits for the host, so a flood of questions would outlive
   * its budget: each of them asks here as well.
   */
  isOverdue(task: Task): boolean {
    return this.#isEntered && realNowMs() - this.#startedMs >= task.cpuLeftMs + overdueGraceMs;
  }

  /**
   * How much of an entry's time its thread worked. Asking isolated-vm right after an entry costs as much as
   * a short entry itself, so below a millisecond all of the time counts. A figure that was not asked for
   * some entries may be too large for this one: no entry works longer than it takes.
   */
  #onThreadShare(elapsedMs: number): number {
    if (this.#guest.isInline || elapsedMs < shortEntryMs) return elapsedMs;
    const onThreadMs = this.#guest.onThreadMs();
    if (onThreadMs === undefined) return elapsedMs;
    const spentMs = Math.min(onThreadMs - this.#onThreadMs, elapsedMs);
    this.#onThreadMs = onThreadMs;
    return spentMs;
  }
}
