import { setRealTimer } from '../core/clock.ts';

/** A killed entry normally ends within microseconds; after this long its thread counts as lost. */
const patienceMs = 100;

/**
 * Threads that a guest holds although its isolate was killed: a long builtin that never looks up, or V8
 * out of memory. They burn a core or sleep for ever; either way they are counted and reported, because
 * only the end of the process frees them (native-notes/watchdog.md).
 */
export class Zombies {
  readonly #onChange: (count: number) => void;
  readonly #dying = new Set<Promise<unknown>>();
  #count = 0;

  constructor(onChange: (count: number) => void) {
    this.#onChange = onChange;
  }

  get count(): number {
    return this.#count;
  }

  /** Watches an entry whose isolate was just disposed. */
  track(entry: Promise<unknown>): void {
    let isZombie = false;
    this.#dying.add(entry);
    const timer = setRealTimer(() => {
      isZombie = true;
      this.#dying.delete(entry);
      this.#change(1);
    }, patienceMs);
    timer.unref();
    const end = (): void => {
      timer.cancel();
      this.#dying.delete(entry);
      if (isZombie) this.#change(-1);
    };
    entry.then(end, end);
  }

  /** Resolves when every killed entry has ended or was given up on. */
  async settle(): Promise<void> {
    if (this.#dying.size === 0) return;
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    const timer = setRealTimer(resolve, patienceMs);
    await Promise.race([Promise.allSettled(this.#dying), tooLate]);
    timer.cancel();
  }

  #change(by: number): void {
    this.#count += by;
    this.#onChange(this.#count);
  }
}
