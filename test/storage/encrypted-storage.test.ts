import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encrypted } from '../../src/storage/encryption/encrypted-storage.ts';
import {
  resolveEncryptionKeys,
  type EncryptionKeyOption,
} from '../../src/storage/encryption/key-option.ts';
import { Sealer } from '../../src/storage/encryption/sealer.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { SqliteStorage } from '../../src/storage/sqlite-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { deliveryQueueConformance } from './delivery-queue.conformance.ts';
import { deliveryQueueModel } from './delivery-queue.model.ts';
import { fifoQueueConformance } from './fifo-queue.conformance.ts';
import { queueTimeConformance } from './queue-time.conformance.ts';
import { stateStoreConformance } from './state-store.conformance.ts';
import { openQueue, takeOne, type StorageUnderTest } from './storage-under-test.ts';

const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

const subject: StorageUnderTest = {
  name: 'in an encrypted SQLite file',
  async make(clock) {
    const folder = mkdtempSync(join(tmpdir(), 'storage-'));
    const open = async (file: string): Promise<Storage> =>
      encrypted(await SqliteStorage.open({ file, clock }), resolveEncryptionKeys(key(1)), file);
    const file = join(folder, 'state.db');
    const opened = [await open(file)];
    return {
      storage: opened[0] as Storage,
      async crash() {
        const found = join(folder, 'after-crash.db');
        for (const end of ['', '-wal'])
          if (existsSync(file + end)) copyFileSync(file + end, found + end);
        const next = await open(found);
        opened.push(next);
        return next;
      },
      async remove() {
        for (const storage of opened) await storage.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

deliveryQueueConformance(subject);
queueTimeConformance(subject);
fifoQueueConformance(subject);
stateStoreConformance(subject);
deliveryQueueModel(subject, 30);

/** The same storage, opened with other keys. */
function reopen(storage: MemoryStorage, option?: EncryptionKeyOption): Promise<Storage> {
  return encrypted(storage, resolveEncryptionKeys(option), 'lambda.db');
}

const document = { key: 'a', json: '{"secret":1}', blobs: ['hash'] };
const blobs = new Map([['hash', Buffer.from('code')]]);

async function kept(option?: EncryptionKeyOption): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const { state } = await reopen(storage, option);
  await state.write({ put: [document], blobs });
  return storage;
}

async function readable(storage: MemoryStorage, option?: EncryptionKeyOption): Promise<boolean> {
  const { state } = await reopen(storage, option);
  expect(await state.list('')).toEqual([document]);
  expect(Buffer.from((await state.readBlob('hash')) ?? []).toString()).toBe('code');
  return true;
}

describe('the key', () => {
  test('opens what it sealed, and nothing else does', async () => {
    const storage = await kept(key(1));
    const raw = JSON.stringify(await storage.state.list(''));
    expect(raw).not.toContain('secret');
    expect(Buffer.from((await storage.state.readBlob('hash')) ?? []).includes('code')).toBe(false);
    expect(await readable(storage, key(1))).toBe(true);

    await expect(reopen(storage)).rejects.toMatchObject({
      name: 'StorageError',
      problem: 'encrypted',
      message: expect.stringMatching(
        /^The storage "lambda.db" is encrypted with the key "[0-9a-f]{16}"; no key was given\. Pass that key in `encryptionKey`.*Nothing was changed$/,
      ),
    });
    await expect(reopen(storage, { id: 'other', key: key(2) })).rejects.toThrow('given: "other"');
    expect(await readable(storage, key(1))).toBe(true);
  });

  test('of the same id and another content is told from damage of what it sealed', async () => {
    const storage = await kept({ id: 'main', key: key(1) });
    await expect(reopen(storage, { id: 'main', key: key(2) })).rejects.toThrow(
      'The key "main" does not open the storage "lambda.db": it is another one of the same id',
    );
    expect(await readable(storage, { id: 'main', key: key(1) })).toBe(true);
  });

  test('is replaced by a new one that comes first, and is not needed afterwards', async () => {
    const storage = await kept({ id: 'old', key: key(1) });
    const both = [
      { id: 'new', key: key(2) },
      { id: 'old', key: key(1) },
    ];
    expect(await readable(storage, both)).toBe(true);
    expect(await readable(storage, { id: 'new', key: key(2) })).toBe(true);
    await expect(reopen(storage, { id: 'old', key: key(1) })).rejects.toThrow('with the key "new"');
  });

  test('may be guarded by somebody else, who sees it once for each opening', async () => {
    const asked: string[] = [];
    const turned = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x5a);
    const provider = {
      id: 'arn:aws:kms:us-east-1:123456789012:key/1',
      wrap: async (fileKey: Uint8Array) => (asked.push('wrap'), turned(fileKey)),
      unwrap: async (wrapped: Uint8Array) => (asked.push('unwrap'), turned(wrapped)),
    };
    const storage = await kept(provider);
    expect(await readable(storage, provider)).toBe(true);
    expect(asked).toEqual(['wrap', 'unwrap']);
    const gone = { ...provider, unwrap: () => Promise.reject(new Error('access denied')) };
    await expect(reopen(storage, gone)).rejects.toMatchObject({
      problem: 'encrypted',
      cause: expect.objectContaining({ message: 'access denied' }),
    });
  });

  test('encrypts a file that was not encrypted from then on, and what was there stays readable', async () => {
    const storage = await kept();
    const queue = openQueue(storage);
    await queue.send([{ id: '1', body: 'sealed:0000000000000000:plain', meta: 'meta' }]);
    await queue.close();
    expect(await readable(storage, key(1))).toBe(true);
    expect(JSON.stringify(await storage.state.list('a'))).toContain('secret');

    const again = await reopen(storage, key(1));
    const lease = await takeOne(openQueue(again));
    expect(lease).toMatchObject({ body: 'sealed:0000000000000000:plain', meta: 'meta' });
    await again.state.write({ put: [document], blobs });
    expect(JSON.stringify(await storage.state.list('a'))).not.toContain('secret');
  });
});

test('what was changed behind its back is an error that names it', async () => {
  const storage = await kept(key(1));
  const [sealed] = await storage.state.list('a');
  const json = sealed?.json ?? '';
  const moved = { key: 'b', json, blobs: [] };
  await storage.state.write({ put: [moved] });
  const { state } = await reopen(storage, key(1));
  await expect(state.list('b')).rejects.toMatchObject({
    problem: 'corrupt',
    message:
      'The document "b" in the storage "lambda.db" is damaged: it was changed after it was encrypted',
  });
});

test.each([
  [new Uint8Array(16), 'a Uint8Array of 32 bytes, got "16 bytes"'],
  [{ id: 'a', key: 'secret' }, 'a Uint8Array of 32 bytes, got "string"'],
  [{ id: '', key: key(1) }, '`encryptionKey.id`'],
  [{ id: 'a' }, '`wrap()` and `unwrap()`'],
  ['secret', '{ id, key }'],
  [[], 'a list that begins with one'],
  [[key(1), key(1)], 'keys with different ids'],
])('the option %# is refused, and no message shows a key', (option, message) => {
  const resolve = (): unknown => resolveEncryptionKeys(option as never);
  expect(resolve).toThrow(message);
  expect(resolve).not.toThrow('secret');
});

describe('sealing', () => {
  const sealer = new Sealer(key(7), '0123456789abcdef');

  test('gives back every value, never looks the same twice, and opens at its place only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (value, place) => {
        const sealed = sealer.seal(value, place);
        const other = new Sealer(key(7), '0123456789abcdef');
        expect(other.open(sealed, place)).toEqual(Buffer.from(value));
        expect(sealed.equals(sealer.seal(value, place))).toBe(false);
        expect(() => other.open(sealed, `${place}.`)).toThrow();
      }),
    );
  });

  test('notices every changed byte', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const sealed = sealer.seal(Buffer.from('value'), 'place');
        const changed = Buffer.from(sealed);
        changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ change;
        const prefixBytes = 'sealed:0123456789abcdef:'.length;
        if (at % changed.length < prefixBytes) {
          expect(sealer.open(changed, 'place')).toBeUndefined();
        } else {
          expect(() => sealer.open(changed, 'place')).toThrow();
        }
      }),
    );
  });

  test('of text gives it back, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(text.isWellFormed());
        expect(sealer.openText(sealer.sealText(text, 'place'), 'place')).toBe(text);
      }),
    );
    expect(sealer.openText('plain', 'place')).toBeUndefined();
  });
});
