import type { LeaseKey } from './delivery-queue.ts';
import type { StoredMessage } from './stored-message.ts';

/** Who holds what: a token names a slot of the table and the receipt, so an old token never fits a new lease. */
export class LeaseTable {
  readonly #slots: (StoredMessage | undefined)[] = [];
  readonly #free: number[] = [];
  #receipts = 0;

  open(message: StoredMessage): void {
    this.#receipts += 1;
    const slot = this.#free.pop() ?? this.#slots.length;
    this.#slots[slot] = message;
    message.leaseSlot = slot;
    message.token = `${slot}-${this.#receipts}`;
  }

  close(message: StoredMessage): void {
    this.#slots[message.leaseSlot] = undefined;
    this.#free.push(message.leaseSlot);
    message.leaseSlot = -1;
    message.token = '';
  }

  find({ id, token }: LeaseKey): StoredMessage | undefined {
    const message = this.#slots[Number.parseInt(token, 10)];
    return message?.token === token && message.id === id ? message : undefined;
  }

  clear(): void {
    this.#slots.length = 0;
    this.#free.length = 0;
  }
}
