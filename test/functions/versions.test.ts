import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConflictError, FunctionNotFoundError, InvalidOptionError } from '../../src/core/errors.ts';
import { PreconditionFailedError } from '../../src/functions/revision.ts';
import { arnOf, code, controlPlane, otherCode, untyped } from './control-plane.ts';

async function deployed() {
  const plane = controlPlane();
  const { latest } = await plane.store.create({ name: 'orders', code, description: 'first' });
  return { ...plane, latest, versions: plane.store.versions };
}

describe('publish', () => {
  test('freezes $LATEST under the number 1', async () => {
    const { versions, latest } = await deployed();
    const { record: one } = await versions.publish('orders');

    expect(one).toMatchObject({
      version: '1',
      arn: arnOf('orders:1'),
      description: 'first',
      config: latest.config,
      codeSha256: latest.codeSha256,
    });
    expect(one.code).toBe(latest.code);
    expect(Object.isFrozen(one)).toBe(true);
    expect(versions.list('orders')).toEqual([latest, one]);
  });

  test('keeps a version as it was when $LATEST changes', async () => {
    const { store, versions } = await deployed();
    const { record: one } = await versions.publish('orders');
    await store.update('orders', { code: otherCode, memoryMb: 512 });

    expect(versions.get('orders', '1')).toBe(one);
    expect(one.config.memoryMb).toBe(128);
  });

  test('without a change returns the version that is there', async () => {
    const { store, versions } = await deployed();
    const { record: one } = await versions.publish('orders');

    expect((await versions.publish('orders', { description: 'again' })).record).toBe(one);
    await store.update('orders', { memoryMb: 128 });
    expect((await versions.publish('orders')).record).toBe(one);
    await store.update('orders', { tags: { team: 'a' } });
    expect((await versions.publish('orders')).record).toBe(one);
  });

  test('does not mind the order of environment variables', async () => {
    const { store, versions } = await deployed();
    await store.update('orders', { environment: { ONE: '1', TWO: '2' } });
    const { record: one } = await versions.publish('orders');
    await store.update('orders', { environment: { TWO: '2', ONE: '1' } });

    expect((await versions.publish('orders')).record).toBe(one);
  });

  test.each([
    { code: otherCode },
    { memoryMb: 256 },
    { timeoutMs: 10 },
    { handler: 'index.other' },
    { runtime: 'nodejs22.x' as const },
    { environment: { NEW: 'x' } },
    { logging: { format: 'JSON' as const } },
    { tracing: 'Active' as const },
    { ephemeralStorageMb: 1_024 },
  ])('after the change %j makes the next number', async (changes) => {
    const { store, versions } = await deployed();
    await versions.publish('orders');
    await store.update('orders', changes);

    expect((await versions.publish('orders')).record.version).toBe('2');
  });

  test('after the last version was deleted makes the next number', async () => {
    const { versions } = await deployed();
    await versions.publish('orders');
    await versions.delete('orders', '1');

    expect((await versions.publish('orders')).record.version).toBe('2');
  });

  test('numbers go on when a function is deleted and created again', async () => {
    const { store, versions } = await deployed();
    await versions.publish('orders');
    await store.delete('orders');
    await store.create({ name: 'orders', code });

    expect((await versions.publish('orders')).record.version).toBe('2');
  });

  test('takes a description of its own', async () => {
    const { versions } = await deployed();
    expect((await versions.publish('orders', { description: 'own' })).record.description).toBe(
      'own',
    );
  });

  test('of other code than expected fails in the words of AWS', async () => {
    const { versions, latest } = await deployed();
    expect(
      (await versions.publish('orders', { codeSha256: latest.codeSha256 })).record.version,
    ).toBe('1');

    const publish = () => versions.publish('orders', { codeSha256: 'abc' });
    await expect(publish()).rejects.toThrow(InvalidOptionError);
    await expect(publish()).rejects.toThrow(
      `CodeSHA256 (abc) is different from current CodeSHA256 in $LATEST (${latest.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  });

  test('at another revision than expected fails', async () => {
    const { store, versions, latest } = await deployed();
    await store.update('orders', { memoryMb: 256 });

    await expect(versions.publish('orders', { revisionId: latest.revisionId })).rejects.toThrow(
      PreconditionFailedError,
    );
    expect(versions.list('orders')).toHaveLength(1);
  });

  test.each([{ description: 'a'.repeat(257) }, { description: null }, { describe: 'x' }])(
    'with %j is refused',
    async (options) => {
      const { versions } = await deployed();
      await expect(versions.publish('orders', untyped(options))).rejects.toThrow(
        InvalidOptionError,
      );
      expect(versions.list('orders')).toHaveLength(1);
    },
  );
});

describe('get', () => {
  test('takes a number, $LATEST or an alias', async () => {
    const { store, versions, latest } = await deployed();
    const { record: one } = await versions.publish('orders');
    await store.aliases.create('orders', 'live', { version: '1' });

    expect(versions.get('orders', '$LATEST')).toBe(latest);
    expect(versions.get('orders', '1')).toBe(one);
    expect(versions.get('orders', 'live')).toBe(one);
  });

  test.each(['2', '01', 'live'])('of %s, which does not exist, says so', async (qualifier) => {
    const { versions } = await deployed();
    await versions.publish('orders');

    const get = () => versions.get('orders', qualifier);
    expect(get).toThrow(FunctionNotFoundError);
    expect(get).toThrow(`Function not found: ${arnOf(`orders:${qualifier}`)}`);
  });
});

describe('delete', () => {
  test('removes one version and retires it', async () => {
    const { versions, retired } = await deployed();
    const { record: one } = await versions.publish('orders');
    await versions.delete('orders', '1');

    expect(() => versions.get('orders', '1')).toThrow(FunctionNotFoundError);
    await expect(versions.delete('orders', '1')).rejects.toThrow(FunctionNotFoundError);
    expect(retired).toEqual([{ record: one, reason: 'deleted' }]);
  });

  test('of $LATEST is refused in the words of AWS', async () => {
    const { versions } = await deployed();
    await expect(versions.delete('orders', '$LATEST')).rejects.toThrow(
      '$LATEST version cannot be deleted without deleting the function.',
    );
  });

  test('is refused while aliases point at the version, also by weight', async () => {
    const { store, versions } = await deployed();
    await versions.publish('orders');
    await store.update('orders', { memoryMb: 256 });
    await versions.publish('orders');
    await store.aliases.create('orders', 'live', { version: '1' });
    await store.aliases.create('orders', 'canary', { version: '2', weights: { 1: 0.5 } });

    const remove = () => versions.delete('orders', '1');
    await expect(remove()).rejects.toThrow(ConflictError);
    await expect(remove()).rejects.toThrow(/\[live, canary\]/);
    await store.aliases.delete('orders', 'live');
    await store.aliases.update('orders', 'canary', { weights: {} });
    await remove();
    expect(versions.list('orders').map(({ version }) => version)).toEqual(['$LATEST', '2']);
  });
});

test('version numbers only grow, whatever is done in between', async () => {
  const steps = fc.array(fc.constantFrom('create', 'delete', 'update', 'publish', 'drop'), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const { store } = controlPlane();
      let memoryMb = 128;
      let highest = 0;
      for (const step of todo) {
        const exists = store.get('orders') !== undefined;
        if (step === 'create' && !exists) await store.create({ name: 'orders', code });
        if (!exists) continue;
        if (step === 'delete') await store.delete('orders');
        if (step === 'update') await store.update('orders', { memoryMb: ++memoryMb });
        if (step === 'drop') {
          const last = store.versions.list('orders').at(-1);
          if (last !== undefined && last.version !== '$LATEST') {
            await store.versions.delete('orders', last.version);
          }
        }
        if (step === 'publish') {
          const { record, isNew } = await store.versions.publish('orders');
          if (!isNew) continue;
          expect(Number(record.version)).toBe(highest + 1);
          highest += 1;
        }
      }
    }),
    { numRuns: 200 },
  );
});
