import * as zlib from 'node:zlib';
import { Gate } from '../gate.ts';
import { Handles } from '../handles.ts';
import { withNode, withNodeLater } from '../node-error.ts';
import { Arguments } from '../packed.ts';
import { ServiceError, type Service } from '../service.ts';
import {
  isSlow,
  streamBytes,
  zlibKinds,
  zlibOptions,
  type ZlibKind,
  type ZlibOptions,
} from './options.ts';
import { ZlibStream, makeStream } from './zlib-stream.ts';

const openStreams = 1_000;
/** Input of one message; guests cut larger data up. */
const mostBytes = 262_144;
/** While the guest waits, what takes 100 ms at most. */
const mostSlowBytes = 65_536;
/** Output of a call in one piece; the guest streams what gives more, so a bomb ends here. */
const mostOutput = 1_048_576;
const concurrentCalls = 4;

type Sync = (data: Uint8Array, options: ZlibOptions) => Buffer;
type Later = (
  data: Uint8Array,
  options: ZlibOptions,
  done: (error: Error | null, result: Buffer) => void,
) => void;

/** All of `zlib` for one environment: small data in one call, everything else as a stream. */
export function zlibService(memoryBytes: number): Service {
  const streams = new Handles<ZlibStream>(
    'compression stream',
    { count: openStreams, bytes: memoryBytes },
    (stream) => stream.close(),
  );
  const gate = new Gate(concurrentCalls);
  /** Which streams block the guest with much work. */
  const slow = new WeakSet<ZlibStream>();

  const inOnePiece = (
    text: string,
    bytes: Uint8Array | undefined,
  ): { kind: ZlibKind; options: ZlibOptions; data: Uint8Array } => {
    const args = new Arguments(text, bytes);
    const kind = args.oneOf(0, zlibKinds);
    const record = args.record(1);
    const data = checkedInput(args.bytes(2), mostBytes);
    const wanted = zlibOptions(kind, record, memoryBytes);
    const isLarge = streamBytes(kind, wanted) > memoryBytes / concurrentCalls;
    const options = {
      ...wanted,
      maxOutputLength: outputLimit(record['maxOutputLength']),
      // Zstandard makes its tables as large as its parameters say, a gigabyte, unless it knows better.
      ...(kind === 'zstdCompress' && isLarge && { pledgedSrcSize: data.byteLength }),
    };
    return { kind, options, data };
  };

  return {
    calls: {
      /** `[kind, options, data]` */
      'zlib.sync': (text, bytes) => {
        const { kind, options, data } = inOnePiece(text, bytes);
        if (isSlow(kind, options)) checkedInput(data, mostSlowBytes);
        return withNode(() => (known(`${kind}Sync`) as Sync)(data, options));
      },
      /** `[kind, options]` gives the id of a stream. */
      'zlib.open': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const kind = args.oneOf(0, zlibKinds);
        const options = zlibOptions(kind, args.record(1), memoryBytes);
        const size = streamBytes(kind, options);
        const stream = new ZlibStream(makeStream(kind, options));
        if (isSlow(kind, options)) slow.add(stream);
        return `${streams.add(stream, size)}`;
      },
      /** `<id> <flush>` and input: a piece of blocking work. */
      'zlib.step': (text, bytes = new Uint8Array()) => {
        const { stream, number: flush } = streamAndNumber(streams, text);
        return stream.step(
          flush,
          checkedInput(bytes, slow.has(stream) ? mostSlowBytes : mostBytes),
        );
      },
      'zlib.reset': (id) => {
        streams.get(id).reset();
        return undefined;
      },
      'zlib.close': (id) => {
        streams.close(Number(id));
        return undefined;
      },
    },
    operations: {
      'zlib.async': async (text, bytes, signal) => {
        const { kind, options, data } = inOnePiece(text, bytes);
        return await gate.run(signal, () =>
          withNodeLater<Buffer>((done) => known(kind)(data, options, done)),
        );
      },
      'zlib.write': async (id, bytes = new Uint8Array()) =>
        await streams.get(id).write(checkedInput(bytes, mostBytes)),
      'zlib.read': async (id) => await streams.get(id).read(),
      'zlib.end': async (id) => await streams.get(id).end(),
      'zlib.flush': async (text) => {
        const { stream, number } = streamAndNumber(streams, text);
        return await stream.flush(number);
      },
      /** `[id, level, strategy]` */
      'zlib.params': async (text, bytes) => {
        const args = new Arguments(text, bytes);
        const stream = streams.get(`${args.integer(0, 1, Number.MAX_SAFE_INTEGER)}`);
        return await stream.params(args.integer(1, -1, 9), args.integer(2, 0, 4));
      },
    },
    close: () => streams.closeAll(),
  };
}

function streamAndNumber(
  streams: Handles<ZlibStream>,
  text: string,
): { stream: ZlibStream; number: number } {
  const [id = '', flush] = text.split(' ');
  const number = Number(flush);
  // Flush modes of all three libraries; Node's binding takes any of them as they are.
  if (!Number.isInteger(number) || number < 0 || number > 6) {
    throw new ServiceError('ERR_OUT_OF_RANGE', 'The flush mode is out of range', {
      name: 'RangeError',
    });
  }
  return { stream: streams.get(id), number };
}

function checkedInput(bytes: Uint8Array, most: number): Uint8Array {
  if (bytes.byteLength <= most) return bytes;
  throw new ServiceError('ERR_OUT_OF_RANGE', `At most ${most} bytes at a time`, {
    name: 'RangeError',
  });
}

function outputLimit(wanted: unknown): number {
  return typeof wanted === 'number' && wanted >= 1 ? Math.min(wanted, mostOutput) : mostOutput;
}

function known(name: string): Sync | Later {
  const found = (zlib as unknown as Record<string, Sync | Later | undefined>)[name];
  if (found !== undefined) return found;
  throw new ServiceError(
    'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
    `zlib.${name}() is not supported by the Node.js of this host`,
  );
}
