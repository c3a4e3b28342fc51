import { describe, expect, test } from 'vitest';
import {
  CodeError,
  ConflictError,
  FunctionNotFoundError,
  InvalidOptionError,
} from '../../src/core/errors.ts';
import { loadCode } from '../../src/functions/code/load-code.ts';
import { PreconditionFailedError } from '../../src/functions/revision.ts';
import { arnOf, code, controlPlane, gatedLoader, otherCode, untyped } from './control-plane.ts';

const inProgress = `The operation cannot be performed at this time. An update is in progress for resource: ${arnOf('orders')}`;

describe('create', () => {
  test('makes a function with its $LATEST', async () => {
    const { store, calls } = controlPlane();
    const orders = await store.create({ name: 'orders', code, memoryMb: 256, tags: { team: 'a' } });

    expect(orders).toMatchObject({
      name: 'orders',
      arn: arnOf('orders'),
      settings: { tags: { team: 'a' } },
    });
    expect(orders.latest).toMatchObject({
      functionName: 'orders',
      version: '$LATEST',
      arn: arnOf('orders:$LATEST'),
      lastModified: '2026-01-02T03:04:05.000Z',
      config: { memoryMb: 256 },
      codeSha256: `sha256(${JSON.stringify(code)})`,
    });
    expect(Object.isFrozen(orders.latest) && Object.isFrozen(orders.latest.config)).toBe(true);
    expect(calls).toEqual([{ code, handler: 'index.handler', runtime: 'nodejs24.x' }]);
    expect(store.get('orders')).toEqual(orders);
    expect(store.get(orders.arn)).toEqual(orders);
  });

  test('of a name that exists is a conflict', async () => {
    const { store } = controlPlane();
    await store.create({ name: 'orders', code });

    const again = store.create({ name: 'orders', code: otherCode });
    await expect(again).rejects.toThrow(new ConflictError('Function already exist: orders'));
  });

  test('lets exactly one of two win that start together', async () => {
    const { store } = controlPlane();
    const settled = await Promise.allSettled([
      store.create({ name: 'orders', code }),
      store.create({ name: 'orders', code: otherCode }),
    ]);

    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(settled[1]).toMatchObject({ reason: { message: 'Function already exist: orders' } });
    expect(store.list()).toHaveLength(1);
  });

  test('leaves nothing behind when the code cannot be loaded, so the name is free again', async () => {
    let failures = 1;
    const { loadGated, gates } = gatedLoader();
    const { store } = controlPlane({
      loadCode: (...args) =>
        failures-- > 0 ? Promise.reject(new CodeError('no such file')) : loadGated(...args),
    });

    await expect(store.create({ name: 'orders', code })).rejects.toThrow('no such file');
    expect(store.list()).toEqual([]);

    const second = store.create({ name: 'orders', code });
    gates[0]?.resolve();
    await expect(second).resolves.toMatchObject({ name: 'orders' });
  });

  test('shows the function only when it is whole', async () => {
    const { loadGated, gates } = gatedLoader();
    const { store } = controlPlane({ loadCode: loadGated });
    const creating = store.create({ name: 'orders', code });

    expect(store.get('orders')).toBeUndefined();
    expect(() => store.router.resolveTarget('orders')).toThrow(FunctionNotFoundError);
    gates[0]?.resolve();
    await creating;
    expect(store.get('orders')).toBeDefined();
  });
});

describe('update', () => {
  test('makes a new $LATEST and retires the old one', async () => {
    const { store, retired } = controlPlane();
    const before = await store.create({ name: 'orders', code, description: 'stays' });
    const after = await store.update('orders', { memoryMb: 512 });

    expect(after.latest).not.toBe(before.latest);
    expect(after.latest.config).toMatchObject({ memoryMb: 512, description: 'stays' });
    expect(after.latest.revisionId).not.toBe(before.latest.revisionId);
    expect(before.latest.config.memoryMb).toBe(128);
    expect(retired).toEqual([{ record: before.latest, reason: 'updated' }]);
  });

  test('of the configuration keeps the code, without reading it again', async () => {
    const { store, calls } = controlPlane();
    const before = await store.create({ name: 'orders', code });
    const after = await store.update('orders', { timeoutMs: 500 });

    expect(after.latest.code).toBe(before.latest.code);
    expect(calls).toHaveLength(1);
  });

  test('of the handler enters the same package elsewhere', async () => {
    const { store, calls } = controlPlane();
    const before = await store.create({ name: 'orders', code });
    const after = await store.update('orders', { handler: 'other.handler' });

    expect(after.latest.code.loaded?.code).toBe(before.latest.code.loaded?.code);
    expect(after.latest.code.loaded?.program.key).toMatch(/#other\.handler$/);
    expect(calls).toHaveLength(1);
  });

  test('of the runtime loads the package that is deployed, not its source', async () => {
    const { store, calls } = controlPlane();
    const before = await store.create({ name: 'orders', code });
    const after = await store.update('orders', { runtime: 'nodejs22.x' });

    expect(calls[1]).toEqual({
      code: { zip: before.latest.code.loaded?.code.zip },
      handler: 'index.handler',
      runtime: 'nodejs22.x',
    });
    expect(after.latest.codeSha256).toBe(before.latest.codeSha256);
  });

  test('of the code loads it', async () => {
    const { store, calls } = controlPlane();
    const before = await store.create({ name: 'orders', code });
    const after = await store.update('orders', { code: otherCode });

    expect(calls[1]).toMatchObject({ code: otherCode });
    expect(after.latest.codeSha256).not.toBe(before.latest.codeSha256);
  });

  test('lets a derived CPU budget follow and keeps a given one', async () => {
    const { store } = controlPlane();
    await store.create({ name: 'derived', code });
    await store.create({ name: 'given', code, cpuMs: 50 });
    const derived = await store.update('derived', { memoryMb: 1_769 });
    const given = await store.update('given', { memoryMb: 1_769 });

    expect(derived.latest.config.cpuMs).toBe(3_000);
    expect(given.latest.config.cpuMs).toBe(50);
  });

  test('replaces the whole environment', async () => {
    const { store } = controlPlane();
    await store.create({ name: 'orders', code, environment: { ONE: '1', TWO: '2' } });
    const { latest } = await store.update('orders', { environment: { TWO: '3' } });

    expect(latest.config.environment).toEqual({ TWO: '3' });
  });

  test('of tags alone keeps $LATEST and its environments', async () => {
    const { store, retired } = controlPlane();
    const before = await store.create({ name: 'orders', code });
    const after = await store.update('orders', { tags: { team: 'b' } });

    expect(after.settings.tags).toEqual({ team: 'b' });
    expect(store.get('orders')?.settings.tags).toEqual({ team: 'b' });
    expect(after.latest).toBe(before.latest);
    expect(retired).toEqual([]);
  });

  test('that meets another one is a conflict', async () => {
    const { store } = controlPlane();
    await store.create({ name: 'orders', code });
    const settled = await Promise.allSettled([
      store.update('orders', { memoryMb: 256 }),
      store.update('orders', { memoryMb: 512 }),
    ]);

    expect(settled[0]).toMatchObject({ status: 'fulfilled' });
    expect(settled[1]).toMatchObject({ status: 'rejected', reason: new ConflictError(inProgress) });
    expect(store.get('orders')?.latest.config.memoryMb).toBe(256);
    await expect(store.update('orders', { memoryMb: 1_024 })).resolves.toBeDefined();
  });

  test('changes nothing until the code is there, and nothing when it fails', async () => {
    const { loadGated, gates } = gatedLoader();
    const { store, retired } = controlPlane({ loadCode: loadGated });
    const creating = store.create({ name: 'orders', code });
    gates[0]?.resolve();
    const before = await creating;

    const updating = store.update('orders', { code: otherCode, memoryMb: 512 });
    expect(store.router.resolveTarget('orders').version).toBe(before.latest);
    await expect(store.versions.publish('orders')).rejects.toThrow(new ConflictError(inProgress));
    gates[1]?.reject(new CodeError('no such file'));
    await expect(updating).rejects.toThrow('no such file');

    expect(store.get('orders')).toEqual(before);
    expect(retired).toEqual([]);
    expect((await store.versions.publish('orders')).record.version).toBe('1');
  });

  test('finds the function gone that was deleted meanwhile', async () => {
    const { loadGated, gates } = gatedLoader();
    const { store, retired } = controlPlane({ loadCode: loadGated });
    const creating = store.create({ name: 'orders', code });
    gates[0]?.resolve();
    await creating;

    const updating = store.update('orders', { code: otherCode });
    await store.delete('orders');
    gates[1]?.resolve();
    await expect(updating).rejects.toThrow(`Function not found: ${arnOf('orders')}`);
    expect(store.list()).toEqual([]);
    expect(retired.map(({ reason }) => reason)).toEqual(['deleted']);
  });

  test('with an old revision id fails', async () => {
    const { store } = controlPlane();
    const { latest } = await store.create({ name: 'orders', code });
    const { revisionId } = latest;
    await store.update('orders', { memoryMb: 256 }, { revisionId });

    const late = store.update('orders', { memoryMb: 512 }, { revisionId });
    await expect(late).rejects.toThrow(PreconditionFailedError);
    expect(store.get('orders')?.latest.config.memoryMb).toBe(256);
  });

  test.each([
    [{ memoryMb: 1 }, /`memoryMb`/],
    [{ perTenant: true }, /`perTenant` to be false, as the function was created, got true/],
    [{ name: 'other' }, /There is no option `name`/],
    [{ memoryMb: null }, /`memoryMb`.*null/],
  ])('with %j is refused and changes nothing', async (changes, message) => {
    const { store } = controlPlane();
    const before = await store.create({ name: 'orders', code });
    const updating = store.update('orders', untyped(changes));

    await expect(updating).rejects.toThrow(InvalidOptionError);
    await expect(updating).rejects.toThrow(message);
    expect(store.get('orders')).toEqual(before);
  });
});

describe('delete', () => {
  test('removes versions and aliases and retires all of them', async () => {
    const { store, retired } = controlPlane();
    const { latest } = await store.create({ name: 'orders', code });
    const { record: one } = await store.versions.publish('orders');
    await store.aliases.create('orders', 'live', { version: '1' });
    await store.delete('orders');

    expect(store.get('orders')).toBeUndefined();
    expect(retired.map(({ record }) => record)).toEqual([latest, one]);
    expect(() => store.router.resolveTarget('orders:live')).toThrow(FunctionNotFoundError);

    await store.create({ name: 'orders', code });
    expect(store.aliases.list('orders')).toEqual([]);
    expect(store.versions.list('orders')).toHaveLength(1);
  });
});

test('operations on a function that does not exist say which', async () => {
  const { store } = controlPlane();
  const missing = new FunctionNotFoundError(
    arnOf('orders'),
    `Function not found: ${arnOf('orders')}`,
  );

  await expect(store.update('orders', {})).rejects.toThrow(missing);
  await expect(store.delete('orders')).rejects.toThrow(missing);
  await expect(store.versions.publish('orders')).rejects.toThrow(missing);
  expect(() => store.versions.list('orders')).toThrow(missing);
  await expect(store.aliases.create('orders', 'live', { version: '1' })).rejects.toThrow(missing);
  expect(store.get('orders')).toBeUndefined();
});

test('operations on a whole function refuse a qualifier', async () => {
  const { store } = controlPlane();
  await store.create({ name: 'orders', code });

  await expect(store.delete('orders:1')).rejects.toThrow(/acts on the whole function/);
  expect(store.get('orders:$LATEST')?.name).toBe('orders');
});

test('with the real loader, code survives changes of handler and runtime', async () => {
  const { store } = controlPlane({ loadCode });
  const both = 'exports.handler = async () => 1; exports.other = async () => 2;';
  const before = await store.create({ name: 'orders', code: { source: both } });
  const other = await store.update('orders', { handler: 'index.other' });
  const older = await store.update('orders', { runtime: 'nodejs22.x' });

  for (const { latest } of [before, other, older]) {
    expect(latest.codeSha256).toBe(before.latest.codeSha256);
    expect(latest.code.loaded?.program.entry.kind).toBe('found');
  }
  const keys = [before, other, older].map(({ latest }) => latest.code.loaded?.program.key);
  expect(new Set(keys).size).toBe(3);
});
