import { randomUUID } from 'node:crypto';
import type { Random } from './random.ts';

/** Where request ids, revision ids and log stream names come from. */
export interface Ids {
  /** A UUID v4, as AWS uses for request ids and revision ids. */
  uuid(): string;
  /** 32 hexadecimal digits, as in the name of a log stream. */
  hex32(): string;
}

export class RandomIds implements Ids {
  uuid(): string {
    return randomUUID();
  }

  hex32(): string {
    return randomUUID().replaceAll('-', '');
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
