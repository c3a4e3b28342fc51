import { ServiceError } from '../service.ts';
import { largestTransfer } from './open-files.ts';

/** Characters of a question: two paths of Linux's length with every character escaped, and some more. */
const longestQuestion = 65_536;

/**
 * What a guest sent along with a call: a JSON array. The guest's own code sends what is right; whoever gets
 * around it learns no more than that it was wrong.
 */
export class Arguments {
  readonly #values: readonly unknown[];
  readonly #bytes: Uint8Array | undefined;

  constructor(text: string, bytes: Uint8Array | undefined) {
    this.#values = text.length > longestQuestion ? refuse('text') : parseArray(text);
    this.#bytes = bytes;
  }

  /** A path as the guest wrote it; zero bytes end in a name that does not exist. */
  path(index: number): string {
    const value = this.#values[index];
    if (typeof value !== 'string' || value.includes('\0')) return refuse('path');
    return value.toWellFormed();
  }

  integer(index: number, least: number, most: number): number {
    const value = this.#values[index];
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return refuse('integer');
    if (value < least || value > most) return refuse('integer');
    return value;
  }

  descriptor(index: number): number {
    return this.integer(index, -1, 2 ** 31 - 1);
  }

  /** Permission bits. */
  mode(index: number): number {
    return this.integer(index, 0, 2 ** 32 - 1) & 0o7777;
  }

  /** Bytes of one transfer. */
  length(index: number): number {
    return this.integer(index, 0, largestTransfer);
  }

  /** Where in a file; `undefined` for where the descriptor stands. */
  position(index: number): number | undefined {
    const value = this.#values[index];
    if (value === null || value === undefined) return undefined;
    return this.integer(index, 0, Number.MAX_SAFE_INTEGER);
  }

  /** Milliseconds since the epoch, with fractions. */
  time(index: number): number {
    const value = this.#values[index];
    // What a Date can hold.
    if (typeof value !== 'number' || !(Math.abs(value) <= 8.64e15)) return refuse('time');
    return value;
  }

  get bytes(): Uint8Array {
    if (this.#bytes === undefined || this.#bytes.byteLength > largestTransfer) {
      return refuse('bytes');
    }
    return this.#bytes;
  }
}

function parseArray(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as unknown[]) : refuse('text');
  } catch {
    return refuse('text');
  }
}

function refuse(what: string): never {
  throw new ServiceError('ERR_INVALID_ARG_VALUE', `Not a valid ${what} for a file operation`);
}
