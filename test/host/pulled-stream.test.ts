import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { PulledStream, PushedStream } from '../../src/host/network/pulled-stream.ts';

const never = new AbortController().signal;

test('a stream is asked for no more than the guest pulls', async () => {
  let produced = 0;
  const source = new Readable({
    highWaterMark: 65_536,
    read() {
      produced += 65_536;
      this.push(Buffer.alloc(65_536));
    },
  });
  const stream = new PulledStream(source);
  for (let count = 1; count <= 10; count += 1) {
    expect((await stream.read(never))?.byteLength).toBe(65_536);
    // One piece is kept in store.
    expect(produced).toBeLessThanOrEqual((count + 2) * 65_536);
  }
});

test('large pieces are cut, small ones are put together', async () => {
  const source = new Readable({ read() {} });
  const stream = new PulledStream(source);
  source.push(Buffer.alloc(100_000));
  expect((await stream.read(never))?.byteLength).toBe(65_536);
  expect((await stream.read(never))?.byteLength).toBe(34_464);
  source.push('a');
  source.push('b');
  source.push(null);
  expect(Buffer.from((await stream.read(never)) ?? []).toString()).toBe('ab');
  expect(await stream.read(never)).toBeUndefined();
  expect(await stream.read(never)).toBeUndefined();
});

test('a write is over when the stream has passed the bytes on', async () => {
  const passOn: (() => void)[] = [];
  const sink = new Writable({
    write: (_chunk, _encoding, done) => {
      passOn.push(done);
    },
  });
  const stream = new PushedStream(sink);
  let isWritten = false;
  const writing = stream.write(Buffer.alloc(10), never).then(() => {
    isWritten = true;
  });
  await new Promise(setImmediate);
  expect(isWritten).toBe(false);
  await expect(stream.write(Buffer.alloc(10), never)).rejects.toMatchObject({ code: 'EBUSY' });

  passOn[0]?.();
  await writing;
  expect(isWritten).toBe(true);
});

test('a write into a stream that dies fails', async () => {
  const sink = new Writable({ write: () => {} });
  sink.on('error', () => {});
  const stream = new PushedStream(sink);
  const writing = stream.write(Buffer.alloc(10), never);
  sink.destroy(new Error('gone'));
  await expect(writing).rejects.toThrow('gone');
  await expect(stream.write(Buffer.alloc(10), never)).rejects.toThrow('gone');
});

test('a write that was given up keeps its place until its bytes are gone', async () => {
  const passOn: (() => void)[] = [];
  const sink = new Writable({ write: (_chunk, _encoding, done) => void passOn.push(done) });
  const stream = new PushedStream(sink);
  const giveUp = new AbortController();
  const writing = stream.write(Buffer.alloc(10), giveUp.signal);
  giveUp.abort(new Error('given up'));
  await expect(writing).rejects.toThrow('given up');
  await expect(stream.write(Buffer.alloc(10), never)).rejects.toMatchObject({ code: 'EBUSY' });
  expect(sink.writableLength).toBe(10);

  passOn[0]?.();
  await new Promise(setImmediate);
  const next = stream.write(Buffer.alloc(10), never);
  passOn[1]?.();
  await next;
});
