import { describe, expect, test } from 'vitest';
import type { StateDocument, StateStore } from '../../src/storage/state-store.ts';
import { openStorage, type StorageUnderTest } from './storage-under-test.ts';

/** What every `StateStore` promises. */
export function stateStoreConformance(subject: StorageUnderTest): void {
  const open = async (): Promise<{ state: StateStore; restart: () => Promise<StateStore> }> => {
    const { storage, crash } = await openStorage(subject);
    return { state: storage.state, restart: async () => (await crash()).state };
  };

  describe(`documents ${subject.name}`, () => {
    test('are listed by the beginning of their keys, in order', async () => {
      const { state, restart } = await open();
      const keys = ['function/b', 'function/a', 'alias/a', 'function', 'function/a/1', 'funktion'];
      await state.write({ put: keys.map((key) => document(key)) });
      const found = ['function/a', 'function/a/1', 'function/b'];
      expect(await keysOf(state, 'function/')).toEqual(found);
      expect(await keysOf(await restart(), 'function/')).toEqual(found);
      expect(await keysOf(state, '')).toEqual(keys.toSorted());
      expect(await keysOf(state, 'x')).toEqual([]);
      expect(await keysOf(state, 'function/_')).toEqual([]);
    });

    test('are replaced and deleted; a key that is not there is no error', async () => {
      const { state } = await open();
      await state.write({ put: [document('a', '1'), document('b', '1')] });
      await state.write({ put: [document('a', '2')], delete: ['b', 'c'] });
      expect(await state.list('')).toEqual([document('a', '2')]);
      await state.write({});
    });

    test('come back as they were, whatever their text', async () => {
      const { state } = await open();
      const put = [document('ключ/ü%_\'"', '{"text":"\\u0000 ✓ \'"}')];
      await state.write({ put });
      expect(await state.list('ключ')).toEqual(put);
    });

    test('changes that are asked for at once are made in order', async () => {
      const { state } = await open();
      const writes = Array.from({ length: 10 }, (_, index) =>
        state.write({ put: [document('a', String(index))] }),
      );
      const listed = state.list('');
      await Promise.all(writes);
      expect(await listed).toEqual([document('a', '9')]);
    });

    test.each([
      { put: [document('')] },
      { put: [document('a'), document('a')] },
      { put: [document('a')], delete: ['a'] },
      { put: [document('a', '{}', 'unknown')] },
      { delete: [''] },
      { drop: [] } as object,
    ])('nothing of a change that is not allowed is made: %j', async (changes) => {
      const { state } = await open();
      await state.write({ put: [document('kept')] });
      const good = state.write({ put: [document('good')] });
      const bad = state.write({ put: [document('other')], ...changes, ...withOther(changes) });
      await expect(bad).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
      await good;
      expect(await keysOf(state, '')).toEqual(['good', 'kept']);
    });
  });

  describe(`bytes ${subject.name}`, () => {
    test('are kept while a document needs them', async () => {
      const { state, restart } = await open();
      const blobs = new Map([
        ['x', Uint8Array.of(1, 2, 3)],
        ['y', new Uint8Array()],
        ['unused', Uint8Array.of(9)],
      ]);
      await state.write({ put: [document('a', '{}', 'x', 'y'), document('b', '{}', 'x')], blobs });
      expect(await state.readBlob('unused')).toBeUndefined();

      await state.write({ delete: ['a'] });
      expect(await state.readBlob('y')).toBeUndefined();
      const found = await restart();
      expect(await found.readBlob('x')).toEqual(Uint8Array.of(1, 2, 3));
      await found.write({ put: [document('b', '{}')] });
      expect(await found.readBlob('x')).toBeUndefined();
    });

    test('stay when a document is replaced by one that needs them too, or passes them on', async () => {
      const { state } = await open();
      await state.write({
        put: [document('a', '1', 'x', 'x')],
        blobs: new Map([['x', Uint8Array.of(1)]]),
      });
      await state.write({ put: [document('a', '2', 'x')] });
      expect(await state.readBlob('x')).toEqual(Uint8Array.of(1));
      await state.write({ put: [document('b', '1', 'x')], delete: ['a'] });
      expect(await state.readBlob('x')).toEqual(Uint8Array.of(1));
      expect(await state.list('')).toEqual([document('b', '1', 'x')]);
    });

    test('are the store’s own: nobody changes them from outside', async () => {
      const { state } = await open();
      const bytes = Uint8Array.of(1, 2);
      await state.write({ put: [document('a', '{}', 'x')], blobs: new Map([['x', bytes]]) });
      bytes[0] = 9;
      const read = await state.readBlob('x');
      read?.fill(8);
      expect(await state.readBlob('x')).toEqual(Uint8Array.of(1, 2));
    });
  });
}

function document(key: string, json = '{}', ...blobs: readonly string[]): StateDocument {
  return { key, json, blobs };
}

/** The change beside which another document would be written. */
function withOther(changes: object): object {
  const put = 'put' in changes ? (changes.put as StateDocument[]) : [];
  return { put: [document('other'), ...put] };
}

async function keysOf(state: StateStore, prefix: string): Promise<string[]> {
  return (await state.list(prefix)).map(({ key }) => key);
}
