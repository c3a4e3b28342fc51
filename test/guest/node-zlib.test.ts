import { createHash, randomBytes } from 'node:crypto';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { sameAsNode } from './node-table.ts';

const zlib = `require('node:zlib')`;
/** An expression whose value is that of a function body with `zlib` in scope. */
const using = (body: string): string => `(async (zlib) => { ${body} })(${zlib})`;
const failing = (expression: string): string =>
  `thrown(() => { const zlib = ${zlib}; ${expression} })`;
const kinds = [
  ['gzip', 'gunzip'],
  ['gzip', 'unzip'],
  ['deflate', 'inflate'],
  ['deflateRaw', 'inflateRaw'],
  ['brotliCompress', 'brotliDecompress'],
  ['zstdCompress', 'zstdDecompress'],
] as const;
const create = (kind: string): string => `create${kind[0]?.toUpperCase()}${kind.slice(1)}`;
const text = `'some text, some more text '.repeat(1000)`;
/** Reads a stream to its end. */
const all = `const all = async (stream) => { const chunks = []; for await (const chunk of stream) chunks.push(chunk); return Buffer.concat(chunks); };`;

sameAsNode('the module', [
  `Object.keys(${zlib}).sort()`,
  `Object.entries(${zlib}.constants).map(([name, value]) => name + value)`,
  `[${zlib}.codes, ${zlib}.Z_BEST_SPEED, ${zlib}.constants.Z_MAX_CHUNK === Infinity]`,
  `[${zlib}.crc32('hello'), ${zlib}.crc32('world', ${zlib}.crc32('hello ')), ${zlib}.crc32(new Uint16Array([1, 2]))]`,
  `[${zlib}.createGzip().constructor.name, ${zlib}.Gzip() instanceof ${zlib}.Gzip, ${zlib}.createInflate() instanceof require('stream').Transform]`,
  failing(`zlib.crc32(5)`),
  failing(`zlib.crc32('a', 'b')`),
]);

sameAsNode('all at once', [
  ...kinds.flatMap(([compress, decompress]) => [
    `${zlib}.${compress}Sync(${text}).toString('base64')`,
    `${zlib}.${decompress}Sync(${zlib}.${compress}Sync(${text})).toString()`,
    using(
      `return await new Promise((resolve) => zlib.${compress}(${text}, (error, small) => zlib.${decompress}(small, (failure, data) => resolve([error, failure, small.toString('base64'), data.toString() === ${text}]))))`,
    ),
  ]),
  `${zlib}.gzipSync('a', { level: 9, memLevel: 9, windowBits: 12, strategy: 2 }).toString('hex')`,
  `${zlib}.inflateSync(${zlib}.deflateSync('abcabc', { dictionary: Buffer.from('abc') }), { dictionary: Buffer.from('abc') }).toString()`,
  `${zlib}.gunzipSync(Buffer.concat([${zlib}.gzipSync('a'), ${zlib}.gzipSync('b')])).toString()`,
  `${zlib}.gunzipSync(Buffer.concat([${zlib}.gzipSync('a'), Buffer.alloc(10)])).toString()`,
  `${zlib}.inflateSync(${zlib}.deflateSync(${text}).subarray(0, 60), { finishFlush: ${zlib}.constants.Z_SYNC_FLUSH }).length > 0`,
  using(
    `const { buffer, engine } = zlib.gzipSync('abc', { info: true }); return [buffer.length, engine.constructor.name, engine.bytesWritten]`,
  ),
  using(`return zlib.gunzipSync(new Uint8Array(zlib.gzipSync('abc')).buffer).toString()`),
]);

for (const [compress, decompress] of kinds) {
  sameAsNode(`more than one message of ${compress}`, [
    using(
      `const { promisify } = require('util'); const data = Buffer.alloc(1300000, 'abc'); const small = await promisify(zlib.${compress})(data${compress === 'brotliCompress' ? ', { params: { 1: 2 } }' : ''}); return (await promisify(zlib.${decompress})(small)).equals(data)`,
    ),
    using(
      `const data = Buffer.alloc(1300000, 'abc'); const small = zlib.${compress}Sync(data${compress === 'brotliCompress' ? ', { params: { 1: 2 } }' : ''}); return zlib.${decompress}Sync(small).equals(data)`,
    ),
  ]);
}

sameAsNode('errors', [
  failing(`zlib.gzipSync(5)`),
  failing(`zlib.gzipSync()`),
  failing(`zlib.gzip('a')`),
  failing(`zlib.gunzipSync('abc')`),
  failing(`zlib.inflateSync(zlib.deflateSync('abc').subarray(0, 5))`),
  failing(`zlib.brotliDecompressSync('abc')`),
  failing(`zlib.zstdDecompressSync('abcdefgh')`),
  failing(`zlib.gunzipSync(zlib.gzipSync('abcdefgh'.repeat(100)), { maxOutputLength: 10 })`),
  failing(`zlib.gunzipSync(zlib.gzipSync(Buffer.alloc(5000000)), { maxOutputLength: 4000000 })`),
  failing(`zlib.inflateSync(zlib.deflateSync('a', { dictionary: Buffer.from('abc') }))`),
  `(() => { try { ${zlib}.gunzipSync('abc'); } catch (error) { return [error.errno, error.code, Object.keys(error)]; } })()`,
  ...[
    '{ level: 99 }',
    "{ level: 'a' }",
    '{ level: Infinity }',
    '{ chunkSize: 1 }',
    "{ chunkSize: '1' }",
    '{ windowBits: 0 }',
    '{ memLevel: 10 }',
    '{ strategy: 9 }',
    '{ dictionary: 5 }',
    '{ flush: 99 }',
    '{ maxOutputLength: 0 }',
  ].map((options) => failing(`zlib.createGzip(${options})`)),
  failing(`zlib.createBrotliCompress({ params: { 99999: 1 } })`),
  failing(`zlib.createBrotliCompress({ params: { 1: 'x' } })`),
  failing(`zlib.createGzip().params(99, 1)`),
  using(
    `return await new Promise((resolve) => zlib.gunzip('abc', (error, result) => resolve([error.code, error.errno, error.message, result === undefined])))`,
  ),
  using(
    `return await new Promise((resolve) => zlib.createGunzip().on('error', (error) => resolve([error.code, error.errno, error.message])).end('abc'))`,
  ),
  using(
    `return await new Promise((resolve) => { const stream = zlib.createInflate().on('error', (error) => resolve([error.code, error.message])); stream.resume(); stream.end(zlib.deflateSync('abc').subarray(0, 5)); })`,
  ),
]);

sameAsNode('streams', [
  ...kinds.map(([compress, decompress]) =>
    using(`${all} const { Readable } = require('stream');
      const pieces = Array.from({ length: 20 }, (_, index) => Buffer.from('piece ' + index + ' '.repeat(index * 100)));
      const small = await all(Readable.from(pieces).pipe(zlib.${create(compress)}()));
      const stream = zlib.${create(decompress)}();
      for (const byte of small) stream.write(Buffer.from([byte]));
      stream.end();
      return (await all(stream)).equals(Buffer.concat(pieces))`),
  ),
  using(
    `${all} const stream = zlib.createGzip({ chunkSize: 64 }); stream.end(require('crypto').createHash('shake128', { outputLength: 1000 }).digest()); return [(await all(stream)).toString('hex'), stream.bytesWritten]`,
  ),
  using(`${all} const stream = zlib.createDeflate(); const seen = []; stream.on('data', (chunk) => seen.push(chunk.toString('hex')));
    stream.write('hello'); await new Promise((resolve) => stream.flush(resolve)); const before = seen.join('');
    stream.end(' world'); await new Promise((resolve) => stream.on('end', resolve));
    return [before, seen.join('')]`),
  using(`const stream = zlib.createDeflate({ level: 0 }); const chunks = []; stream.on('data', (chunk) => chunks.push(chunk));
    stream.write('a'.repeat(1000)); await new Promise((resolve) => stream.params(9, 0, resolve)); stream.end('b'.repeat(1000)); await new Promise((resolve) => stream.on('end', resolve));
    return zlib.inflateSync(Buffer.concat(chunks)).toString()`),
  using(
    `const stream = zlib.createGzip(); return await new Promise((resolve) => { stream.close(() => resolve([stream._closed, stream.destroyed])); })`,
  ),
  using(
    `${all} const stream = zlib.createInflate(); stream.end(Buffer.concat([zlib.deflateSync('abc'), Buffer.from('garbage')])); return (await all(stream)).toString()`,
  ),
  using(
    `return zlib.createInflate()._processChunk(zlib.deflateSync('abc'), zlib.constants.Z_FINISH).toString()`,
  ),
  using(`const { pipeline } = require('stream/promises'); const { PassThrough } = require('stream'); const end = new PassThrough(); const source = new PassThrough(); source.end('hello');
    await pipeline(source, zlib.createGzip(), zlib.createGunzip(), end); return end.read().toString()`),
]);

sameAsNode('subclasses', [
  using(
    `class Mine extends zlib.Gunzip { constructor() { super(); this.mine = 1; } twice() { return 2; } } const mine = new Mine(); return [mine.mine, mine.twice(), mine instanceof Mine, mine instanceof zlib.Gunzip, mine.constructor.name]`,
  ),
  using(
    `const { createHash, Hash } = require('crypto'); class Mine extends Hash { both() { return this.update('a').digest('hex'); } } return new Mine('md5').both()`,
  ),
  using(
    `const stream = zlib.createInflate(); let text = ''; stream.on('data', (chunk) => text += chunk); stream.write(zlib.deflateSync('abc')); stream.write('garbage'); await new Promise((resolve) => stream.on('end', resolve)); return text`,
  ),
  using(
    `const { generateKeyPair } = require('crypto'); const { publicKey } = await require('util').promisify(generateKeyPair)('ed25519'); return publicKey.type`,
  ),
]);

describe.each(['inline', 'thread'] as const)('in the tier %s', (isolation) => {
  test('large data goes both ways, blocking and streaming', async () => {
    await using lambda = new Lambda({ blanks: 0 });
    const probe = await lambda.createFunction({
      name: 'probe',
      isolation,
      memoryMb: 256,
      timeoutMs: 20_000,
      code: {
        source: `
          const zlib = require('node:zlib');
          exports.handler = async ({ data }) => {
            const input = Buffer.from(data, 'base64');
            const blocking = zlib.gunzipSync(input);
            const chunks = [];
            const stream = zlib.createGunzip();
            stream.end(input);
            for await (const chunk of stream) chunks.push(chunk);
            return [Buffer.concat(chunks).equals(blocking), require('crypto').hash('sha256', blocking), zlib.gzipSync(blocking, { level: 1 }).toString('base64')];
          };`,
      },
    });
    const data = randomBytes(2_000_000);
    const [isEqual, hash, small] = (await probe.call({
      data: gzipSync(data).toString('base64'),
    })) as string[];
    expect(isEqual).toBe(true);
    expect(hash).toBe(createHash('sha256').update(data).digest('hex'));
    expect(gunzipSync(Buffer.from(small ?? '', 'base64')).equals(data)).toBe(true);
  });

  test('a bomb costs only what the guest takes of it', async () => {
    await using lambda = new Lambda({ blanks: 0 });
    const probe = await lambda.createFunction({
      name: 'probe',
      isolation,
      memoryMb: 128,
      timeoutMs: 20_000,
      code: {
        source: `
          const zlib = require('node:zlib');
          exports.handler = async ({ bomb }) => {
            const stream = zlib.createBrotliDecompress();
            stream.end(Buffer.from(bomb, 'base64'));
            let taken = 0;
            for await (const chunk of stream) {
              taken += chunk.length;
              if (taken > 1_000_000) break;
            }
            let refusal;
            try { zlib.brotliDecompressSync(Buffer.from(bomb, 'base64'), { maxOutputLength: 5_000_000 }); } catch (error) { refusal = error.code; }
            return [taken < 2_000_000, refusal];
          };`,
      },
    });
    const bomb = brotliCompressSync(Buffer.alloc(200_000_000), { params: { 1: 5 } }).toString(
      'base64',
    );
    expect(await probe.call({ bomb })).toEqual([true, 'ERR_BUFFER_TOO_LARGE']);
  });
});
