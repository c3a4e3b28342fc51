import { HandlerError } from '../core/errors.ts';
import type { InvokeOutcome } from './outcome.ts';
import type { ResponseWriter } from './executor.ts';

/** Bytes that may wait for the reader before the handler has to wait as well. */
const mostWaitingBytes = 65_536;

/**
 * The reader's end of a streamed response. Chunks wait in a queue of its own, not in the `ReadableStream`:
 * there, an error would drop what had been written before it.
 */
export class ResponseStream implements ResponseWriter {
  readonly body: ReadableStream<Uint8Array>;
  /** Resolves when the first byte is there, or when the invocation has ended without one. */
  readonly opened: Promise<void>;
  contentType = 'application/json';
  readonly #onOpen: () => void;
  #isOpen = false;
  #isCancelled = false;
  readonly #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #end: { readonly error: Error | undefined } | undefined;
  #onChunk: (() => void) | undefined;
  /** Writers that wait; a hostile guest may have many at once. */
  #onRoom: (() => void)[] = [];

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.opened = promise;
    this.#onOpen = resolve;
    this.body = new ReadableStream<Uint8Array>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.#cancel() },
      { highWaterMark: 0 },
    );
  }

  open(contentType: string): void {
    this.#isOpen = true;
    this.contentType = contentType;
    this.#onOpen();
  }

  write(bytes: Uint8Array): Promise<void> {
    // A caller who went away does not end the function: on AWS it runs to its end as well.
    if (this.#isCancelled) return Promise.resolve();
    this.#chunks.push(bytes);
    this.#waitingBytes += bytes.byteLength;
    this.#onChunk?.();
    if (this.#waitingBytes < mostWaitingBytes) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onRoom.push(resolve);
    return promise;
  }

  /** The invocation ended; a function that does not stream has its payload as the body. */
  finish(outcome: InvokeOutcome): void {
    if (outcome.status === 'ok') {
      if (!this.#isOpen && !this.#isCancelled) this.#chunks.push(Buffer.from(outcome.payloadJson));
      this.#close(undefined);
    } else {
      this.#close(new HandlerError(outcome.error, outcome.requestId, outcome.exhaustedBudget));
    }
  }

  #close(error: Error | undefined): void {
    this.#end = { error };
    this.#onChunk?.();
    this.#makeRoom();
    this.#onOpen();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#chunks.length === 0 && this.#end === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onChunk = resolve;
      await promise;
      this.#onChunk = undefined;
    }
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      controller.enqueue(chunk);
      this.#waitingBytes -= chunk.byteLength;
      if (this.#waitingBytes < mostWaitingBytes) this.#makeRoom();
      return;
    }
    if (this.#end?.error !== undefined) controller.error(this.#end.error);
    else controller.close();
  }

  #makeRoom(): void {
    const waiting = this.#onRoom;
    this.#onRoom = [];
    for (const resume of waiting) resume();
  }

  #cancel(): void {
    this.#isCancelled = true;
    this.#chunks.length = 0;
    this.#waitingBytes = 0;
    this.#makeRoom();
  }
}
