import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { Bucket, CodeStorageExceededError, Lambda, type CodeSource } from '../../src/index.ts';
import { CodeStorage } from '../../src/functions/code-storage.ts';
import { loadCode } from '../../src/functions/code/load-code.ts';
import { loadLayer } from '../../src/functions/code/load-layer.ts';
import { folderOf } from './code/fixture.ts';
import { code, controlPlane, otherCode, untyped } from './control-plane.ts';
import { KeptState } from './kept-state.ts';

const utf8 = new TextEncoder();
const handlerZip = (value: string): Uint8Array =>
  zipSync({ 'index.js': utf8.encode(`exports.handler = async () => ${JSON.stringify(value)};`) });

describe('code in a bucket', () => {
  test('is taken from a bucket or by its name, and a later object changes nothing', async () => {
    await using lambda = new Lambda();
    const deployments = lambda.createBucket('deployments');
    await deployments.put('orders.zip', handlerZip('one'));
    const orders = await lambda.createFunction({
      name: 'orders',
      code: { s3: { bucket: 'deployments', key: 'orders.zip' } },
    });
    await deployments.put('orders.zip', handlerZip('two'));
    expect(await orders.call()).toBe('one');
    expect(orders.codeInputs).toEqual([]);
    await orders.update({
      code: { s3: { bucket: deployments, key: 'orders.zip', versionId: 'null' } },
    });
    expect(await orders.call()).toBe('two');
    expect(orders.latest.codeSize).toBe(handlerZip('two').byteLength);
  });

  test('may be in a bucket that stands alone', async () => {
    await using lambda = new Lambda();
    const bucket = new Bucket('elsewhere');
    await bucket.put('key', handlerZip('alone'));
    const alone = await lambda.createFunction({ name: 'f', code: { s3: { bucket, key: 'key' } } });
    expect(await alone.call()).toBe('alone');
  });

  test('holds for layers too, published ones and those of one function', async () => {
    await using lambda = new Lambda();
    const layers = lambda.createBucket('layers');
    const tool = (value: string): Uint8Array =>
      zipSync({ 'tool.js': utf8.encode(`module.exports = ${JSON.stringify(value)};`) });
    await layers.put('tool', tool('published'));
    const s3 = { bucket: 'layers', key: 'tool' };
    const published = await lambda.publishLayer({ name: 'tool', code: { s3 } });
    await layers.put('tool', tool('own'));
    const source = `exports.handler = async () => require('/opt/tool.js');`;
    const one = await lambda.createFunction({
      name: 'one',
      code: { source },
      layers: [published],
    });
    const two = await lambda.createFunction({ name: 'two', code: { source }, layers: [{ s3 }] });
    expect([await one.call(), await two.call()]).toEqual(['published', 'own']);
  });

  test.each([
    [
      'no bucket',
      { bucket: 'none', key: 'a' },
      'S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist',
    ],
    [
      'no object',
      { bucket: 'there', key: 'a' },
      'S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    ],
    [
      'a version, where buckets have none',
      { bucket: 'there', key: 'key', versionId: '1' },
      'S3 Error Code: NoSuchVersion. S3 Error Message: The specified version does not exist.',
    ],
  ])('%s is refused in the words of AWS', async (_what, s3, message) => {
    await using lambda = new Lambda();
    await lambda.createBucket('there').put('key', handlerZip('x'));
    await expect(lambda.createFunction({ name: 'f', code: { s3 } })).rejects.toMatchObject({
      name: 'InvalidOptionError',
      awsMessage: `Error occurred while GetObject. ${message}`,
    });
    expect(lambda.getFunction('f')).toBeUndefined();
  });

  test.each([
    [{ s3: {} }, '`code.s3.bucket`'],
    [{ s3: { bucket: 'b' } }, '`code.s3.key`'],
    [{ s3: { bucket: 'b', key: 'k', versionId: 1 } }, '`code.s3.versionId`'],
    [{ s3: { bucket: 'b', key: 'k', region: 'x' } }, 'There is no option `region`'],
    [{ s3: { bucket: 'b', key: 'k' }, zip: new Uint8Array(1) }, 'exactly one of'],
  ])('%j is refused', async (bad, message) => {
    await using lambda = new Lambda();
    const created = lambda.createFunction({ name: 'f', code: untyped(bad) });
    await expect(created).rejects.toThrow(message);
  });

  test('that is no zip is refused as every other', async () => {
    await using lambda = new Lambda();
    await lambda.createBucket('there').put('key', 'no zip');
    const s3 = { bucket: 'there', key: 'key' };
    await expect(lambda.createFunction({ name: 'f', code: { s3 } })).rejects.toThrow(
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    );
  });
});

test('a package of nothing is refused: zero bytes, no entries, folders alone, an empty folder', async () => {
  const target = { handler: 'index.handler', runtime: 'nodejs24.x' } as const;
  const zips = [new Uint8Array(), zipSync({}), zipSync({ 'lib/': new Uint8Array() })];
  for (const zip of zips) {
    await expect(loadCode({ zip }, target)).rejects.toThrow(
      'Uploaded file must be a non-empty zip',
    );
    await expect(loadLayer({ zip })).rejects.toThrow('Uploaded file must be a non-empty zip');
  }
  await using folder = await folderOf({});
  await expect(loadCode({ dir: folder.path }, target)).rejects.toThrow('There are no files in');
});

describe('code storage', () => {
  /** A store whose packages are as long as their text; the limit leaves room for `packages` of them. */
  function limited(packages: number) {
    return controlPlane({ codeStorageBytes: packages * JSON.stringify(code).length });
  }

  test('counts $LATEST, every version and every version of a layer', async () => {
    const { store } = limited(100);
    expect(store.codeUsage()).toEqual({ totalBytes: 0, functionCount: 0 });
    await store.create({ name: 'orders', code });
    const bytes = JSON.stringify(code).length;
    expect(store.codeUsage()).toEqual({ totalBytes: bytes, functionCount: 1 });
    await store.versions.publish('orders');
    await store.versions.publish('orders');
    const layer = await store.layers.publish({ name: 'fonts', code: { dir: 'fonts' } });
    expect(store.codeUsage().totalBytes).toBe(2 * bytes + layer.codeSize);
    await store.layers.delete('fonts', 1);
    await store.delete('orders');
    expect(store.codeUsage()).toEqual({ totalBytes: 0, functionCount: 0 });
  });

  test('that is full takes nothing more, and takes it again when something goes', async () => {
    const { store } = limited(2);
    await store.create({ name: 'a', code });
    await store.versions.publish('a');
    const refusal = {
      name: 'CodeStorageExceededError',
      awsCode: 'CodeStorageExceededException',
      awsMessage: 'Code storage limit exceeded.',
    };
    await expect(store.create({ name: 'b', code })).rejects.toMatchObject(refusal);
    await expect(
      store.layers.publish({ name: 'fonts', code: { dir: 'fonts' } }),
    ).rejects.toMatchObject(refusal);
    await store.update('a', { code: otherCode });
    await expect(store.versions.publish('a')).rejects.toBeInstanceOf(CodeStorageExceededError);
    await store.versions.delete('a', '1');
    await store.create({ name: 'b', code });
    expect(store.list().map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('cannot be passed by changes at one time, and a refused one leaves its room', async () => {
    const { store } = limited(2);
    const created = ['a', 'b', 'c', 'd'].map((name) => store.create({ name, code }));
    const outcomes = await Promise.allSettled(created);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    await store.delete(store.list()[0]?.name ?? '');
    await store.create({ name: 'e', code });
    expect(store.list()).toHaveLength(2);
  });

  test('is 75 GB', () => {
    const storage = new CodeStorage(80_530_636_800, () => 80_530_636_799);
    const reservation = storage.reservation();
    reservation.add(1);
    expect(() => reservation.add(1)).toThrow('Code storage limit exceeded');
    reservation.release();
    reservation.add(-5);
    reservation.add(1);
  });
});

describe('a package can be downloaded', () => {
  test('byte for byte, from memory and from the storage, without unpacking it', async () => {
    const state = new KeptState();
    const { store } = controlPlane({ state, loadCode, loadLayer });
    const zip = handlerZip('x');
    const { latest } = await store.create({ name: 'f', code: { zip } });
    const layer = await store.layers.publish({ name: 'fonts', code: { zip } });
    expect(await latest.code.package()).toEqual(zip);
    expect(await store.layers.packageOf(layer.arn)).toEqual(zip);

    const again = controlPlane({ state, loadCode, loadLayer });
    await again.store.restore();
    const restored = again.store.latestOf('f');
    expect(await restored?.code.package()).toEqual(zip);
    expect(restored?.code.loaded).toBeUndefined();
    expect(await again.store.layers.packageOf(layer.arn)).toEqual(zip);
    expect(await again.store.layers.packageOf(`${layer.layerArn}:2`)).toBeUndefined();
  });

  test('unless the storage has something else', async () => {
    const state = new KeptState();
    await controlPlane({ state, loadCode }).store.create({ name: 'f', code });
    const { store } = controlPlane({ state, loadCode });
    await store.restore();
    const latest = store.latestOf('f');
    state.damagedBlobs.set(latest?.codeSha256 ?? '', new Uint8Array([1]));
    await expect(latest?.code.package()).rejects.toThrow('its package has the SHA-256');
  });
});

describe('the files that code was made of', () => {
  const entry = `export { handler } from './lib/answer.ts';`;
  const answer = `export const handler = async (): Promise<number> => 42;`;

  async function inputsOf(source: CodeSource): Promise<readonly string[]> {
    await using lambda = new Lambda();
    const made = await lambda.createFunction({ name: 'f', code: source });
    return [...made.codeInputs].sort();
  }

  test('are the inputs of a bundle, all of a folder, or the zip', async () => {
    await using folder = await folderOf({ 'index.ts': entry, 'lib/answer.ts': answer });
    const at = (name: string): string => join(folder.path, name);
    const both = [at('index.ts'), at('lib/answer.ts')];
    expect(await inputsOf({ file: at('index.ts') })).toEqual(both);
    expect(await inputsOf({ dir: folder.path })).toEqual(both);
    await writeFile(at('code.zip'), handlerZip('x'));
    expect(await inputsOf({ zip: at('code.zip') })).toEqual([at('code.zip')]);
    expect(await inputsOf({ source: 'exports.handler = async () => 1' })).toEqual([]);
    expect(await inputsOf({ zip: handlerZip('x') })).toEqual([]);
  });

  test('are no part of what is deployed: two versions of the same bytes are the same', async () => {
    await using lambda = new Lambda();
    await using folder = await folderOf({ 'index.js': 'exports.handler = async () => 1;' });
    const made = await lambda.createFunction({ name: 'f', code: { dir: folder.path } });
    const first = await made.publishVersion();
    await using copy = await folderOf({ 'index.js': 'exports.handler = async () => 1;' });
    await made.update({ code: { dir: copy.path } });
    expect(made.codeInputs).toEqual([join(copy.path, 'index.js')]);
    expect((await made.publishVersion()).version).toBe(first.version);
    await made.update({ runtime: 'nodejs22.x' });
    expect(made.codeInputs).toEqual([join(copy.path, 'index.js')]);
  });
});
