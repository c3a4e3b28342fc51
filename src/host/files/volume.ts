import { errno } from './errno.ts';

/** The unit in which content is counted, as a disk does. */
export const pageBytes = 4_096;

/** A new disk has a node for each 16 KB, as ext4 makes them: 32,768 for 512 MB. */
const bytesPerName = 16_384;

/** A mounted file system: what may be written to it, and what of that is in use. */
export class Volume {
  /** `st_dev`. */
  readonly device: number;
  readonly isReadOnly: boolean;
  /** Bytes of content and metadata that fit; 0 when nothing can be written. */
  readonly quotaBytes: number;
  /**
   * Names that fit. AWS's disk counts nodes, and hard links to one node would be free; each costs memory
   * here, so names are counted.
   */
  readonly quotaNames: number;
  #usedBytes = 0;
  #usedNames = 0;
  #lastNode = 1;

  constructor(device: number, quotaBytes: number) {
    this.device = device;
    this.isReadOnly = quotaBytes === 0;
    this.quotaBytes = quotaBytes;
    this.quotaNames = Math.floor(quotaBytes / bytesPerName);
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get usedNames(): number {
    return this.#usedNames;
  }

  /** A number for a new node; never used again. */
  nextNode(): number {
    this.#lastNode += 1;
    return this.#lastNode;
  }

  /** Takes as many whole pages as there are, at most `bytes`; returns the bytes that were taken. */
  takePages(bytes: number): number {
    const left = this.quotaBytes - this.#usedBytes;
    const taken = Math.min(bytes, left - (left % pageBytes));
    this.#usedBytes += taken;
    return taken;
  }

  /** Takes one page for what is not content: a folder, a long link. */
  takePage(): void {
    if (this.takePages(pageBytes) < pageBytes) throw errno('ENOSPC');
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
  }

  takeName(): void {
    if (this.#usedNames >= this.quotaNames) throw errno('ENOSPC');
    this.#usedNames += 1;
  }

  giveName(): void {
    this.#usedNames -= 1;
  }
}
