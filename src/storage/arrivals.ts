import type { StoredMessage } from './stored-message.ts';

/** How far a message moves ahead that was sent before others arrived. */
const mostSteps = 64;

/**
 * All messages of a queue, whatever their state, by the time when they were sent. What comes out of order (a
 * message moved from another queue, a clock that was set back) moves ahead a few places at most, so that no
 * arrival costs more at a million messages.
 */
export class Arrivals {
  #oldest: StoredMessage | undefined;
  #newest: StoredMessage | undefined;

  get oldest(): StoredMessage | undefined {
    return this.#oldest;
  }

  push(message: StoredMessage): void {
    let older = this.#newest;
    for (let step = 0; step < mostSteps && older !== undefined; step += 1) {
      if (older.sentMs <= message.sentMs) break;
      older = older.older;
    }
    const newer = older === undefined ? this.#oldest : older.newer;
    message.older = older;
    message.newer = newer;
    if (older === undefined) this.#oldest = message;
    else older.newer = message;
    if (newer === undefined) this.#newest = message;
    else newer.older = message;
  }

  remove(message: StoredMessage): void {
    const { older, newer } = message;
    if (older !== undefined) older.newer = newer;
    else if (this.#oldest === message) this.#oldest = newer;
    if (newer !== undefined) newer.older = older;
    else if (this.#newest === message) this.#newest = older;
    message.older = undefined;
    message.newer = undefined;
  }

  clear(): void {
    this.#oldest = undefined;
    this.#newest = undefined;
  }
}
