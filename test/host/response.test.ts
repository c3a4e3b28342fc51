import { describe, expect, test } from 'vitest';
import { ResponseService } from '../../src/host/response.ts';
import { ResponseStream } from '../../src/invoke/response-stream.ts';

const never = new AbortController().signal;
const mb = 1_048_576;

describe('a response that nobody reads along', () => {
  const service = new ResponseService({ bufferedBytes: 6 * mb, streamedBytes: 200 * mb });
  const write = (bytes: Uint8Array): unknown =>
    service.operations['response.write']!('text/plain', bytes, never);

  test('of single bytes arrives in order', async () => {
    service.begin(undefined);
    const expected = Uint8Array.from({ length: 5_000 }, (_, index) => index % 256);
    for (const byte of expected) await write(Uint8Array.of(byte));
    await write(new Uint8Array(100_000).fill(7));
    await write(Uint8Array.of(1, 2, 3));
    const body = service.end()!.bytes;
    expect(body.byteLength).toBe(105_003);
    expect(new Uint8Array(body.subarray(0, 5_000))).toEqual(expected);
    expect([...body.subarray(-4)]).toEqual([7, 1, 2, 3]);
  });

  test('of single bytes holds little more than its bytes', async () => {
    service.begin(undefined);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 300_000; count += 1) await write(new Uint8Array(1));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * mb);
    expect(service.end()!.bytes.byteLength).toBe(300_000);
  });
});

test('all writes that wait for the reader go on when there is room', async () => {
  const stream = new ResponseStream();
  stream.open('text/plain');
  const writes = [1, 2, 3].map(() => stream.write(new Uint8Array(65_536)));
  const reader = stream.body.getReader();
  for (let count = 0; count < 3; count += 1) await reader.read();
  await Promise.all(writes);
});

test('all writes that wait go on when the reader goes away', async () => {
  const stream = new ResponseStream();
  const writes = [1, 2, 3].map(() => stream.write(new Uint8Array(65_536)));
  await stream.body.cancel();
  await Promise.all(writes);
});
