import { ServiceError, type Service } from './service.ts';

/** A datagram that a guest sent to its X-Ray daemon. */
export interface TraceDatagram {
  readonly requestId: string | undefined;
  readonly bytes: Uint8Array;
}

/** The most that one UDP datagram holds over IPv4. */
const longestDatagram = 65_507;

/**
 * Bytes that one invocation may send; what is over is dropped, as a network would. X-Ray itself takes 500 KB
 * of segments a trace. https://docs.aws.amazon.com/general/latest/gr/xray.html
 */
const mostBytes = 1_048_576;

/** What a datagram costs besides its bytes, so that a flood of empty ones ends too. */
const overhead = 512;

/** The daemon's end of `node:dgram`: segments of X-Ray leave the environment here. */
export class TraceService implements Service {
  readonly #onDatagram: (datagram: TraceDatagram) => void;
  #requestId: string | undefined;
  #bytesLeft = mostBytes;

  constructor(onDatagram: (datagram: TraceDatagram) => void) {
    this.#onDatagram = onDatagram;
  }

  /** A new invocation has a budget of its own. */
  begin(requestId: string | undefined): void {
    this.#requestId = requestId;
    this.#bytesLeft = mostBytes;
  }

  readonly operations: NonNullable<Service['operations']> = {
    /** One datagram; it is on its way when the operation ends, and nobody says whether it arrived. */
    'trace.send': async (_, bytes = new Uint8Array()) => {
      if (bytes.byteLength > longestDatagram) {
        throw new ServiceError('EMSGSIZE', `A datagram has at most ${longestDatagram} bytes`);
      }
      this.#bytesLeft -= bytes.byteLength + overhead;
      if (this.#bytesLeft >= 0) this.#onDatagram({ requestId: this.#requestId, bytes });
      return undefined;
    },
  };
}
