import { realNowMs, setRealTimer } from '../core/clock.ts';
import { LambdaError } from '../core/errors.ts';

/** Work in real time that a virtual clock waits for. */
export interface HeldWork {
  /** What is done, and for whom. */
  readonly label: string;
  /** Real milliseconds since it began. */
  readonly forMs: number;
}

/** Virtual time could not move on: what holds it did not end within its own budget and some seconds more. */
export class ClockHeldError extends LambdaError<'ERR_CLOCK_HELD'> {
  override readonly name: string = 'ClockHeldError';
  /** What holds the clock, the longest first. */
  readonly held: readonly HeldWork[];

  constructor(held: readonly HeldWork[]) {
    const list = held.map(({ label, forMs }) => `"${label}" for ${seconds(forMs)} s`).join(', ');
    super('ERR_CLOCK_HELD', `Virtual time cannot move on, it waits in real time for ${list}`);
    this.held = held;
  }
}

interface Hold {
  readonly label: string;
  readonly budgetMs: number;
  readonly sinceMs: number;
  /** How long somebody waited for it so far, in real milliseconds. */
  waitedMs: number;
}

/** How often a wait looks whether it takes too long. */
const lookMs = 250;

/** Everything that holds one virtual clock. */
export class HeldWorks {
  readonly #holds = new Set<Hold>();
  readonly #patienceMs: number;
  #onFree: (() => void) | undefined;

  /** `patienceMs`: how much longer than its budget work may take before a wait for it gives up. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  get isFree(): boolean {
    return this.#holds.size === 0;
  }

  hold(label: string, budgetMs: number): () => void {
    const hold: Hold = { label, budgetMs, sinceMs: realNowMs(), waitedMs: 0 };
    this.#holds.add(hold);
    return () => {
      if (this.#holds.delete(hold) && this.isFree) this.#onFree?.();
    };
  }

  /** The longest first. */
  list(): HeldWork[] {
    const nowMs = realNowMs();
    return [...this.#holds].map(({ label, sinceMs }) => ({
      label,
      forMs: Math.round(nowMs - sinceMs),
    }));
  }

  /** Resolves when nothing holds the clock; one wait at a time. @throws ClockHeldError */
  async freed(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#onFree = resolve;
    const look = (): void => {
      // Counted in looks and not read from a clock: a process that stood still in a debugger did not wait.
      for (const hold of this.#holds) {
        hold.waitedMs += lookMs;
        if (hold.waitedMs <= hold.budgetMs + this.#patienceMs) continue;
        reject(new ClockHeldError(this.list()));
        return;
      }
      timer = setRealTimer(look, lookMs);
    };
    let timer = setRealTimer(look, lookMs);
    try {
      await promise;
    } finally {
      timer.cancel();
      this.#onFree = undefined;
    }
  }
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
