import { array, assert, asyncProperty, integer, uint8Array } from 'fast-check';
import {
  brotliCompressSync,
  constants,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
} from 'node:zlib';
import * as zlib from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { zlibService } from '../../src/host/zlib/zlib-service.ts';
import { callsOf } from './packed-arguments.ts';

const mb = 1_048_576;
const service = zlibService(128 * mb);
const { raw, packed, later, rawLater } = callsOf(service);
afterEach(() => service.close?.());

const more = 1;
const ended = 2;

/** Output, flags and used input of one answer. */
function read(answer: unknown): { output: Buffer; flags: number; used: number } {
  const bytes = Buffer.from(answer as Uint8Array);
  const split = bytes.byteLength - 9;
  return {
    output: bytes.subarray(0, split),
    flags: bytes[split]!,
    used: bytes.readDoubleLE(split + 1),
  };
}

/** Everything that one operation gives, in as many answers as it takes. */
async function all(
  id: string,
  first: Promise<unknown>,
): Promise<{ chunks: Buffer[]; isEnded: boolean }> {
  const chunks: Buffer[] = [];
  let answer = read(await first);
  chunks.push(answer.output);
  while ((answer.flags & more) !== 0) {
    answer = read(await rawLater('zlib.read', id));
    chunks.push(answer.output);
  }
  return { chunks, isEnded: (answer.flags & ended) !== 0 };
}

const kinds = [
  ['gzip', 'gunzip'],
  ['deflate', 'inflate'],
  ['deflateRaw', 'inflateRaw'],
  ['brotliCompress', 'brotliDecompress'],
] as const;

async function through(kind: string, pieces: readonly Uint8Array[]): Promise<Buffer> {
  const id = packed('zlib.open', kind, {
    params: kind === 'brotliCompress' ? { 1: 3 } : {},
  }) as string;
  const chunks: Buffer[] = [];
  for (const piece of pieces)
    chunks.push(...(await all(id, rawLater('zlib.write', id, piece))).chunks);
  const last = await all(id, rawLater('zlib.end', id));
  expect(last.isEnded).toBe(true);
  return Buffer.concat([...chunks, ...last.chunks]);
}

function cut(data: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (let index = 0; offset < data.byteLength; index += 1) {
    const size = Math.max(1, sizes[index % sizes.length] ?? 1_000);
    pieces.push(data.slice(offset, offset + size));
    offset += size;
  }
  return pieces;
}

describe.each(kinds)('%s and %s', (compress, decompress) => {
  test('give the data back, however it is cut', async () => {
    await assert(
      asyncProperty(
        uint8Array({ maxLength: 3_000 }),
        integer({ min: 1, max: 40 }),
        array(integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 }),
        async (data, repeats, sizes) => {
          const whole = new Uint8Array(Buffer.concat(Array.from({ length: repeats }, () => data)));
          const packedData = await through(compress, cut(whole, sizes));
          expect(Buffer.from(await through(decompress, cut(packedData, sizes)))).toEqual(
            Buffer.from(whole),
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  test('one call for small data, blocking or not', async () => {
    const data = new Uint8Array(Buffer.from('some text '.repeat(100)));
    const small = packed('zlib.sync', compress, {}, data) as Uint8Array;
    expect(small.byteLength).toBeLessThan(100);
    expect(await later('zlib.async', decompress, {}, small)).toEqual(Buffer.from(data));
  });
});

describe('bombs', () => {
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(64 * mb)));

  test('one call gives a megabyte at most', () => {
    expect(() => packed('zlib.sync', 'gunzip', {}, bomb)).toThrow(
      expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }),
    );
  });

  test('a stream gives pieces, and stops with the guest', async () => {
    const id = packed('zlib.open', 'gunzip', {}) as string;
    const first = read(await rawLater('zlib.write', id, bomb));
    expect(first.flags & more).toBe(more);
    expect(first.output.byteLength).toBeLessThan(512 * 1_024);
    const second = read(await rawLater('zlib.read', id));
    expect(second.output.byteLength).toBeLessThan(512 * 1_024);
    expect(second.used).toBeLessThan(bomb.byteLength);
  });
});

describe('blocking steps', () => {
  function stepAll(kind: string, data: Uint8Array): Buffer {
    const id = packed('zlib.open', kind, {}) as string;
    const outputs: Buffer[] = [];
    let input = data;
    for (;;) {
      const { output, flags } = read(raw('zlib.step', `${id} ${constants.Z_FINISH}`, input));
      outputs.push(output);
      input = new Uint8Array();
      if ((flags & more) === 0) return Buffer.concat(outputs);
    }
  }

  test('compress and decompress what is too large for one call', () => {
    const data = Buffer.from('0123456789'.repeat(300_000));
    const small = deflateSync(data);
    expect(stepAll('inflate', new Uint8Array(small)).equals(data)).toBe(true);
    const part = new Uint8Array(data.subarray(0, 200_000));
    expect(gunzipSync(stepAll('gzip', part))).toEqual(Buffer.from(part));
  });

  test('errors are zlib’s own', () => {
    const id = packed('zlib.open', 'inflate', {}) as string;
    expect(() => raw('zlib.step', `${id} 4`, new Uint8Array([1, 2, 3]))).toThrow(
      expect.objectContaining({ code: 'Z_DATA_ERROR', fields: { errno: -3 } }),
    );
    const short = packed('zlib.open', 'inflate', {}) as string;
    const cutOff = new Uint8Array(deflateSync(Buffer.from('abc'))).slice(0, 5);
    expect(() => raw('zlib.step', `${short} 4`, cutOff)).toThrow(/unexpected end of file/);
  });
});

test('flush gives what was written so far', async () => {
  const id = packed('zlib.open', 'deflate', {}) as string;
  const written = await all(id, rawLater('zlib.write', id, new Uint8Array(Buffer.from('hello'))));
  const flushed = await all(id, rawLater('zlib.flush', `${id} ${constants.Z_SYNC_FLUSH}`));
  const bytes = Buffer.concat([...written.chunks, ...flushed.chunks]);
  expect(inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString()).toBe('hello');
});

test('a stream that ended before its input says so', async () => {
  const id = packed('zlib.open', 'inflate', {}) as string;
  const data = new Uint8Array(Buffer.concat([deflateSync('abc'), Buffer.from('garbage')]));
  const answer = await all(id, rawLater('zlib.write', id, data));
  expect(Buffer.concat(answer.chunks).toString()).toBe('abc');
  expect(answer.isEnded).toBe(true);
});

test('wrong data fails the write', async () => {
  const id = packed('zlib.open', 'gunzip', {}) as string;
  await expect(rawLater('zlib.write', id, new Uint8Array([9, 9, 9]))).rejects.toMatchObject({
    code: 'Z_DATA_ERROR',
    fields: { errno: -3 },
  });
});

test('streams that hold much memory make room for each other', () => {
  const params = { 100: 22 };
  expect(() => packed('zlib.open', 'zstdCompress', { params })).toThrow(/needs about/);
  const ids = Array.from({ length: 5 }, () => packed('zlib.open', 'brotliCompress', {}) as string);
  expect(() => raw('zlib.step', `${ids[0]} 0`, new Uint8Array())).toThrow(/made room/);
  expect(read(raw('zlib.step', `${ids[4]} 2`, new Uint8Array())).flags).toBe(0);
});

describe('hostile arguments', () => {
  test.each([
    ['a kind that is none', 'zlib.open', ['constructor', {}]],
    ['options that are none', 'zlib.open', ['gzip', 'x']],
    ['a level out of range', 'zlib.open', ['gzip', { level: 99 }]],
    ['windows of a gigabyte', 'zlib.open', ['brotliDecompress', { params: { 1: 1 } }]],
    ['threads', 'zlib.open', ['zstdCompress', { params: { 400: 8 } }]],
    ['too much at once', 'zlib.sync', ['gzip', {}, new Uint8Array(mb)]],
    ['too much for the best quality', 'zlib.sync', ['brotliCompress', {}, new Uint8Array(100_000)]],
  ])('%s', (_name, call, args) => {
    expect(() => packed(call, ...args)).toThrow();
  });

  test('two writes at once', async () => {
    const id = packed('zlib.open', 'gzip', {}) as string;
    const first = rawLater('zlib.write', id, new Uint8Array(200_000));
    await expect(rawLater('zlib.write', id, new Uint8Array(1))).rejects.toThrow(/busy/);
    await first;
  });

  test('a closed stream', async () => {
    const id = packed('zlib.open', 'gunzip', {}) as string;
    const waiting = rawLater(
      'zlib.write',
      id,
      new Uint8Array(brotliCompressSync('x').subarray(0, 0)),
    );
    raw('zlib.close', id);
    await waiting.catch(() => {});
    await expect(rawLater('zlib.read', id)).rejects.toThrow(/gone/);
  });
});

test('a blocking step while the stream works on another piece is refused', async () => {
  const id = packed('zlib.open', 'gzip', {}) as string;
  const writing = rawLater('zlib.write', id, new Uint8Array(100_000));
  expect(() => raw('zlib.step', `${id} 0`, new Uint8Array(10))).toThrow(/busy/);
  expect(() => raw('zlib.reset', id)).toThrow(/busy/);
  expect(read(await writing).used).toBe(100_000);
  expect(read(raw('zlib.step', `${id} 0`, new Uint8Array(10))).used).toBe(10);
});

test('a stream fails as it should after a blocking step', async () => {
  const id = packed('zlib.open', 'gunzip', {}) as string;
  raw('zlib.step', `${id} 0`, gzipSync('a').subarray(0, 10));
  await expect(rawLater('zlib.write', id, new Uint8Array(100).fill(7))).rejects.toMatchObject({
    code: 'Z_DATA_ERROR',
  });
});

test('input that did not fit the output of a step must be used before there is more', () => {
  const id = packed('zlib.open', 'gunzip', {}) as string;
  const bomb = new Uint8Array(gzipSync(new Uint8Array(4 * mb)));
  expect(read(raw('zlib.step', `${id} 0`, bomb)).flags & more).toBe(more);
  expect(() => raw('zlib.step', `${id} 0`, bomb)).toThrow(/busy/);
  expect(read(raw('zlib.step', `${id} 0`)).flags & more).toBe(more);
});

test('dictionaries count as memory of their streams', () => {
  const small = zlibService(4 * mb);
  const calls = callsOf(small);
  const dictionary = new Uint8Array(mb);
  const first = calls.packed('zlib.open', 'deflate', { dictionary }) as string;
  calls.packed('zlib.open', 'deflate', { dictionary });
  expect(() => calls.raw('zlib.step', `${first} 0`)).toThrow(/gone/);
  small.close?.();
});

const hasZstd = 'zstdCompressSync' in zlib;

test.runIf(hasZstd)(
  'a small input does not make Zstandard reserve what its parameters ask for',
  async () => {
    // The highest level with the largest window and tables: more than a gigabyte, when the size is unknown.
    const params = { 100: 22, 101: 27, 102: 27, 103: 27 };
    const before = process.memoryUsage.rss();
    await later('zlib.async', 'zstdCompress', { params }, new Uint8Array(1_000));
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * mb);
  },
);
