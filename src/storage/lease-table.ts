import type { LeaseKey } from './delivery-queue.ts';
import type { StoredMessage } from './stored-message.ts';

/**
 * The messages that were received once and are still here. A token names a place in the table and the receipt,
 * so an old token never fits a new lease.
 */
export class LeaseTable {
  readonly #slots: (StoredMessage | undefined)[] = [];
  readonly #free: number[] = [];
  #receipts = 0;

  /** A new token; the one before it is void. */
  issue(message: StoredMessage): void {
    if (message.leaseSlot === -1) {
      message.leaseSlot = this.#free.pop() ?? this.#slots.length;
      this.#slots[message.leaseSlot] = message;
    }
    this.#receipts += 1;
    message.token = `${message.leaseSlot}-${this.#receipts}`;
  }

  /** The message is gone. */
  leave(message: StoredMessage): void {
    message.token = '';
    if (message.leaseSlot === -1) return;
    this.#slots[message.leaseSlot] = undefined;
    this.#free.push(message.leaseSlot);
    message.leaseSlot = -1;
  }

  find(key: LeaseKey): StoredMessage | undefined {
    const message = this.#messageOf(key);
    return message?.token === key.token ? message : undefined;
  }

  /** Whether the message is here, under this lease or not. */
  has(key: LeaseKey): boolean {
    return this.#messageOf(key) !== undefined;
  }

  clear(): void {
    this.#slots.length = 0;
    this.#free.length = 0;
  }

  #messageOf({ id, token }: LeaseKey): StoredMessage | undefined {
    const message = this.#slots[Number.parseInt(token, 10)];
    return message?.id === id ? message : undefined;
  }
}
