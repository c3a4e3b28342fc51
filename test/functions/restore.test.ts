import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { loadCode } from '../../src/functions/code/load-code.ts';
import { loadLayer } from '../../src/functions/code/load-layer.ts';
import { StateError } from '../../src/functions/state-document.ts';
import type { FunctionStore } from '../../src/functions/store.ts';
import { folderOf } from './code/fixture.ts';
import { arnOf, code, controlPlane, otherCode } from './control-plane.ts';
import { KeptState } from './kept-state.ts';
import { restored, visible } from './visible.ts';

/** Two versions, an alias between them, a layer, and a `$LATEST` that went on. */
async function kept() {
  const state = new KeptState();
  const { store } = controlPlane({ state });
  const layer = await store.layers.publish({ name: 'fonts', code: { dir: 'fonts' } });
  await store.create({
    name: 'orders',
    code,
    layers: [layer, { dir: 'own' }],
    environment: { STAGE: 'test' },
    tags: { team: 'a' },
    reservedConcurrency: 2,
    deadLetter: 'arn:aws:sqs:eu-central-1:123456789012:letters',
    recursiveLoop: 'Allow',
    network: { mode: 'public', allow: ['localhost:8000'] },
    logging: { format: 'JSON', systemLevel: 'WARN' },
    inspect: { port: 0 },
    description: 'takes orders',
  });
  await store.versions.publish('orders', { description: 'first' });
  await store.update('orders', { handler: 'index.other', cpuMs: 70 });
  await store.versions.publish('orders');
  await store.aliases.create('orders', 'live', { version: '1', weights: { 2: 0.25 } });
  await store.update('orders', { memoryMb: 512, description: 'goes on' });
  return { state, store };
}

test('after a restart everything is what it was', async () => {
  const { state, store } = await kept();
  const again = await restored(state);
  expect(visible(again)).toEqual(visible(store));
  const { latest } = again.list()[0] ?? {};
  expect(Object.isFrozen(latest) && Object.isFrozen(latest?.config)).toBe(true);
});

test('the counts tell what was restored', async () => {
  const { state } = await kept();
  const { store } = controlPlane({ state });
  expect(await store.restore()).toEqual({ functions: 1, versions: 2, aliases: 1, layers: 1 });
});

test('a storage that nobody wrote to restores nothing, and no storage neither', async () => {
  const nothing = { functions: 0, versions: 0, aliases: 0, layers: 0 };
  expect(await controlPlane({ state: new KeptState() }).store.restore()).toEqual(nothing);
  expect(await controlPlane().store.restore()).toEqual(nothing);
});

test('a derived CPU budget stays as it was derived, and follows later changes', async () => {
  const state = new KeptState();
  const { store } = controlPlane({ state });
  await store.create({ name: 'derived', code, timeoutMs: 10_000 });
  await state.damage('function/derived', (content) => ({
    ...content,
    settings: { ...(content['settings'] as object), cpuMs: 111 },
  }));
  const again = await restored(state);
  expect(again.get('derived')?.latest.config.cpuMs).toBe(111);
  const { latest } = await again.update('derived', { memoryMb: 1_769 });
  expect(latest.config.cpuMs).toBe(10_000);
});

describe('numbers', () => {
  test('of versions go on, also under a name that was deleted', async () => {
    const { state, store } = await kept();
    await store.delete('orders');
    await store.create({ name: 'orders', code });
    const again = await restored(state);
    expect((await again.versions.publish('orders')).record.version).toBe('3');

    await again.delete('orders');
    const third = await restored(state);
    await third.create({ name: 'orders', code });
    expect((await third.versions.publish('orders')).record.version).toBe('4');
  });

  test('of layers go on', async () => {
    const { state } = await kept();
    const again = await restored(state);
    const { version } = await again.layers.publish({ name: 'fonts', code: { dir: 'more' } });
    expect(version).toBe(2);
  });

  test('of more than nine versions keep their order', async () => {
    const state = new KeptState();
    const { store } = controlPlane({ state });
    await store.create({ name: 'orders', code });
    for (let n = 1; n <= 11; n++) {
      await store.update('orders', { timeoutMs: n });
      await store.versions.publish('orders');
    }
    const versions = (await restored(state)).versions.list('orders');
    expect(versions.map(({ version }) => version).slice(-3)).toEqual(['9', '10', '11']);
  });
});

test('publishing what has not changed gives the version from before the restart', async () => {
  const state = new KeptState();
  const { store } = controlPlane({ state });
  await store.create({ name: 'orders', code, environment: { ONE: '1', TWO: '2' } });
  const { record } = await store.versions.publish('orders');
  const again = await restored(state);
  const { isNew, record: same } = await again.versions.publish('orders');
  expect(isNew).toBe(false);
  expect(same.revisionId).toBe(record.revisionId);
});

describe('code', () => {
  /** With the real loaders, from real folders. */
  async function real() {
    const state = new KeptState();
    const loaders = { loadCode, loadLayer, state };
    const { store } = controlPlane(loaders);
    await using layer = await folderOf({
      'nodejs/node_modules/shared/index.js': 'module.exports = 1',
    });
    await using folder = await folderOf({
      'index.js': "exports.handler = async () => require('shared'); exports.other = async () => 2",
      'lib/data.json': '{}',
      'current.js': '-> index.js',
    });
    const published = await store.layers.publish({ name: 'tools', code: { dir: layer.path } });
    await store.create({
      name: 'orders',
      code: { dir: folder.path },
      layers: [published, { dir: folder.path }],
    });
    await store.versions.publish('orders');
    await store.update('orders', { memoryMb: 256 });
    await store.create({ name: 'twin', code: { dir: folder.path } });
    const plane = controlPlane(loaders);
    await plane.store.restore();
    return { before: store, state, ...plane };
  }

  test('is not read by the restart, and then once for all that share it', async () => {
    const { store, calls } = await real();
    expect(calls).toEqual([]);
    const [latest, one] = store.versions.list('orders');
    expect(latest?.code.loaded).toBeUndefined();

    const [first, second, third] = await Promise.all([
      latest?.code.load(),
      latest?.code.load(),
      one?.code.load(),
    ]);
    expect(first).toBe(second);
    expect(first).toBe(third);
    expect(one?.code.loaded).toBe(first);
    expect(calls).toHaveLength(1);
  });

  test('is what was deployed: files, links, layers, hash and size', async () => {
    const { before, store } = await real();
    for (const [index, record] of store.versions.list('orders').entries()) {
      const was = before.versions.list('orders')[index]?.code.loaded;
      const { code: is, program } = await record.code.load();
      expect(is.codeSha256).toBe(was?.code.codeSha256);
      expect(is.codeSize).toBe(was?.code.codeSize);
      expect(is.layers).toEqual(
        was?.code.layers.map((layer) => ({
          ...layer,
          zip: Uint8Array.from(layer.zip),
          inputFiles: [],
        })),
      );
      expect(is.inputFiles).toEqual([]);
      expect(program.files).toEqual(was?.program.files);
      expect(program.key).toBe(was?.program.key);
    }
  });

  test('that stays is not read by a change, and one package is kept once', async () => {
    const { store, state, calls } = await real();
    await store.update('orders', { timeoutMs: 5 });
    await store.versions.publish('orders');
    expect(calls).toEqual([]);
    // The package of both functions is their layer, too; the other one is the published layer.
    expect((await state.hashes()).size).toBe(2);

    const { latest } = await store.update('orders', { handler: 'index.other' });
    expect(calls).toHaveLength(1);
    expect(latest.code.loaded?.program.entry).toMatchObject({ exportPath: ['other'] });
  });

  test('of a layer from before the restart goes into a new function', async () => {
    const { store } = await real();
    const arn = arnOf('').replace('function:', 'layer:tools:1');
    const { latest } = await store.create({
      name: 'new',
      code: { source: "exports.handler = async () => require('shared')" },
      layers: [arn],
    });
    expect(latest.code.loaded?.program.modules.map(({ path }) => path)).toContain(
      '/opt/nodejs/node_modules/shared/index.js',
    );
  });

  test('goes when nobody needs it any more', async () => {
    const { store, state } = await real();
    const [hash = ''] = (await state.document('function/twin')).blobs;
    await store.delete('orders');
    expect(await state.readBlob(hash)).toBeDefined();
    await store.delete('twin');
    expect(await state.readBlob(hash)).toBeUndefined();
  });

  test('that is missing or another than was deployed is an error that names the function', async () => {
    const { store, state } = await real();
    const [hash = ''] = (await state.document('function/twin')).blobs;
    const twin = () => store.versions.get('twin', '$LATEST').code.load();

    state.damagedBlobs.set(hash, undefined);
    await expect(twin()).rejects.toThrow(StateError);
    await expect(twin()).rejects.toThrow(
      `"function/twin" in the storage cannot be used: its package ${hash} is not there`,
    );
    const target = { handler: 'index.handler', runtime: 'nodejs24.x' } as const;
    const { zip } = await loadCode({ source: '' }, target);
    state.damagedBlobs.set(hash, zip);
    await expect(twin()).rejects.toThrow(/its package has the SHA-256 .* instead of /);
    state.damagedBlobs.clear();
    expect((await twin()).program.entry.kind).toBe('found');
  });

  test('that is damaged can be replaced', async () => {
    const { store, state } = await real();
    const [hash = ''] = (await state.document('function/twin')).blobs;
    state.damagedBlobs.set(hash, new Uint8Array(3));
    await expect(store.update('twin', { runtime: 'nodejs22.x' })).rejects.toThrow(
      `"function/twin" in the storage cannot be used: its package ${hash} is damaged`,
    );
    const { latest } = await store.update('twin', { code: otherCode });
    expect(latest.code.loaded?.program.entry.kind).toBe('found');
  });
});

describe('a document that cannot be used', () => {
  type Content = Record<string, unknown>;
  const latest = (content: Content): Content => content['latest'] as Content;
  const settings = (content: Content): Content => content['settings'] as Content;

  test.each<[string, (content: Content) => unknown, RegExp]>([
    ['function/orders', () => 7, /Expected `document` to be an object, got 7/],
    [
      'function/orders',
      (it) => ({ ...it, format: 2 }),
      /`format` to be 1, got 2\. A later release/,
    ],
    ['function/orders', (it) => ({ ...it, format: undefined }), /`format` to be 1, got undefined$/],
    ['function/orders', (it) => ({ ...it, sequence: 0 }), /`sequence` to be an integer from 1/],
    ['function/orders', (it) => ({ ...it, settings: [] }), /`settings` to be an object/],
    [
      'function/orders',
      (it) => ({ ...it, settings: { ...settings(it), memoryMb: '128' } }),
      /`memoryMb` to be an integer from 8 to 10240, got "128"/,
    ],
    [
      'function/orders',
      (it) => ({ ...it, settings: { ...settings(it), gpus: 1 } }),
      /There is no option `gpus`/,
    ],
    [
      'function/orders',
      (it) => ({ ...it, settings: { ...settings(it), name: 'other' } }),
      /`settings.name` to be "orders", got "other"/,
    ],
    ['function/orders', (it) => ({ ...it, latest: undefined }), /`latest` to be an object/],
    [
      'function/orders',
      (it) => ({ ...it, latest: { ...latest(it), codeSha256: 5 } }),
      /`codeSha256` to be a string/,
    ],
    [
      'function/orders',
      (it) => ({ ...it, latest: { ...latest(it), layers: [null] } }),
      /`layers` to be an object, got null/,
    ],
    [
      'function/orders',
      (it) => ({ ...it, lastPublished: '9' }),
      /a version that is there, got "9"/,
    ],
    ['function/orders', (it) => ({ ...it, aliases: {} }), /`aliases` to be an array/],
    [
      'function/orders',
      (it) => ({ ...it, aliases: [{ ...(it['aliases'] as Content[])[0], version: '9' }] }),
      /Function not found: .*:orders:9/,
    ],
    ['version/orders/1', (it) => ({ ...it, description: null }), /`description`/],
    [
      'version/orders/1',
      (it) => ({ ...it, revisionId: '' }),
      /`revisionId` to be a string of 1 to/,
    ],
    ['version-number/orders', (it) => ({ ...it, last: 1.5 }), /`last` to be an integer/],
    ['layer/fonts/1', (it) => ({ ...it, codeSize: -1 }), /`codeSize` to be an integer/],
  ])('is named: %s, case %#', async (key, change, message) => {
    const { state } = await kept();
    await state.damage(key, change);
    const restoring = restored(state);
    await expect(restoring).rejects.toThrow(StateError);
    await expect(restoring).rejects.toThrow(`"${key}" in the storage cannot be used: `);
    await expect(restoring).rejects.toThrow(message);
    await expect(restoring).rejects.toMatchObject({ key, code: 'ERR_STATE' });
  });

  test('that is no JSON is named', async () => {
    const { state } = await kept();
    await state.write({ put: [{ key: 'function/orders', json: '{', blobs: [] }] });
    await expect(restored(state)).rejects.toThrow(/"function\/orders" in the storage .*JSON/);
  });

  test('that belongs to no function is named', async () => {
    const { state } = await kept();
    await state.write({ delete: ['function/orders'] });
    await expect(restored(state)).rejects.toThrow(
      '"version/orders/1" in the storage cannot be used: there is no function "orders"',
    );
  });

  test('is never written: what is no data is refused when it is given', async () => {
    const { store } = await kept();
    const tags = { toJSON: () => () => 1 };
    await expect(
      store.update('orders', { tags: tags as unknown as Record<string, string> }),
    ).rejects.toThrow(InvalidOptionError);
  });
});

test('settings that the release before did not have get their defaults', async () => {
  const { state } = await kept();
  await state.damage('function/orders', (content) => {
    const { recursiveLoop: _later, ...older } = content['settings'] as Record<string, unknown>;
    return { ...content, settings: older };
  });
  expect((await restored(state)).get('orders')?.settings.recursiveLoop).toBe('Terminate');
});

type Step = (store: FunctionStore) => Promise<unknown>;

const functionName = fc.constantFrom('orders', 'mails');
const versionNumber = fc.constantFrom('$LATEST', '1', '2', '3');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ name: functionName, other: fc.boolean(), layered: fc.boolean() })
    .map(({ name, other, layered }): Step => (store) => {
      const layers = layered ? [arnOf('').replace('function:', 'layer:fonts:1')] : [];
      return store.create({ name, code: other ? otherCode : code, layers });
    }),
  functionName.map(
    (name): Step =>
      (store) =>
        store.delete(name),
  ),
  fc
    .record({
      name: functionName,
      changes: fc.constantFrom(
        { code },
        { code: otherCode },
        { memoryMb: 256 },
        { memoryMb: 512, tags: { team: 'x' } },
        { tags: {} },
        { handler: 'index.other' },
        { runtime: 'nodejs22.x' as const },
        { layers: [] },
        { layers: [{ dir: 'own' }] },
        { reservedConcurrency: 4 },
        { memoryMb: -1 },
      ),
    })
    .map(
      ({ name, changes }): Step =>
        (store) =>
          store.update(name, changes),
    ),
  functionName.map(
    (name): Step =>
      (store) =>
        store.versions.publish(name),
  ),
  fc.record({ name: functionName, version: versionNumber }).map(
    ({ name, version }): Step =>
      (store) =>
        store.versions.delete(name, version),
  ),
  fc
    .record({
      name: functionName,
      alias: fc.constantFrom('live', 'next'),
      version: versionNumber,
      weight: fc.constantFrom({}, { 1: 0.5 }),
      verb: fc.constantFrom('create', 'update'),
    })
    .map(
      ({ name, alias, version, weight, verb }): Step =>
        (store) =>
          store.aliases[verb](name, alias, { version, weights: weight }),
    ),
  fc.record({ name: functionName, alias: fc.constantFrom('live', 'next') }).map(
    ({ name, alias }): Step =>
      (store) =>
        store.aliases.delete(name, alias),
  ),
  fc.constantFrom('fonts', 'tools').map(
    (name): Step =>
      (store) =>
        store.layers.publish({ name, code: { dir: name } }),
  ),
  fc.record({ name: fc.constantFrom('fonts', 'tools'), number: fc.constantFrom(1, 2, 3) }).map(
    ({ name, number }): Step =>
      (store) =>
        store.layers.delete(name, number),
  ),
  fc
    .record({
      name: functionName,
      version: fc.oneof(fc.constant('$LATEST'), versionNumber),
      updateOn: fc.constantFrom('Auto' as const, 'FunctionUpdate' as const),
    })
    .map(
      ({ name, version, updateOn }): Step =>
        (store) =>
          store.runtimeManagement.put(name, { updateOn }, version),
    ),
  fc
    .record({ name: functionName, attach: fc.boolean(), enforce: fc.boolean() })
    .map(({ name, attach, enforce }): Step => async (store) => {
      const { arn } = await store.codeSigning.create({
        allowedPublishers: ['arn:aws:signer:eu-central-1:123456789012:/signing-profiles/a/b'],
        untrustedArtifactOnDeployment: enforce ? 'Enforce' : 'Warn',
      });
      if (attach) await store.update(name, { codeSigningConfigArn: arn });
      else await store.codeSigning.delete(arn);
    }),
);

/** One after the other or together, with a storage that fails now and then, and restarts in between. */
const script = fc.array(
  fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
    fails: fc.boolean(),
    restarts: fc.boolean(),
  }),
  { maxLength: 12 },
);

test('whatever is done, refused or cannot be written: after a restart everything is what it was', async () => {
  await fc.assert(
    fc.asyncProperty(script, async (todo) => {
      const state = new KeptState();
      let { store } = controlPlane({ state });
      for (const { steps, fails, restarts } of todo) {
        if (fails) state.failure = new Error('disk full');
        await Promise.allSettled(steps.map((act) => act(store)));
        state.failure = undefined;
        const again = await restored(state);
        expect(visible(again)).toEqual(visible(store));
        if (restarts) store = again;
      }
    }),
    { numRuns: 300 },
  );
});
