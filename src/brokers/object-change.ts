import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';

/** Something that happened to an object, as notifications tell it. */
export type ObjectChange = ObjectCreated | ObjectRemoved;

interface ObjectCreated extends ChangeFacts {
  readonly kind: 'ObjectCreated';
  readonly by: 'Put' | 'Copy';
  readonly size: number;
  /** Without the quotes that the API puts around it. */
  readonly eTag: string;
}

interface ObjectRemoved extends ChangeFacts {
  readonly kind: 'ObjectRemoved';
  readonly by: 'Delete';
}

interface ChangeFacts {
  readonly key: string;
  readonly atMs: number;
  /** Grows with each change of the bucket; compare as text. */
  readonly sequencer: string;
  readonly requestId: string;
  readonly hostId: string;
  /** X-Ray trace header of what caused it. */
  readonly traceHeader: string | undefined;
}

/** What each request to a bucket gets besides its own facts. */
export class RequestFacts {
  readonly #clock: Clock;
  readonly #ids: Ids;
  /** Nanoseconds since the epoch. */
  #last = 0n;

  constructor(clock: Clock, ids: Ids) {
    this.#clock = clock;
    this.#ids = ids;
  }

  next(): { atMs: number; sequencer: string; requestId: string; hostId: string } {
    const atMs = this.#clock.now();
    return { atMs, sequencer: this.#sequencer(atMs), ...this.ids() };
  }

  ids(): { requestId: string; hostId: string } {
    const hex = this.#ids.hex32();
    const hostBytes = Buffer.from(hex + this.#ids.hex32() + this.#ids.hex32(), 'hex');
    return {
      requestId: hex.slice(0, 16).toUpperCase(),
      hostId: hostBytes.toString('base64'),
    };
  }

  /** As S3's look: a zero byte, the seconds and the nanoseconds, in hexadecimal. */
  #sequencer(atMs: number): string {
    const now = BigInt(atMs) * 1_000_000n;
    // Two changes within one millisecond, or after a clock was set back, stay in order.
    this.#last = now > this.#last ? now : this.#last + 1n;
    const seconds = this.#last / 1_000_000_000n;
    const nanoseconds = this.#last % 1_000_000_000n;
    return `00${hex8(seconds)}${hex8(nanoseconds)}`;
  }
}

function hex8(value: bigint): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}
