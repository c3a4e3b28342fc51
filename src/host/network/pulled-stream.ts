import type { Readable, Writable } from 'node:stream';
import { abortable } from '../../network/abortable.ts';
import { ServiceError } from '../service.ts';
import { hangUp } from './network-failure.ts';

/** Bytes of one answer, and the most that one write may bring. */
const mostBytesAtOnce = 65_536;

/**
 * A stream that gives only what is asked for: while nobody pulls, the host holds no more than the stream's
 * own small buffer, and the other side feels that nobody reads.
 */
export class PulledStream {
  readonly #stream: Readable;
  #wake: (() => void) | undefined;
  #isReading = false;
  #isReleased = false;
  readonly #onChange = (): void => this.#wake?.();

  constructor(stream: Readable) {
    this.#stream = stream;
    for (const event of ['readable', 'end', 'error', 'close']) stream.on(event, this.#onChange);
  }

  /** At most `mostBytesAtOnce` bytes; `undefined` at the end. @throws the stream's error */
  async read(signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (this.#isReading) throw new ServiceError('EBUSY', 'Somebody reads already');
    this.#isReading = true;
    try {
      for (;;) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        if (this.#isReleased) throw new ServiceError('EBADF', 'Somebody else has the stream now');
        const chunk = this.#take();
        if (chunk !== null) return chunk;
        if (this.#stream.errored !== null) throw this.#stream.errored;
        if (this.#stream.readableEnded) return undefined;
        if (this.#stream.destroyed) throw hangUp('aborted');
        await abortable(promise, signal);
      }
    } finally {
      this.#isReading = false;
      this.#wake = undefined;
    }
  }

  /** Leaves the stream to somebody else. */
  release(): void {
    this.#isReleased = true;
    for (const event of ['readable', 'end', 'error', 'close']) {
      this.#stream.off(event, this.#onChange);
    }
    this.#wake?.();
  }

  #take(): Uint8Array | null {
    const length = Math.min(this.#stream.readableLength, mostBytesAtOnce);
    // Without a length it asks for more, and notices the end.
    return (length > 0 ? this.#stream.read(length) : this.#stream.read()) as Uint8Array | null;
  }
}

/** @throws ServiceError `EMSGSIZE` for more than one write may bring */
export function checkSize(size: number): void {
  if (size <= mostBytesAtOnce) return;
  throw new ServiceError('EMSGSIZE', `One write takes at most ${mostBytesAtOnce} bytes`);
}

/** The other direction: one write at a time, and it is over when the stream passed the bytes on. */
export class PushedStream {
  readonly #stream: Writable;
  #isWriting = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  write(bytes: Uint8Array | undefined, signal: AbortSignal): Promise<void> {
    const chunk = bytes ?? new Uint8Array();
    return this.#send((done) => this.#stream.write(chunk, done), chunk.byteLength, signal);
  }

  /** Writes what is given and ends this direction. */
  end(bytes: Uint8Array | undefined, signal: AbortSignal): Promise<void> {
    const size = bytes?.byteLength ?? 0;
    if (size === 0) return this.#send((done) => this.#stream.end(done), 0, signal);
    return this.#send((done) => this.#stream.end(bytes, done), size, signal);
  }

  async #send(
    send: (done: (error?: Error | null) => void) => void,
    size: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#isWriting) throw new ServiceError('EBUSY', 'Somebody writes already');
    checkSize(size);
    if (this.#stream.destroyed) throw this.#stream.errored ?? hangUp();
    this.#isWriting = true;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onClose = (): void => finish(this.#stream.errored ?? hangUp());
    const finish = (error?: Error | null): void => {
      this.#isWriting = false;
      this.#stream.off('close', onClose);
      if (error) reject(error);
      else resolve();
    };
    this.#stream.once('close', onClose);
    try {
      send(finish);
    } catch (error) {
      finish(error as Error);
    }
    // Who gives the write up does not take its bytes back: until they are gone, there is no other one.
    await abortable(promise, signal);
  }
}
