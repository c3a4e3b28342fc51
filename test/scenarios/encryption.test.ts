import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { Lambda, type LambdaOptions } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { folderOf } from '../functions/code/fixture.ts';

/** Words that appear in what somebody deploys and sends, each in one place. */
const secrets = {
  variable: 'password-in-a-variable',
  tag: 'owner-in-a-tag',
  file: 'name-of-a-file-in-the-code',
  layerFile: 'name-of-a-file-in-the-layer',
  layerText: 'description-of-the-layer',
  event: 'payload-of-an-event-that-is-tried-again',
  message: 'body-of-a-message',
  attribute: 'attribute-of-a-message',
} as const;

const utf8 = new TextEncoder();
const zip = (name: string, source: string): Uint8Array =>
  zipSync({ [`${name}.txt`]: utf8.encode('x'), 'index.js': utf8.encode(source) });
const keyOf = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

/** A host with all of it, closed in the middle of its work. */
async function work(options: LambdaOptions): Promise<void> {
  const clock = new VirtualClock();
  await using lambda = await Lambda.open({ ...options, clock });
  const layer = await lambda.publishLayer({
    name: 'tools',
    code: { zip: zip(secrets.layerFile, '') },
    description: secrets.layerText,
  });
  const source = `exports.handler = async (event) => {
    if (process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE === '64') throw new Error('again');
    return [process.env.PASSWORD, event];
  };`;
  const orders = await lambda.createFunction({
    name: 'orders',
    code: { zip: zip(secrets.file, source) },
    layers: [layer],
    environment: { PASSWORD: secrets.variable },
    tags: { owner: secrets.tag },
    isolation: 'inline',
  });
  await orders.publishVersion();
  await orders.update({ memoryMb: 64 });
  const queue = lambda.createQueue('letters');
  await queue.send(secrets.message, { attributes: { note: secrets.attribute } });
  await orders.configureAsync({ onFailure: queue });
  await orders.send(secrets.event);
  await clock.advance(1);
}

/** The secrets that can be read in the files of a storage. */
async function readableIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return Object.values(secrets).filter((secret) => files.some((bytes) => bytes.includes(secret)));
}

test('without a key a file shows what somebody deployed and sent', async () => {
  await using folder = await folderOf({});
  await work({ storage: { file: join(folder.path, 'lambda.db') } });
  expect(await readableIn(folder.path)).toEqual(Object.values(secrets));
});

describe('with a key', () => {
  test('nothing of it can be read in the file, and all of it is there after a restart', async () => {
    await using folder = await folderOf({});
    const options = {
      storage: { file: join(folder.path, 'lambda.db') },
      encryptionKey: keyOf(1),
    };
    await work(options);
    expect(await readableIn(folder.path)).toEqual([]);

    const clock = new VirtualClock();
    await using lambda = await Lambda.open({ ...options, clock });
    expect(lambda.restored).toMatchObject({ functions: 1, versions: 1, layers: 1 });
    expect(await lambda.call('orders:1', 'hello')).toEqual([secrets.variable, 'hello']);
    expect(lambda.getLayerVersion('tools', 1)?.description).toBe(secrets.layerText);
    expect(lambda.getFunction('orders')?.tags).toEqual({ owner: secrets.tag });
    expect(lambda.stats().queuedEvents).toBe(1);
    const [letter] = (await lambda.getQueue('letters')?.receive()) ?? [];
    expect(letter).toMatchObject({ body: secrets.message });
    const results: unknown[] = [];
    const orders = lambda.getFunction('orders');
    await orders?.configureAsync({
      onSuccess: ({ responsePayload }) => void results.push(responsePayload),
    });
    await orders?.update({ memoryMb: 128 });
    await clock.advance(60_000);
    expect(results).toEqual([[secrets.variable, secrets.event]]);
  });

  test('a file needs that key; another one, or none, changes nothing', async () => {
    await using folder = await folderOf({});
    const storage = { file: join(folder.path, 'lambda.db') };
    await work({ storage, encryptionKey: { id: 'main', key: keyOf(1) } });
    for (const encryptionKey of [undefined, keyOf(2), { id: 'main', key: keyOf(3) }]) {
      const opened = Lambda.open({ storage, ...(encryptionKey && { encryptionKey }) });
      await expect(opened).rejects.toMatchObject({ name: 'StorageError', problem: 'encrypted' });
    }
    const keys = [keyOf(2), { id: 'main', key: keyOf(1) }];
    {
      await using lambda = await Lambda.open({ storage, encryptionKey: keys });
      expect(lambda.restored).toMatchObject({ functions: 1 });
    }
    await using lambda = await Lambda.open({ storage, encryptionKey: keyOf(2) });
    expect(await lambda.call('orders:1', 1)).toEqual([secrets.variable, 1]);
  });

  test('a file that was not encrypted is from then on', async () => {
    await using folder = await folderOf({});
    const storage = { file: join(folder.path, 'lambda.db') };
    await work({ storage });
    {
      await using lambda = await Lambda.open({ storage, encryptionKey: keyOf(1) });
      expect(await lambda.call('orders:1', 1)).toEqual([secrets.variable, 1]);
      await lambda.getFunction('orders')?.update({
        memoryMb: 128,
        environment: { PASSWORD: 'never-in-the-file' },
      });
    }
    const bytes = await readFile(storage.file);
    expect(bytes.includes('never-in-the-file')).toBe(false);
    await using lambda = await Lambda.open({ storage, encryptionKey: keyOf(1) });
    expect(await lambda.call('orders', 1)).toEqual(['never-in-the-file', 1]);
  });
});

test('a bad key is refused before anything is opened', async () => {
  expect(() => new Lambda({ encryptionKey: new Uint8Array(31) })).toThrow(
    'Expected `encryptionKey` to be a Uint8Array of 32 bytes, got "31 bytes"',
  );
});
