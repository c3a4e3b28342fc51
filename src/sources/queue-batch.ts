import type { ReceivedMessage } from '../brokers/received-message.ts';
import { limits } from '../core/limits.ts';

/** A message in the hands of a poller. */
export interface HeldMessage {
  readonly message: ReceivedMessage;
  /** As the function gets it. */
  readonly json: string;
  readonly bytes: number;
  /** When others can receive it again. */
  readonly visibleMs: number;
}

const open = '{"Records":[';
const close = ']}';
const envelopeBytes = open.length + close.length;

/** Messages that go into one event: so many, and no more than a request takes. */
export class QueueBatch {
  readonly #max: number;
  readonly #held = new Map<string, HeldMessage>();
  #bytes = envelopeBytes;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#held.size;
  }

  get room(): number {
    return this.#max - this.#held.size;
  }

  /** In the order in which they came. */
  get messages(): readonly HeldMessage[] {
    return [...this.#held.values()];
  }

  /** False when it does not fit any more. */
  add(held: HeldMessage): boolean {
    const { messageId } = held.message;
    const before = this.#held.get(messageId);
    // Gathering took longer than the message was hidden; the newer receipt is the one to answer with.
    const bytes = this.#bytes - (before === undefined ? 0 : before.bytes + 1) + held.bytes + 1;
    if (before === undefined && this.room === 0) return false;
    if (this.size > 0 && bytes > limits.syncRequestBytes) return false;
    this.#bytes = bytes;
    this.#held.set(messageId, held);
    return true;
  }
}

export function queueEventJson(messages: readonly HeldMessage[]): string {
  return `${open}${messages.map(({ json }) => json).join(',')}${close}`;
}
