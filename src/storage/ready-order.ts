import { LinkedList } from './linked-list.ts';
import type { StoredMessage } from './stored-message.ts';

/** In which order messages that may be received are handed out. */
export interface ReadyOrder {
  /** Whether `take` gives something. */
  readonly hasReady: boolean;
  /** A new message; `ready` or `delayed`. */
  arrived(message: StoredMessage): void;
  /** The next message of a batch, which its caller makes `leased` at once. */
  take(): StoredMessage | undefined;
  /** No more in this batch. */
  endBatch(): void;
  /** The message is `ready` and will not be; not told of `take`. Comes before it stands in another list. */
  leaves(message: StoredMessage): void;
  /** The message has a new state; not told of `take`. */
  moved(message: StoredMessage): void;
  clear(): void;
}

/** A queue without groups: first ready, first out. */
export class SingleFile implements ReadyOrder {
  #ready = new LinkedList<StoredMessage>();

  get hasReady(): boolean {
    return this.#ready.first !== undefined;
  }

  arrived(message: StoredMessage): void {
    if (message.state === 'ready') this.#ready.push(message);
  }

  take(): StoredMessage | undefined {
    return this.#ready.shift();
  }

  endBatch(): void {
    // Messages of a batch have nothing in common here.
  }

  leaves(message: StoredMessage): void {
    this.#ready.remove(message);
  }

  moved(message: StoredMessage): void {
    if (message.state === 'ready') this.#ready.push(message);
  }

  clear(): void {
    this.#ready = new LinkedList();
  }
}
