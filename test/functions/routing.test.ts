import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FunctionNotFoundError, InvalidOptionError } from '../../src/core/errors.ts';
import { seededRandom, type Random } from '../../src/core/random.ts';
import { arnOf, code, controlPlane } from './control-plane.ts';

/** The function `orders` with the versions 1 and 2. */
async function twoVersions(random?: Random) {
  const plane = controlPlane(random === undefined ? {} : { random });
  const { store } = plane;
  await store.create({ name: 'orders', code });
  const { record: one } = await store.versions.publish('orders');
  const { latest } = await store.update('orders', { memoryMb: 256 });
  const { record: two } = await store.versions.publish('orders');
  return { ...plane, one, two, latest, router: store.router };
}

test('a reference leads to a version, and the invoked ARN has the qualifier of the caller', async () => {
  const { store, router, one, latest } = await twoVersions();
  await store.aliases.create('orders', 'live', { version: '1' });
  const unqualified = { version: latest, invokedArn: arnOf('orders'), alias: undefined };
  const live = { version: one, invokedArn: arnOf('orders:live'), alias: 'live' };

  expect(router.resolveTarget('orders')).toEqual(unqualified);
  expect(router.resolveTarget(arnOf('orders'))).toEqual(unqualified);
  expect(router.resolveTarget('123456789012:function:orders')).toEqual(unqualified);
  expect(router.resolveTarget('orders', '$LATEST')).toEqual({
    ...unqualified,
    invokedArn: arnOf('orders:$LATEST'),
  });
  expect(router.resolveTarget('orders:1')).toEqual({
    version: one,
    invokedArn: arnOf('orders:1'),
    alias: undefined,
  });
  expect(router.resolveTarget('orders:live')).toEqual(live);
  expect(router.resolveTarget('orders', 'live')).toEqual(live);
  expect(router.resolveTarget(arnOf('orders:live'), 'live')).toEqual(live);
});

test.each([
  ['nothing', undefined, 'nothing:$LATEST'],
  ['nothing', '$LATEST', 'nothing:$LATEST'],
  ['nothing:1', undefined, 'nothing:1'],
  ['nothing', 'live', 'nothing:live'],
  ['orders', '3', 'orders:3'],
  ['orders:live', undefined, 'orders:live'],
])('%s with qualifier %s is not found', async (reference, qualifier, missing) => {
  const { router } = await twoVersions();
  const resolve = () => router.resolveTarget(reference, qualifier);

  expect(resolve).toThrow(FunctionNotFoundError);
  expect(resolve).toThrow(
    expect.objectContaining({ message: `Function not found: ${arnOf(missing)}` }),
  );
});

test('two different qualifiers are refused', async () => {
  const { router } = await twoVersions();
  expect(() => router.resolveTarget('orders:1', '2')).toThrow(InvalidOptionError);
});

describe('a target that was resolved once', () => {
  test('gives the same object for each request', async () => {
    const { router } = await twoVersions();
    const target = router.target('orders:1');
    expect(target.pick()).toBe(target.pick());
  });

  test('sees an update at once', async () => {
    const { store, router, latest } = await twoVersions();
    const target = router.target('orders');
    expect(target.pick().version).toBe(latest);

    const updated = await store.update('orders', { memoryMb: 512 });
    expect(target.pick().version).toBe(updated.latest);
  });

  test('sees an alias move, and go', async () => {
    const { store, router, one, two } = await twoVersions();
    await store.aliases.create('orders', 'live', { version: '1' });
    const target = router.target('orders:live');
    expect(target.pick().version).toBe(one);

    await store.aliases.update('orders', 'live', { version: '2' });
    expect(target.pick().version).toBe(two);
    await store.aliases.delete('orders', 'live');
    expect(() => target.pick()).toThrow(FunctionNotFoundError);
  });

  test('sees its version go', async () => {
    const { store, router } = await twoVersions();
    const target = router.target('orders:1');
    target.pick();
    await store.versions.delete('orders', '1');
    expect(() => target.pick()).toThrow(`Function not found: ${arnOf('orders:1')}`);
  });

  test('sees the function go, and come back', async () => {
    const { store, router } = await twoVersions();
    const target = router.target('orders');
    await store.delete('orders');
    expect(() => target.pick()).toThrow(`Function not found: ${arnOf('orders:$LATEST')}`);

    const again = await store.create({ name: 'orders', code });
    expect(target.pick().version).toBe(again.latest);
  });
});

describe('weighted routing', () => {
  test('10,000 draws at 0.1 stay within three standard deviations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1, 7, 42, 2_026), async (seed) => {
        const { store, router, two } = await twoVersions(seededRandom(seed));
        await store.aliases.create('orders', 'live', { version: '1', weights: { 2: 0.1 } });
        const target = router.target('orders:live');
        let additional = 0;
        for (let n = 0; n < 10_000; n++) if (target.pick().version === two) additional++;

        const sigma = Math.sqrt(10_000 * 0.1 * 0.9);
        expect(Math.abs(additional - 1_000)).toBeLessThanOrEqual(3 * sigma);
      }),
      { numRuns: 4 },
    );
  });

  test.each([
    { weight: 0, draw: 0, version: '1' },
    { weight: 1, draw: 1 - 2 ** -32, version: '2' },
    { weight: 0.25, draw: 0.249, version: '2' },
    { weight: 0.25, draw: 0.25, version: '1' },
  ])('weight $weight and draw $draw lead to version $version', async (given) => {
    const { store, router } = await twoVersions(() => given.draw);
    await store.aliases.create('orders', 'live', { version: '1', weights: { 2: given.weight } });
    const picked = router.resolveTarget('orders:live');

    expect(picked.version.version).toBe(given.version);
    expect(picked).toMatchObject({ alias: 'live', invokedArn: arnOf('orders:live') });
  });

  test('draws nothing where there is nothing to choose', async () => {
    let draws = 0;
    const { router } = await twoVersions(() => {
      draws++;
      return 0;
    });
    router.resolveTarget('orders');
    router.resolveTarget('orders:1');
    expect(draws).toBe(0);
  });
});
