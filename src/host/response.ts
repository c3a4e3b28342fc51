import { ServiceError, type Service } from './service.ts';

/** Where the bytes of a streamed response go. */
export interface ResponseWriter {
  /** Called once, before the first byte. */
  open(contentType: string): void;
  /** Resolves when more may come: a slow reader slows the handler down. */
  write(bytes: Uint8Array): Promise<void>;
}

/** What a handler streamed while nobody read along. */
export interface ResponseBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const longestContentType = 1_024;
/** Chunks that are looked at together, and the bytes below which they are small. */
const mostLoose = 1_024;
const smallChunk = 1_024;

/**
 * The response stream of `awslambda.streamifyResponse`. Without a writer the body is kept and becomes the
 * payload, as on AWS when a streaming function is invoked plainly.
 */
export class ResponseService implements Service {
  readonly #mostStreamedBytes: number;
  readonly #mostBufferedBytes: number;
  #writer: ResponseWriter | undefined;
  #contentType: string | undefined;
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** Chunks at the end of the list that were not joined yet, and their bytes. */
  #loose = 0;
  #looseBytes = 0;

  constructor(limits: { readonly streamedBytes: number; readonly bufferedBytes: number }) {
    this.#mostStreamedBytes = limits.streamedBytes;
    this.#mostBufferedBytes = limits.bufferedBytes;
  }

  /** An invocation begins; `writer` reads along. */
  begin(writer: ResponseWriter | undefined): void {
    this.#writer = writer;
    if (this.#contentType !== undefined) this.#reset();
  }

  /** Whether the body that was kept is larger than a response may be. */
  get isTooLarge(): boolean {
    return this.#writer === undefined && this.#size > this.#mostBufferedBytes;
  }

  /** The invocation ended: the body, when the handler streamed one and nobody read along. */
  end(): ResponseBody | undefined {
    const contentType = this.#contentType;
    if (contentType === undefined) return undefined;
    const body = { contentType, bytes: Buffer.concat(this.#chunks) };
    const isKept = this.#writer === undefined;
    this.#reset();
    return isKept ? body : undefined;
  }

  #reset(): void {
    this.#writer = undefined;
    this.#contentType = undefined;
    this.#chunks = [];
    this.#size = 0;
    this.#loose = 0;
    this.#looseBytes = 0;
  }

  readonly operations: NonNullable<Service['operations']> = {
    /** Content type and bytes; the content type of the first chunk counts. */
    'response.write': async (contentType, bytes) => {
      this.#open(contentType);
      if (bytes === undefined || bytes.byteLength === 0) return;
      this.#size += bytes.byteLength;
      const writer = this.#writer;
      if (writer === undefined) {
        // What is over the limit is not kept; the invocation fails in the end.
        if (!this.isTooLarge) this.#keep(bytes);
        return;
      }
      if (this.#size > this.#mostStreamedBytes) {
        throw new ServiceError(
          'ERR_OUT_OF_RANGE',
          `A streamed response may have ${this.#mostStreamedBytes} bytes`,
          { name: 'RangeError' },
        );
      }
      await writer.write(bytes);
    },
  };

  /** A buffer costs more than a hundred bytes, whatever is in it: many small ones become one. */
  #keep(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#looseBytes += bytes.byteLength;
    this.#loose += 1;
    if (this.#loose < mostLoose) return;
    if (this.#looseBytes < mostLoose * smallChunk) {
      this.#chunks.push(Buffer.concat(this.#chunks.splice(-this.#loose)));
    }
    this.#loose = 0;
    this.#looseBytes = 0;
  }

  #open(contentType: string): void {
    if (this.#contentType !== undefined) return;
    if (contentType.length > longestContentType) {
      throw new ServiceError('ERR_INVALID_ARG_VALUE', 'The content type is too long');
    }
    this.#contentType = contentType;
    this.#writer?.open(contentType);
  }
}
