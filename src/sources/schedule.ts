import type { Clock, ClockTimer } from '../core/clock.ts';
import type { ScheduleDefinition } from './schedule-state.ts';
import type { Timing } from './schedule-options.ts';

export interface ScheduleParts {
  readonly clock: Clock;
  readonly definition: ScheduleDefinition;
  readonly timing: Timing;
  readonly arn: string;
  /** A run is due; resolves when its event is accepted, or given up with a report. */
  readonly run: (schedule: Schedule, dueMs: number) => Promise<void>;
  readonly onChange: (schedule: Schedule) => void;
  readonly onEnd: (schedule: Schedule) => void;
}

/** Sends an event to a function again and again, or once. */
export class Schedule {
  readonly name: string;
  /** As of a rule of EventBridge; scheduled events name it. */
  readonly arn: string;
  /** ARN of the function, version or alias. */
  readonly target: string;
  readonly #parts: ScheduleParts;
  #state:
    | { readonly kind: 'waiting'; readonly dueMs: number; readonly timer: ClockTimer }
    | { readonly kind: 'paused' }
    | { readonly kind: 'ended' };

  constructor(parts: ScheduleParts) {
    const { name, target, isPaused } = parts.definition;
    this.name = name;
    this.arn = parts.arn;
    this.target = target;
    this.#parts = parts;
    this.#state = { kind: 'paused' };
    if (!isPaused) this.#wait(parts.clock.now());
  }

  /** When it runs next; `undefined` while it is paused and when it has ended. */
  get next(): Date | undefined {
    return this.#state.kind === 'waiting' ? new Date(this.#state.dueMs) : undefined;
  }

  get isPaused(): boolean {
    return this.#state.kind === 'paused';
  }

  /** What it was made of, with the state it is in. */
  get definition(): ScheduleDefinition {
    return { ...this.#parts.definition, isPaused: this.isPaused };
  }

  /** Runs that fall due meanwhile do not take place; one that is the only one does when it goes on. */
  pause(): void {
    if (this.#state.kind !== 'waiting') return;
    this.#state.timer.cancel();
    this.#state = { kind: 'paused' };
    this.#parts.onChange(this);
  }

  /** Goes on after `pause`. Periods still count from when the schedule was made. */
  resume(): void {
    if (this.#state.kind !== 'paused') return;
    this.#wait(this.#parts.clock.now());
    this.#parts.onChange(this);
  }

  /** Ends it for good. Events that were sent stay sent. */
  cancel(): void {
    if (this.#state.kind === 'ended') return;
    this.stop();
    this.#parts.onEnd(this);
  }

  /** Runs no more in this process; what is kept of it stays. */
  stop(): void {
    if (this.#state.kind === 'waiting') this.#state.timer.cancel();
    this.#state = { kind: 'ended' };
  }

  #wait(afterMs: number): void {
    const { timing, definition, clock } = this.#parts;
    const dueMs = timing.next(afterMs, definition.createdMs);
    if (dueMs === undefined) {
      this.cancel();
      return;
    }
    const label = `schedule "${this.name}": the next run`;
    const timer = clock.setTimer(() => this.#ring(dueMs), Math.max(dueMs - clock.now(), 0), {
      label,
    });
    this.#state = { kind: 'waiting', dueMs, timer };
  }

  #ring(dueMs: number): void {
    const { clock, timing, run } = this.#parts;
    // Timers of Node's reach no further than 24 days.
    if (clock.now() < dueMs) {
      this.#wait(dueMs - 1);
      return;
    }
    const running = run(this, dueMs);
    if (timing.isOnce) {
      this.#state = { kind: 'ended' };
      // Kept until the event is accepted: a process that ends before that makes up for it.
      void running.then(() => this.#parts.onEnd(this));
      return;
    }
    // A process that stood still does not run what it missed all at once.
    this.#wait(Math.max(dueMs, clock.now()));
  }
}
