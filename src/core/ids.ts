import { randomFillSync } from 'node:crypto';
import type { Random } from './random.ts';

/** Where request ids, revision ids and log stream names come from. */
export interface Ids {
  /** A UUID v4, as AWS uses for request ids and revision ids. */
  uuid(): string;
  /** 32 hexadecimal digits, as in the name of a log stream. */
  hex32(): string;
}

/** Ids drawn at one time. */
const batchSize = 512;
const hexPerId = 32;

/**
 * Random ids. `crypto.randomUUID` takes twice as long, which shows in a warm call of 5 us; the bits come
 * from the same source, a batch at a time.
 */
export class RandomIds implements Ids {
  readonly #bytes = Buffer.alloc((batchSize * hexPerId) / 2);
  #hex = '';
  #at = 0;

  uuid(): string {
    const hex = this.#draw();
    const at = this.#at - hexPerId;
    // The batch carries the bits of version 4 and its variant already.
    return `${hex.slice(at, at + 8)}-${hex.slice(at + 8, at + 12)}-${hex.slice(at + 12, at + 16)}-${hex.slice(at + 16, at + 20)}-${hex.slice(at + 20, at + 32)}`;
  }

  hex32(): string {
    const hex = this.#draw();
    return hex.slice(this.#at - hexPerId, this.#at);
  }

  /** Moves to the next 32 digits of the batch. */
  #draw(): string {
    if (this.#at === this.#hex.length) this.#refill();
    this.#at += hexPerId;
    return this.#hex;
  }

  #refill(): void {
    const bytes = randomFillSync(this.#bytes);
    for (let id = 0; id < bytes.length; id += hexPerId / 2) {
      bytes[id + 6] = ((bytes[id + 6] ?? 0) & 0x0f) | 0x40;
      bytes[id + 8] = ((bytes[id + 8] ?? 0) & 0x3f) | 0x80;
    }
    this.#hex = bytes.toString('hex');
    this.#at = 0;
  }
}

/** Ids drawn from a seeded source, so that a test sees the same ones every time. */
export class SeededIds implements Ids {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  uuid(): string {
    const hex = this.hex32();
    const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  hex32(): string {
    let hex = '';
    while (hex.length < 32) hex += Math.floor(this.#random() * 16).toString(16);
    return hex;
  }
}
