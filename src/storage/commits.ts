/** How changes of a storage become visible to whoever asked for them. */
export interface Commits {
  /**
   * Runs `work`, now or together with others, and resolves with its value when the change is kept. `work` must
   * not wait: it runs between two changes of others. Its promise rejects when the change was taken back.
   */
  run<T>(work: () => T | Promise<T>, safety: Safety): Promise<T>;
  /** For `work`: calls `kept` when the change that runs now is kept `in-order`, `takenBack` when it is not. */
  onEnd(kept: () => void, takenBack: (error: unknown) => void): void;
  /** For `work`: it changes what this one holds. */
  join(participant: Participant): void;
  /** Resolves when what was asked for until now has ended; also when it failed, as those know who asked. */
  settled(): Promise<void>;
}

/**
 * When a change counts as kept. `written`: it outlives the process. `durable`: it also outlives the machine's power.
 * `in-order`: it is written, and what was to be durable until then is: nobody receives a message that could still be
 * lost, or before its sender has an answer. A storage in memory knows no difference.
 */
export type Safety = 'written' | 'in-order' | 'durable';

/** Told when changes that it took part in were taken back. */
export interface Participant {
  takenBack(error: unknown): void;
}

/** In memory a change is kept when it is made. */
export class ImmediateCommits implements Commits {
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    return work();
  }

  onEnd(kept: () => void): void {
    kept();
  }

  join(): void {
    // Nothing is taken back here.
  }

  async settled(): Promise<void> {
    // Nothing is ever under way.
  }
}
