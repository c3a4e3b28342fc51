import { ClosedError } from '../core/errors.ts';
import type { StateChanges, StateStore } from '../storage/state-store.ts';

/** A change of the control plane that is decided and that nobody sees yet. */
export interface Change<Result> {
  /** What a storage is to keep of it. Left out where nothing changes. */
  readonly stored?: () => StateChanges;
  /** Makes it visible in memory. Does not throw. */
  readonly apply: () => Result;
}

/**
 * Makes every change of the control plane durable before anybody sees it: what fails to be written never
 * shows, so memory and storage agree at each moment. Changes of one subject (a function, a layer) happen one
 * after the other, and each is decided on what the one before has left. Without a storage a change happens at
 * once.
 *
 * A storage keeps all of a change or none, and says so. Documents hold whole values, never differences, so where
 * a failing disk leaves it open, later changes do not build on what may be missing.
 */
export class Journal {
  readonly #state: StateStore | undefined;
  /** The last change of each subject that is on its way; settles, never rejects. */
  readonly #pending = new Map<string, Promise<void>>();
  #isClosed = false;

  constructor(state?: StateStore) {
    this.#state = state;
  }

  /**
   * `decide` checks and plans; what it throws refuses the change. Rejects with the error of the storage when
   * the change cannot be written, and with `ClosedError` after `close`.
   */
  async commit<Result>(subject: string, decide: () => Change<Result>): Promise<Result> {
    const state = this.#state;
    if (state === undefined) {
      this.#checkOpen();
      return decide().apply();
    }

    const before = this.#pending.get(subject);
    const committed = this.#writeAfter(before, state, decide);
    const settled = committed.then(
      () => {},
      // Whoever asked for the change is told.
      () => {},
    );
    this.#pending.set(subject, settled);
    try {
      return await committed;
    } finally {
      if (this.#pending.get(subject) === settled) this.#pending.delete(subject);
    }
  }

  /** Undefined when no change of the subject is on its way. Look again afterwards: there may be another. */
  settled(subject: string): Promise<void> | undefined {
    return this.#pending.get(subject);
  }

  /** Refuses further changes and waits for those that are being written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#pending.values());
  }

  async #writeAfter<Result>(
    before: Promise<void> | undefined,
    state: StateStore,
    decide: () => Change<Result>,
  ): Promise<Result> {
    if (before !== undefined) await before;
    this.#checkOpen();
    const { stored, apply } = decide();
    if (stored !== undefined) await state.write(stored());
    return apply();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ClosedError();
  }
}
