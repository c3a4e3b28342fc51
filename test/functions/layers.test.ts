import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { Lambda, type LayerFilter, type LayerSource, type LayerVersion } from '../../src/index.ts';
import type { Deployment } from '../../src/functions/code/deployment.ts';
import { mergeLayers } from '../../src/functions/code/merge-layers.ts';
import { folderOf, type Tree } from './code/fixture.ts';

const utf8 = new TextEncoder();

/** A layer as the bytes of a zip. */
const zipOf = (tree: Tree): { zip: Uint8Array } => ({
  zip: zipSync(
    Object.fromEntries(Object.entries(tree).map(([path, text]) => [path, utf8.encode(text)])),
  ),
});

/** Calls a function that answers with what `source` evaluates to. */
async function evaluate(
  expression: string,
  layers: readonly LayerSource[],
  runtime: 'nodejs22.x' | 'nodejs24.x' = 'nodejs24.x',
): Promise<unknown> {
  await using lambda = new Lambda();
  const evaluated = await lambda.createFunction({
    name: 'evaluate',
    code: { source: `exports.handler = async () => ${expression};` },
    runtime,
    layers,
    isolation: 'inline',
  });
  return evaluated.call();
}

const moduleOf = (name: string, value: string, folder = 'nodejs/node_modules'): Tree => ({
  [`${folder}/${name}/index.js`]: `module.exports = ${JSON.stringify(value)};`,
});

describe('require', () => {
  test('finds packages of a layer, for every version of Node and for one', async () => {
    const layer = zipOf({
      ...moduleOf('shared', 'for all'),
      ...moduleOf('special', 'for 22', 'nodejs/node22/node_modules'),
    });
    expect(await evaluate(`require('shared')`, [layer])).toBe('for all');
    expect(await evaluate(`require('special')`, [layer], 'nodejs22.x')).toBe('for 22');
    await expect(evaluate(`require('special')`, [layer])).rejects.toThrow(
      "Cannot find module 'special'",
    );
  });

  test('prefers the folder of the version of Node', async () => {
    const layer = zipOf({
      ...moduleOf('tool', 'for all'),
      ...moduleOf('tool', 'for 24', 'nodejs/node24/node_modules'),
    });
    expect(await evaluate(`require('tool')`, [layer])).toBe('for 24');
  });

  test('prefers what the function brings itself', async () => {
    await using lambda = new Lambda();
    await using folder = await folderOf({
      'index.js': `exports.handler = async () => require('tool');`,
      'node_modules/tool/index.js': `module.exports = 'own';`,
    });
    const own = await lambda.createFunction({
      name: 'own',
      code: { dir: folder.path },
      layers: [zipOf(moduleOf('tool', 'layer'))],
    });
    expect(await own.call()).toBe('own');
  });

  test('takes modules by path, and those find each other by the usual rules', async () => {
    const layer = zipOf({
      'lib/a.js': `module.exports = require('./b') + require('dependency');`,
      'lib/b.js': `module.exports = 'b';`,
      'lib/node_modules/dependency/index.js': `module.exports = 'd';`,
    });
    expect(await evaluate(`require('/opt/lib/a.js')`, [layer])).toBe('bd');
  });

  test('is all: import does not look into layers by name, but takes a path', async () => {
    const layer = zipOf({
      'nodejs/node_modules/pure/package.json': '{"type":"module","exports":"./index.js"}',
      'nodejs/node_modules/pure/index.js': 'export const name = "pure";',
    });
    await expect(evaluate(`(await import('pure')).name`, [layer])).rejects.toThrow(
      "Cannot find package 'pure'",
    );
    const path = '/opt/nodejs/node_modules/pure/index.js';
    expect(await evaluate(`(await import('${path}')).name`, [layer])).toBe('pure');
  });
});

describe('several layers', () => {
  test('lie over each other in order', async () => {
    const one = zipOf({ ...moduleOf('a', 'a of one'), ...moduleOf('b', 'b of one') });
    const two = zipOf(moduleOf('b', 'b of two'));
    expect(await evaluate(`[require('a'), require('b')]`, [one, two])).toEqual([
      'a of one',
      'b of two',
    ]);
    expect(await evaluate(`require('b')`, [two, one])).toBe('b of one');
  });

  test('a later file takes the place of an earlier folder, and the other way round', async () => {
    const folder = zipOf({ 'x/index.js': `module.exports = 'folder';` });
    const file = zipOf({ x: 'file' });
    expect(await evaluate(`require('/opt/x')`, [file, folder])).toBe('folder');
    await expect(evaluate(`require('/opt/x/index.js')`, [folder, file])).rejects.toThrow(
      "Cannot find module '/opt/x/index.js'",
    );
  });

  test('five are the limit', async () => {
    const layer = zipOf(moduleOf('a', 'a'));
    expect(await evaluate(`require('a')`, Array<LayerSource>(5).fill(layer))).toBe('a');
    await expect(evaluate('1', Array<LayerSource>(6).fill(layer))).rejects.toMatchObject({
      awsMessage: 'Cannot reference more than 5 layers.',
    });
  });

  test('with the function they are as large as AWS allows, and no larger', () => {
    const filesOf = (path: string, bytes: number): Deployment => ({
      files: new Map([[path, new Uint8Array(bytes)]]),
      links: new Map(),
    });
    const code = filesOf('/var/task/index.js', 44_000);
    const layer = filesOf('/opt/one', 131_000_000);
    expect(mergeLayers(code, [layer, filesOf('/opt/two', 131_100_000)]).files.size).toBe(3);
    expect(() => mergeLayers(code, [layer, filesOf('/opt/two', 131_100_001)])).toThrow(
      'Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 262144001 bytes.',
    );
    // What is replaced does not count.
    expect(mergeLayers(code, [layer, layer, layer]).files.size).toBe(2);
  });
});

describe('a published layer', () => {
  const two = zipOf(moduleOf('tool', 'two'));

  test('is used by what publishing returned, or by its ARN', async () => {
    await using lambda = new Lambda({ region: 'eu-central-1', accountId: '123456789012' });
    const first = await lambda.publishLayer({
      name: 'tools',
      code: zipOf(moduleOf('tool', 'one')),
      description: 'Tools',
    });
    const second = await lambda.publishLayer({ name: 'tools', code: two });
    expect(first).toMatchObject({
      arn: 'arn:aws:lambda:eu-central-1:123456789012:layer:tools:1',
      layerArn: 'arn:aws:lambda:eu-central-1:123456789012:layer:tools',
      version: 1,
      description: 'Tools',
    });
    expect(second.version).toBe(2);

    const tool = await lambda.createFunction({
      name: 'tool',
      code: { source: `exports.handler = async () => require('tool');` },
      layers: [first],
    });
    expect(await tool.call()).toBe('one');
    expect(tool.latest.layers).toEqual([
      { arn: first.arn, codeSha256: first.codeSha256, codeSize: first.codeSize },
    ]);

    await tool.update({ layers: [second.arn] });
    expect(await tool.call()).toBe('two');
    await tool.update({ layers: [] });
    await expect(tool.call()).rejects.toThrow("Cannot find module 'tool'");
  });

  test('must exist, and come once', async () => {
    await using lambda = new Lambda({ region: 'eu-central-1', accountId: '123456789012' });
    const arn = 'arn:aws:lambda:eu-central-1:123456789012:layer:tools';
    const create = (layers: readonly LayerSource[]): Promise<unknown> =>
      lambda.createFunction({ name: 'f', code: { source: '' }, layers });
    await expect(create([`${arn}:3`])).rejects.toMatchObject({
      awsMessage: `Layer version ${arn}:3 does not exist.`,
    });
    await expect(create([`${arn}:1`, `${arn}:2`])).rejects.toMatchObject({
      awsMessage:
        'Two different versions of the same layer are not allowed to be referenced in the same function. ' +
        `${arn}:1 and ${arn}:2 are versions of the same layer.`,
    });
    await expect(create(['tools'])).rejects.toThrow('the ARN of a layer version');
  });

  test('of another region is refused as AWS does', async () => {
    await using lambda = new Lambda({ region: 'eu-central-1' });
    const layers = ['arn:aws:lambda:us-east-1:123456789012:layer:tools:1'];
    await expect(
      lambda.createFunction({ name: 'f', code: { source: '' }, layers }),
    ).rejects.toMatchObject({
      awsMessage:
        'Layers are not in the same region as the function. Layers are expected to be in region eu-central-1.',
    });
  });

  test('makes a new version of a function worth publishing', async () => {
    await using lambda = new Lambda();
    const published = await lambda.createFunction({
      name: 'f',
      code: { source: `exports.handler = async () => require('tool');` },
      layers: [two],
    });
    const one = await published.publishVersion();
    expect((await published.publishVersion()).version).toBe(one.version);
    await published.update({ layers: [zipOf(moduleOf('tool', 'three'))] });
    const next = await published.publishVersion();
    expect(next.version).toBe('2');
    expect(await one.call()).toBe('two');
    expect(await next.call()).toBe('three');
  });

  test.each([
    ['no array', 'x'],
    ['neither folder nor zip', [{}]],
    ['both', [{ dir: 'x', zip: 'y' }]],
    ['text', [{ source: 'x' }]],
  ])('an option that is %s is refused', async (_what, layers) => {
    await using lambda = new Lambda();
    const options = { name: 'f', code: { source: '' }, layers } as never;
    await expect(lambda.createFunction(options)).rejects.toMatchObject({
      name: 'InvalidOptionError',
    });
  });

  test('of a folder keeps its links, and a zip may not leave /opt', async () => {
    await using folder = await folderOf({
      'nodejs/node_modules/real/index.js': `module.exports = __filename;`,
      'nodejs/node_modules/alias': '-> real',
    });
    expect(await evaluate(`require('alias')`, [{ dir: folder.path }])).toBe(
      '/opt/nodejs/node_modules/real/index.js',
    );
    await expect(evaluate('1', [zipOf({ '../var/task/index.js': 'x' })])).rejects.toThrow(
      'Could not unzip uploaded file',
    );
  });
});

describe('versions of layers', () => {
  const facts = {
    description: 'Tools',
    licenseInfo: 'MIT',
    compatibleRuntimes: ['nodejs24.x', 'python3.13'],
    compatibleArchitectures: ['arm64'],
  } as const;
  const layer = { code: zipOf({ 'a.txt': 'a' }) };

  test('keep what is said about them, and say nothing otherwise', async () => {
    await using lambda = new Lambda();
    const said = await lambda.publishLayer({ name: 'said', ...layer, ...facts });
    expect(said).toMatchObject(facts);
    expect(lambda.getLayerVersion('said', 1)).toBe(said);
    expect(await lambda.publishLayer({ name: 'silent', ...layer })).toMatchObject({
      description: '',
      licenseInfo: '',
      compatibleRuntimes: [],
      compatibleArchitectures: [],
    });
  });

  test.each([
    ['licenseInfo', 'x'.repeat(513)],
    ['compatibleRuntimes', ['basic1.0']],
    ['compatibleRuntimes', Array(16).fill('nodejs24.x')],
    ['compatibleArchitectures', ['riscv']],
    ['description', 'x'.repeat(257)],
  ])('take no %s like %j', async (option, value) => {
    await using lambda = new Lambda();
    const options = { name: 'l', ...layer, [option]: value };
    await expect(lambda.publishLayer(options)).rejects.toMatchObject({ option });
  });

  test('are listed newest first, and layers by name with their newest', async () => {
    await using lambda = new Lambda();
    for (const name of ['b', 'a', 'b']) await lambda.publishLayer({ name, ...layer });
    const numbers = (versions: readonly LayerVersion[]): string[] =>
      versions.map(({ name, version }) => `${name}:${version}`);
    expect(numbers(lambda.listLayerVersions('b'))).toEqual(['b:2', 'b:1']);
    expect(numbers(lambda.listLayers())).toEqual(['a:1', 'b:2']);
    expect(lambda.listLayerVersions('none')).toEqual([]);
  });

  test('that say they are made for something are found by it, the newest of each layer', async () => {
    await using lambda = new Lambda();
    await lambda.publishLayer({ name: 'l', ...layer, ...facts });
    await lambda.publishLayer({ name: 'l', ...layer, compatibleRuntimes: ['nodejs22.x'] });
    await lambda.publishLayer({ name: 'l', ...layer });
    const listed = (filter: LayerFilter): number[] =>
      lambda.listLayers(filter).map(({ version }) => version);
    expect(listed({})).toEqual([3]);
    expect(listed({ compatibleRuntime: 'nodejs22.x' })).toEqual([2]);
    expect(listed({ compatibleRuntime: 'python3.13' })).toEqual([1]);
    expect(listed({ compatibleArchitecture: 'arm64' })).toEqual([1]);
    expect(listed({ compatibleArchitecture: 'x86_64' })).toEqual([]);
    expect(() => listed({ compatibleRuntime: 'basic' })).toThrow('compatibleRuntime');
  });

  test('that are deleted are gone for new functions, and stay with those that have them', async () => {
    await using lambda = new Lambda();
    const tools = await lambda.publishLayer({
      name: 'tools',
      code: zipOf(moduleOf('tool', 'one')),
    });
    const source = `exports.handler = async () => require('tool');`;
    const has = await lambda.createFunction({ name: 'has', code: { source }, layers: [tools] });
    expect(await lambda.deleteLayerVersion('tools', 1)).toBe(true);
    expect(await lambda.deleteLayerVersion('tools', 1)).toBe(false);
    expect(lambda.getLayerVersion('tools', 1)).toBeUndefined();
    expect(lambda.listLayers()).toEqual([]);

    await has.update({ memoryMb: 256 });
    expect(await has.call()).toBe('one');
    expect(has.latest.layers).toMatchObject([{ arn: tools.arn }]);
    await expect(
      lambda.createFunction({ name: 'new', code: { source }, layers: [tools] }),
    ).rejects.toMatchObject({ awsMessage: `Layer version ${tools.arn} does not exist.` });
    expect((await lambda.publishLayer({ name: 'tools', ...layer })).version).toBe(2);
  });

  test('that are deleted stay with functions after a restart, and their numbers do not come back', async () => {
    await using folder = await folderOf({});
    const storage = { file: join(folder.path, 'lambda.db') };
    {
      await using lambda = await Lambda.open({ storage });
      const code = zipOf(moduleOf('tool', 'one'));
      const tools = await lambda.publishLayer({ name: 'tools', code, licenseInfo: 'MIT' });
      const source = `exports.handler = async () => require('tool');`;
      await lambda.createFunction({ name: 'has', code: { source }, layers: [tools] });
      await lambda.publishLayer({ name: 'kept', ...layer, ...facts });
      await lambda.deleteLayerVersion('tools', 1);
    }
    await using lambda = await Lambda.open({ storage });
    expect(await lambda.call('has')).toBe('one');
    expect(lambda.listLayers()).toMatchObject([{ name: 'kept', version: 1, ...facts }]);
    expect((await lambda.publishLayer({ name: 'tools', ...layer })).version).toBe(2);
  });
});
