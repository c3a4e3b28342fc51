import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { folderOf } from '../functions/code/fixture.ts';
import { examplesMissing } from './examples-of.ts';

/** The examples of docs/deployment.md, word for word but for paths. */

const zip = zipSync({
  'index.js': Buffer.from(`exports.handler = async () => require('tool')`),
});

test('a function comes out of a bucket, with a layer that outlives its deletion', async () => {
  await using lambda = new Lambda();
  await using folder = await folderOf({
    'layers/tools/nodejs/node_modules/tool/index.js': `module.exports = 'tool'`,
  });
  const before = process.cwd();
  process.chdir(folder.path);
  try {
    const deployments = lambda.createBucket('deployments');
    await deployments.put('orders.zip', zip);
    const orders = await lambda.createFunction({
      name: 'orders',
      code: { s3: { bucket: 'deployments', key: 'orders.zip' } },
    });

    const v1 = await lambda.publishLayer({
      name: 'tools',
      code: { dir: 'layers/tools' },
      compatibleRuntimes: ['nodejs24.x'],
      licenseInfo: 'MIT',
    });
    await orders.update({ layers: [v1] });
    lambda.listLayers({ compatibleRuntime: 'nodejs24.x' }); // of each layer the newest version that says it fits
    await lambda.deleteLayerVersion('tools', 1); // `orders` keeps it
    expect(await orders.call()).toBe('tool');
    expect(lambda.listLayers()).toEqual([]);
  } finally {
    process.chdir(before);
  }
});

test('a file is opened with its key', async () => {
  await using folder = await folderOf({});
  const before = process.cwd();
  process.chdir(folder.path);
  try {
    const key = new Uint8Array(32).fill(1);
    {
      await using lambda = await Lambda.open({
        storage: { file: 'lambda.db' },
        encryptionKey: { id: '2026', key }, // 32 bytes
      });
      expect(lambda.restored?.functions).toBe(0);
    }
    const file = join(folder.path, 'lambda.db');
    await expect(Lambda.open({ storage: { file } })).rejects.toThrow('with the key "2026"');
  } finally {
    process.chdir(before);
  }
});

test('every example of the document is here', () => {
  expect(examplesMissing('deployment.md', import.meta.filename)).toEqual([]);
});
