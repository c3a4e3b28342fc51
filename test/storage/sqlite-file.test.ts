import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SqliteStorage } from '../../src/storage/sqlite-storage.ts';
import { StorageError } from '../../src/storage/storage-error.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { inGroup, messages, openQueue, take, takeIds, takeOne } from './storage-under-test.ts';

const child = fileURLToPath(new URL('storage-child.ts', import.meta.url));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'storage-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function open(file: string, clock = new VirtualClock()): Promise<SqliteStorage> {
  const storage = await SqliteStorage.open({ file, clock });
  onTestFinished(() => storage.close());
  return storage;
}

describe('a file', () => {
  test('holds after a restart what it held before', async () => {
    const file = join(folder(), 'state.db');
    const clock = new VirtualClock();
    const first = await open(file, clock);
    const queue = openQueue(first, { isFifo: true });
    const [sent] = await queue.send(inGroup('g', 'a', 'b'));
    await queue.send([
      { id: 'c', body: '', groupId: 'h', notBeforeMs: clock.now() + 60_000, reason: 'retry 1' },
    ]);
    await first.state.write({ put: [{ key: 'k', json: '{}', blobs: [] }] });
    await first.close();
    expect(readdirSync(join(file, '..'))).toEqual(['state.db']);

    const second = await open(file, clock);
    expect(second.queueNames()).toEqual(['orders']);
    expect(await second.state.list('')).toHaveLength(1);
    const again = openQueue(second, { isFifo: true });
    expect(again.stats()).toMatchObject({ ready: 2, delayed: 1, oldestMs: clock.now() });
    await clock.advance(1);
    expect(clock.pending()).toMatchObject([{ label: 'queue "orders": retry 1' }]);
    expect(await take(again, { max: 1 })).toMatchObject([{ id: 'a', sequence: sent?.sequence }]);
    const [later] = await again.send(inGroup('g', 'd'));
    expect(later?.sequence).toBeGreaterThan((sent?.sequence ?? 0n) + 2n);
  });

  test('numbers grow although everything before was acknowledged', async () => {
    const file = join(folder(), 'state.db');
    const first = await open(file);
    const queue = openQueue(first);
    const [a] = await queue.send(messages('a'));
    await queue.ack(await take(queue));
    await first.close();
    const [b] = await openQueue(await open(file)).send(messages('b'));
    expect(b?.sequence).toBeGreaterThan(a?.sequence ?? 0n);
  });

  test('a token of before the restart is void, also for the same receipt of the same message', async () => {
    const file = join(folder(), 'state.db');
    const first = await open(file);
    const queue = openQueue(first);
    await queue.send(messages('a'));
    const old = await takeOne(queue);
    await first.close();
    const raw = new DatabaseSync(file);
    raw.exec('UPDATE messages SET receive_count = 0');
    raw.close();
    const again = openQueue(await open(file));
    const next = await takeOne(again);
    expect(next.receiveCount).toBe(1);
    expect(await again.ack([old, next])).toEqual([false, true]);
  });

  test('may be a link', async () => {
    const path = folder();
    symlinkSync(join(path, 'real.db'), join(path, 'link.db'));
    const storage = await open(join(path, 'link.db'));
    await openQueue(storage).send(messages('a'));
    await storage.close();
    expect(openQueue(await open(join(path, 'real.db'))).stats()).toMatchObject({ ready: 1 });
  });

  test('has one owner at a time, in this process and in others', async () => {
    const file = join(folder(), 'state.db');
    const storage = await open(file);
    await expect(open(file)).rejects.toThrow(
      `The storage "${file}" is in use: another process has it open, or another storage of this one. ` +
        'A file has one owner at a time',
    );
    expect(execFileSync(process.execPath, [child, 'open', file], { encoding: 'utf8' })).toBe(
      'ERR_STORAGE in-use\n',
    );
    await storage.close();
    expect(execFileSync(process.execPath, [child, 'open', file], { encoding: 'utf8' })).toBe(
      'open\n',
    );
  });

  test.each<[string, string, (path: string) => string]>([
    ['a folder', 'unavailable', (path) => path],
    ['in a folder that is not there', 'unavailable', (path) => join(path, 'none', 'state.db')],
    [
      'no database',
      'not-a-storage',
      (path) => written(join(path, 'text.db'), Buffer.alloc(10_000, 'text ')),
    ],
    [
      'the database of another program',
      'not-a-storage',
      (path) => withSql(join(path, 'other.db'), 'CREATE TABLE t (x)'),
    ],
    [
      'of a later version',
      'too-new',
      (path) =>
        withSql(
          join(path, 'later.db'),
          'CREATE TABLE t (x); PRAGMA application_id = 0x69736f6c; PRAGMA user_version = 2',
        ),
    ],
  ])('that is %s is refused as %s', async (_, problem, make) => {
    const file = make(folder());
    const before = problem === 'not-a-storage' ? readFileSync(file) : undefined;
    const error: unknown = await open(file).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ code: 'ERR_STORAGE', problem, file });
    if (before !== undefined) expect(readFileSync(file).equals(before)).toBe(true);
  });

  test.each(['', ':memory:', 'a\0b', 7 as unknown as string])(
    'named %j is refused',
    async (file) => {
      await expect(open(file)).rejects.toMatchObject({
        code: 'ERR_INVALID_OPTION',
        option: 'file',
      });
    },
  );

  test('that is damaged says so, and where one read fails the others go on', async () => {
    const file = join(folder(), 'state.db');
    const storage = await open(file);
    await openQueue(storage).send(
      Array.from({ length: 200 }, (_, id) => ({ id: String(id), body: 'x'.repeat(1_000) })),
    );
    await storage.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 8 * 4_096);
    writeFileSync(file, bytes);
    const found: unknown = await open(file)
      .then((again) => take(openQueue(again), { max: 200 }))
      .catch((reason: unknown) => reason);
    expect(found).toMatchObject({ code: 'ERR_STORAGE', problem: 'corrupt' });
  });

  test.skipIf(process.getuid?.() === 0)('that may not be written is refused', async () => {
    const path = folder();
    const file = join(path, 'state.db');
    await (await open(file)).close();
    chmodSync(file, 0o444);
    await expect(open(file)).rejects.toMatchObject({ problem: 'read-only' });
  });

  test('a Node without SQLite says what to do', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValueOnce(undefined);
    await expect(open(join(folder(), 'state.db'))).rejects.toThrow(
      /needs Node's SQLite.*use Node 22\.13 or later, or start Node 22\.12 with --experimental-sqlite/,
    );
  });

  test('nothing is answered after the end', async () => {
    const storage = await open(join(folder(), 'state.db'));
    const queue = openQueue(storage);
    await queue.send(messages('a'));
    const writing = storage.state.write({ put: [{ key: 'k', json: '{}', blobs: [] }] });
    await storage.close();
    await writing;
    expect(queue.stats()).toMatchObject({ ready: 1 });
    expect(() => storage.queueNames()).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
    await expect(storage.state.list('')).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    await expect(storage.state.write({})).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('virtual time waits until what was asked for is on the disk', async () => {
    const clock = new VirtualClock();
    const storage = await open(join(folder(), 'state.db'), clock);
    const queue = openQueue(storage);
    let isSent = false;
    void queue.send(messages('a')).then(() => {
      isSent = true;
    });
    expect(clock.held()).toMatchObject([
      { label: expect.stringContaining('a change of the storage') },
    ]);
    await clock.advance(1);
    expect(isSent).toBe(true);
    expect(clock.held()).toEqual([]);
  });
});

describe('a change that fails', () => {
  /** While the document "broken" is there, nothing can be leased, sent or made ready. */
  async function breakable(): Promise<{
    storage: SqliteStorage;
    clock: VirtualClock;
    setBroken: (isBroken: boolean) => Promise<void>;
  }> {
    const file = join(folder(), 'state.db');
    await (await open(file)).close();
    withSql(
      file,
      ['INSERT', 'UPDATE']
        .map(
          (event) => `CREATE TRIGGER fail_${event} BEFORE ${event} ON messages
            WHEN EXISTS (SELECT 1 FROM documents WHERE key = 'broken')
            BEGIN SELECT RAISE(ABORT, 'broken'); END;`,
        )
        .join('\n'),
    );
    const clock = new VirtualClock();
    const storage = await open(file, clock);
    const setBroken = (isBroken: boolean): Promise<void> =>
      storage.state.write(
        isBroken ? { put: [{ key: 'broken', json: '', blobs: [] }] } : { delete: ['broken'] },
      );
    return { storage, clock, setBroken };
  }

  test('takes everything of its turn back, and tells everyone who asked', async () => {
    const { storage, setBroken } = await breakable();
    const queue = openQueue(storage);
    const other = openQueue(storage, { name: 'other' });
    await queue.send(messages('kept', 'leased'));
    const [kept, leased] = await take(queue);
    if (kept === undefined || leased === undefined) throw new Error('nothing was received');
    await queue.nack(kept, { delayMs: 0, reason: '' });
    const before = queue.stats();
    await setBroken(true);

    const outcomes = await Promise.allSettled([
      queue.ack([leased]),
      storage.state.write({ put: [{ key: 'new', json: '', blobs: [] }] }),
      take(other, { waitMs: Number.POSITIVE_INFINITY }),
      other.send(messages('a')),
      take(queue),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'ERR_STORAGE',
          problem: 'failed',
          message: expect.stringMatching(/broken/),
        },
      });
    }
    expect(queue.stats()).toEqual(before);
    expect(other.stats()).toMatchObject({ ready: 0 });
    expect((await storage.state.list('')).map(({ key }) => key)).toEqual(['broken']);

    await setBroken(false);
    expect(await queue.ack([leased])).toEqual([true]);
    expect(await takeIds(queue)).toEqual(['kept']);
    await other.send(messages('a'));
    expect(await takeIds(other)).toEqual(['a']);
  });

  test('leaves other turns alone', async () => {
    const { storage, setBroken } = await breakable();
    const queue = openQueue(storage);
    await setBroken(true);
    await expect(queue.send(messages('a'))).rejects.toMatchObject({ code: 'ERR_STORAGE' });
    await expect(queue.send(messages('b'))).rejects.toMatchObject({ code: 'ERR_STORAGE' });
    await setBroken(false);
    await queue.send(messages('c'));
    expect(await takeIds(queue)).toEqual(['c']);
  });

  test('of what is due by itself is told to who waits for it, and tried again every second', async () => {
    const { storage, clock, setBroken } = await breakable();
    const queue = openQueue(storage);
    await queue.send([{ id: 'a', body: '', notBeforeMs: clock.now() + 10, reason: 'retry 1' }]);
    await setBroken(true);
    const waiting = take(queue, { waitMs: Number.POSITIVE_INFINITY });
    const told = expect(waiting).rejects.toMatchObject({ code: 'ERR_STORAGE' });
    await clock.advance(10);
    await told;
    expect(clock.pending()).toMatchObject([{ label: 'queue "orders": retry 1', inMs: 1_000 }]);
    await clock.advance(5_000);
    await setBroken(false);
    const again = take(queue, { waitMs: Number.POSITIVE_INFINITY });
    expect(await clock.runUntil(again)).toMatchObject([{ id: 'a', receiveCount: 1 }]);
  });
});

describe('a process that ends', () => {
  test('in the middle of everything loses nothing that it accepted', async () => {
    const file = join(folder(), 'state.db');
    const accepted = new Set<string>();
    const taken = new Set<string>();
    for (let round = 0; round < 10; round += 1) {
      await killedAfter(30 + round * 20, ['work', file, String(round)]);
    }
    for (const line of readFileSync(`${file}.log`, 'utf8').split('\n')) {
      const [kind, id = ''] = line.split(' ');
      if (kind === 'sent') accepted.add(id);
      if (kind === 'taken') taken.add(id);
    }
    const storage = await open(file);
    const names = ['orders', 'letters'];
    const found: string[] = [];
    for (const name of names) {
      const queue = openQueue(storage, { name });
      found.push(...(await takeIds(queue, { max: 1_000_000 })));
      expect(queue.stats()).toMatchObject({ ready: 0, delayed: 0 });
    }
    expect(accepted.size).toBeGreaterThan(300);
    expect(new Set(found).size).toBe(found.length);
    const lost = [...accepted].filter((id) => !taken.has(id)).filter((id) => !found.includes(id));
    expect(lost).toEqual([]);
  });

  test('because the disk is full keeps what it accepted, and nothing of what it refused', async () => {
    const path = folder();
    mkdirSync(join(path, 'data'));
    const file = join(path, 'data', 'state.db');
    // The shell's unit is 512 bytes or 1 KB; both are less than the messages and more than the schema.
    const script = `ulimit -f 2000; exec "$0" "$@"`;
    const output = execFileSync('sh', ['-c', script, process.execPath, child, 'fill', file], {
      encoding: 'utf8',
    });
    const lines = output.trim().split('\n');
    const sent = lines.filter((line) => line.startsWith('sent ')).map((line) => line.slice(5));
    const refused = lines.filter((line) => line.startsWith('refused '));
    expect(sent.length).toBeGreaterThan(5);
    expect(new Set(refused).size).toBe(refused.length);
    expect(refused.length).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(/^then \d+ ready$/);
    expect(Number(lines.at(-1)?.split(' ')[1])).toBe(sent.length);

    const queue = openQueue(await open(file));
    expect((await takeIds(queue, { max: 1_000 })).toSorted()).toEqual(sent.toSorted());
  });
});

/** Kills a child when it has printed so many characters. */
async function killedAfter(count: number, args: readonly string[]): Promise<void> {
  const running = spawn(process.execPath, [child, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = 0;
  running.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.length;
    if (printed >= count) running.kill('SIGKILL');
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  running.on('close', () => resolve());
  await promise;
  expect(running.signalCode).toBe('SIGKILL');
}

function written(file: string, bytes: Uint8Array): string {
  writeFileSync(file, bytes);
  return file;
}

function withSql(file: string, sql: string): string {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
  return file;
}
