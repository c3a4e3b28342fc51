import { describe, expect, test } from 'vitest';
import { ClosedError, ConflictError, FunctionNotFoundError } from '../../src/core/errors.ts';
import type { FunctionStore } from '../../src/functions/store.ts';
import { arnOf, code, controlPlane, otherCode } from './control-plane.ts';
import { KeptState } from './kept-state.ts';
import { restored, visible } from './visible.ts';

/** The function `orders` with version 1 and the alias `live` on it, in a storage. */
async function kept() {
  const state = new KeptState();
  const plane = controlPlane({ state });
  const { store } = plane;
  await store.create({ name: 'orders', code });
  await store.versions.publish('orders');
  await store.aliases.create('orders', 'live', { version: '1' });
  await store.update('orders', { memoryMb: 256 });
  return { ...plane, state };
}

type ChangeOfState = readonly [string, (store: FunctionStore) => Promise<unknown>];

const changes: readonly ChangeOfState[] = [
  ['a new function', (store) => store.create({ name: 'other', code: otherCode })],
  ['new code', (store) => store.update('orders', { code: otherCode })],
  ['new settings', (store) => store.update('orders', { memoryMb: 512 })],
  ['new tags', (store) => store.update('orders', { tags: { team: 'b' } })],
  ['a new version', (store) => store.versions.publish('orders')],
  ['a new alias', (store) => store.aliases.create('orders', 'next', { version: '1' })],
  ['a changed alias', (store) => store.aliases.update('orders', 'live', { description: 'new' })],
  ['a deleted alias', (store) => store.aliases.delete('orders', 'live')],
  ['a deleted function', (store) => store.delete('orders')],
  ['a new layer', (store) => store.layers.publish({ name: 'fonts', code: { dir: 'fonts' } })],
];

describe.each(changes)('%s', (_name, change) => {
  test('shows when it is kept, not before', async () => {
    const { store, state } = await kept();
    const before = visible(store);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const changing = change(store);
    // A few turns, in which a store that did not wait would have changed.
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    expect(visible(store)).toEqual(before);

    gate.resolve();
    await changing;
    expect(visible(store)).not.toEqual(before);
    expect(visible(await restored(state))).toEqual(visible(store));
  });

  test('that cannot be kept changes nothing, and works the next time', async () => {
    const { store, state, retired } = await kept();
    const before = visible(store);
    const retiredBefore = retired.length;
    state.failure = new Error('disk full');
    await expect(change(store)).rejects.toThrow('disk full');

    expect(visible(store)).toEqual(before);
    expect(visible(await restored(state))).toEqual(before);
    expect(retired).toHaveLength(retiredBefore);
    await change(store);
    expect(visible(await restored(state))).toEqual(visible(store));
  });

  test('is refused after the store was closed', async () => {
    const { store, state } = await kept();
    await store.close();
    const writes = state.writes;
    await expect(change(store)).rejects.toThrow(ClosedError);
    expect(state.writes).toBe(writes);
  });
});

describe('changes of one function', () => {
  test('happen one after the other, each on what the one before has left', async () => {
    const { store, state } = await kept();
    const [first, second, again] = await Promise.all([
      store.versions.publish('orders'),
      store.versions.publish('orders'),
      store.update('orders', { tags: { team: 'b' } }),
      store.update('orders', { reservedConcurrency: 3 }),
      store.aliases.create('orders', 'next', { version: '2' }),
    ]);

    expect(first).toMatchObject({ isNew: true, record: { version: '2' } });
    expect(second).toEqual({ isNew: false, record: first.record });
    expect(again.settings.tags).toEqual({ team: 'b' });
    expect(store.get('orders')?.settings).toMatchObject({
      tags: { team: 'b' },
      reservedConcurrency: 3,
    });
    expect(visible(await restored(state))).toEqual(visible(store));
  });

  test('do not wait for those of another', async () => {
    const { store, state } = await kept();
    await store.create({ name: 'other', code });
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const waiting = store.versions.publish('orders');
    state.gate = undefined;
    await store.versions.publish('other');
    expect(store.versions.list('other')).toHaveLength(2);
    expect(store.versions.list('orders')).toHaveLength(2);

    gate.resolve();
    await waiting;
    expect(store.versions.list('orders')).toHaveLength(3);
  });

  test('find the function gone that is being deleted', async () => {
    const { store, state } = await kept();
    const [deleted, published, updated] = await Promise.allSettled([
      store.delete('orders'),
      store.versions.publish('orders'),
      store.update('orders', { memoryMb: 1_024 }),
    ]);
    expect(deleted.status).toBe('fulfilled');
    for (const late of [published, updated]) {
      expect(late).toMatchObject({ reason: expect.any(FunctionNotFoundError) as unknown });
    }
    expect((await restored(state)).list()).toEqual([]);
  });

  test('of a name that is being deleted are still a conflict', async () => {
    const { store } = await kept();
    const deleting = store.delete('orders');
    await expect(store.create({ name: 'orders', code })).rejects.toThrow(ConflictError);
    await deleting;
    await store.create({ name: 'orders', code });
    expect((await store.versions.publish('orders')).record.arn).toBe(arnOf('orders:2'));
  });
});

test('closing waits for what is being written', async () => {
  const { store, state } = await kept();
  const gate = Promise.withResolvers<void>();
  state.gate = gate.promise;
  const publishing = store.versions.publish('orders');
  const closing = store.close();
  const writes = state.writes;
  gate.resolve();
  await closing;
  expect(state.writes).toBe(writes + 1);
  expect((await publishing).record.version).toBe('2');
});

test('functions are listed in the order in which they were created, also when an earlier one is kept later', async () => {
  const state = new KeptState();
  const { store } = controlPlane({ state });
  const gate = Promise.withResolvers<void>();
  const slow = store.create({ name: 'slow', code }, () => gate.promise);
  await store.create({ name: 'quick', code }, async () => {});
  gate.resolve();
  await slow;
  const names = (list: FunctionStore) => list.list().map(({ name }) => name);
  expect(names(store)).toEqual(['slow', 'quick']);
  expect(names(await restored(state))).toEqual(['slow', 'quick']);
});

test('a function whose code cannot be made ready was never there', async () => {
  const state = new KeptState();
  const { store } = controlPlane({ state });
  const unready = () => Promise.reject(new Error('cannot compile'));
  await expect(store.create({ name: 'orders', code }, unready)).rejects.toThrow('cannot compile');
  expect(state.writes).toBe(0);
  expect(store.list()).toEqual([]);

  const before = await store.create({ name: 'orders', code });
  await expect(store.update('orders', { code: otherCode }, {}, unready)).rejects.toThrow();
  expect(store.get('orders')).toEqual(before);
  expect(visible(await restored(state))).toEqual(visible(store));
});
