import { sameAsNode } from './node-table.ts';

/** A body with helpers; zlib is there to compare with. */
const using = (body: string): string => `(async (zlib) => {
  const text = 'some text, some more text '.repeat(5000);
  const all = async (stream) => { const chunks = []; for await (const chunk of stream) chunks.push(chunk); return Buffer.concat(chunks); };
  const through = (pieces, pair) => all(new ReadableStream({ start(controller) { for (const piece of pieces) controller.enqueue(piece); controller.close(); } }).pipeThrough(pair));
  const failing = async (promise) => { try { return await promise; } catch (error) { return [error.name, error.code, error instanceof TypeError]; } };
  ${body}
})(require('node:zlib'))`;

sameAsNode('compression streams', [
  ...[
    ['gzip', 'gunzip'],
    ['deflate', 'inflate'],
    ['deflate-raw', 'inflateRaw'],
    ['brotli', 'brotliDecompress'],
  ].flatMap(([format, decompress]) => [
    using(
      `return zlib.${decompress}Sync(await through([Buffer.from(text), new Uint16Array(3), new ArrayBuffer(2)], new CompressionStream('${format}'))).length`,
    ),
    using(`const small = await through([Buffer.from(text)], new CompressionStream('${format}'));
      const pieces = Array.from(small, (byte) => new Uint8Array([byte]));
      return (await through(pieces, new DecompressionStream('${format}'))).toString() === text`),
  ]),
  using(
    `return (await all(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip')).pipeThrough(new DecompressionStream('gzip')))).toString() === text`,
  ),
  using(`return zlib.gunzipSync(await through([], new CompressionStream('gzip'))).length`),
  using(`return await failing((async () => new CompressionStream('x'))())`),
  using(`return await failing((async () => new DecompressionStream())())`),
  using(
    `return await failing(through([Buffer.from('nonsense')], new DecompressionStream('gzip')))`,
  ),
  using(
    `return await failing(through([zlib.deflateSync('abc').subarray(0, 5)], new DecompressionStream('deflate')))`,
  ),
  using(
    `return (await failing(through([Buffer.concat([zlib.deflateSync('abc'), Buffer.from('xx')])], new DecompressionStream('deflate')))).slice(0, 2)`,
  ),
  using(`const { readable, writable } = new DecompressionStream('gzip'); const writer = writable.getWriter(); writer.closed.catch(() => {}); writer.write(zlib.gzipSync(Buffer.alloc(5_000_000))).catch(() => {});
    const reader = readable.getReader(); const { value } = await reader.read(); await reader.cancel(); return [value.length > 0, value.length < 1_000_000]`),
  using(
    `return [String(new CompressionStream('gzip')), Object.keys(CompressionStream.prototype), Object.keys(DecompressionStream.prototype)]`,
  ),
]);
