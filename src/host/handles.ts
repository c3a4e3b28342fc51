import { ServiceError } from './service.ts';

/**
 * What guests hold by number: running hashes, ciphers, streams. Guests have no finalizers, so an abandoned
 * handle would stay for ever; instead the one that was used least recently makes room when a new one would
 * go over the limit.
 */
export class Handles<Kept> {
  readonly #kept = new Map<number, { readonly value: Kept; readonly bytes: number }>();
  readonly #what: string;
  readonly #limits: HandleLimits;
  readonly #drop: (value: Kept) => void;
  #lastId = 0;
  #bytes = 0;

  /** `drop` lets go of a value that makes room, or of all of them when the environment ends. */
  constructor(what: string, limits: HandleLimits, drop: (value: Kept) => void = () => {}) {
    this.#what = what;
    this.#limits = limits;
    this.#drop = drop;
  }

  /** Keeps a value; `bytes` is about what it holds of the host's memory. */
  add(value: Kept, bytes = 0): number {
    if (bytes > this.#limits.bytes) {
      this.#drop(value);
      throw new ServiceError(
        'ERR_OUT_OF_RANGE',
        `This ${this.#what} needs about ${bytes} bytes; the limit is ${this.#limits.bytes} bytes`,
        { name: 'RangeError' },
      );
    }
    for (const [id, { bytes: freed }] of this.#kept) {
      const fits = this.#bytes + bytes <= this.#limits.bytes;
      if (fits && this.#kept.size < this.#limits.count) break;
      if (freed > 0 || this.#kept.size >= this.#limits.count) this.close(id);
    }
    this.#lastId += 1;
    this.#kept.set(this.#lastId, { value, bytes });
    this.#bytes += bytes;
    return this.#lastId;
  }

  /** The value behind the id that a guest sent as text. */
  get(text: string): Kept {
    const id = Number(text);
    const found = this.#kept.get(id);
    if (found === undefined) {
      throw new ServiceError(
        'ERR_INVALID_STATE',
        `This ${this.#what} is gone: it has ended, or made room for newer ones`,
      );
    }
    // The order of a map is that of insertion: the one that was just used goes to its end.
    this.#kept.delete(id);
    this.#kept.set(id, found);
    return found.value;
  }

  close(id: number): void {
    const found = this.#kept.get(id);
    if (found === undefined) return;
    this.#kept.delete(id);
    this.#bytes -= found.bytes;
    this.#drop(found.value);
  }

  closeAll(): void {
    for (const id of this.#kept.keys()) this.close(id);
  }

  get size(): number {
    return this.#kept.size;
  }
}

export interface HandleLimits {
  readonly count: number;
  readonly bytes: number;
}
