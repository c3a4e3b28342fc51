import { part } from '../../parts.ts';
import { NativePromise, NativeTypeError } from '../../primordials.ts';
import type { HostStream, StreamAnswer } from '../../node/internal/zlib/host-stream.ts';
import type { ByteReader } from './chunks.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const kinds = {
  gzip: 'gunzip',
  'x-gzip': 'gunzip',
  deflate: 'inflate',
  br: 'brotliDecompress',
} as const;

/** The content of a body that came encoded. As in Node, encodings that nobody knows are left alone. */
export function decoded(reader: ByteReader, contentEncoding: string | null): ByteReader {
  const codings = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '');
  if (!codings.every((coding) => Object.hasOwn(kinds, coding))) return reader;
  return codings.reduceRight<ByteReader>(
    (source, coding) => new DecodedReader(source, kinds[coding as keyof typeof kinds]),
    reader,
  );
}

class DecodedReader implements ByteReader {
  readonly #source: ByteReader;
  readonly #kind: (typeof kinds)[keyof typeof kinds];
  #host: HostStream | undefined;
  #input: Bytes = new Uint8Array(0);
  #start = 0;
  #hasMore = false;
  #isLast = false;
  #isDone = false;

  constructor(source: ByteReader, kind: (typeof kinds)[keyof typeof kinds]) {
    this.#source = source;
    this.#kind = kind;
  }

  async read(): Promise<Bytes | undefined> {
    while (!this.#isDone) {
      const answer = await this.#next();
      if (answer === undefined) break;
      this.#hasMore = answer.hasMore;
      if (this.#isLast && !answer.hasMore) this.#end();
      if (answer.output.length > 0) return answer.output;
    }
    return undefined;
  }

  cancel(reason?: unknown): unknown {
    this.#end();
    return this.#source.cancel(reason);
  }

  async #next(): Promise<StreamAnswer | undefined> {
    if (this.#hasMore && this.#host !== undefined) {
      const host = this.#host;
      return await asked((done) => host.read(done));
    }
    if (this.#start >= this.#input.length) {
      const input = await this.#source.read();
      if (input === undefined) {
        this.#isLast = true;
        const host = this.#host;
        // A body without a byte is no broken one.
        if (host === undefined) return undefined;
        return await asked((done) => host.end(done));
      }
      this.#input = input;
      this.#start = 0;
      if (input.length === 0) return { output: input, hasMore: false, hasEnded: false, used: 0 };
    }
    const host = this.#stream();
    const start = this.#start;
    this.#start += host.pieceSize;
    return await asked((done) => host.write(this.#input, start, done));
  }

  #stream(): HostStream {
    if (this.#host === undefined) {
      const { HostStream: Stream } = part(
        'node/internal/zlib/host-stream',
      ) as typeof import('../../node/internal/zlib/host-stream.ts');
      this.#host = new Stream(this.#kind, {});
    }
    return this.#host;
  }

  #end(): void {
    this.#isDone = true;
    this.#host?.close();
  }
}

type Done = (error: Error | undefined, answer?: StreamAnswer) => void;

function asked(ask: (done: Done) => void): Promise<StreamAnswer> {
  return new NativePromise((fulfil, reject) => {
    ask((error, answer) => {
      if (answer === undefined) reject(new NativeTypeError('terminated', { cause: error }));
      else fulfil(answer);
    });
  });
}
