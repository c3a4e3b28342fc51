/**
 * How many dear operations of one environment run at a time. They share the threads of libuv's pool with
 * everybody else in the process; the others of this environment wait here.
 */
export class Gate {
  readonly #width: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** Runs `action` when there is room; not at all once `signal` has aborted. */
  async run<Result>(signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
    if (this.#inside >= this.#width) {
      await new Promise<void>((resume) => this.#waiting.push(resume));
    } else {
      this.#inside += 1;
    }
    try {
      signal.throwIfAborted();
      return await action();
    } finally {
      // The place goes to the next one as it is, so nobody can slip in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }
}
