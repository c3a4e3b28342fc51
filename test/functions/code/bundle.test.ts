import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { expect, test } from 'vitest';
import { CodeError } from '../../../src/core/errors.ts';
import { bundleFile } from '../../../src/functions/code/bundle.ts';
import { loadCode } from '../../../src/functions/code/load-code.ts';
import { folderOf, textsOf } from './fixture.ts';
import type { Tree } from './fixture.ts';

async function bundle(tree: Tree, entry: string, handler = 'index.handler') {
  await using folder = await folderOf(tree);
  return await loadCode({ file: join(folder.path, entry) }, { handler, runtime: 'nodejs24.x' });
}

/** Runs a bundle the way Node would, outside of any isolate. */
async function run(code: Awaited<ReturnType<typeof bundle>>, name: string): Promise<unknown> {
  const files = Object.entries(textsOf(code)).map(([path, text]) => [path.slice(10), text]);
  await using folder = await folderOf(Object.fromEntries(files));
  const loaded: { handler(): unknown } = await import(join(folder.path, name));
  return await loaded.handler();
}

test('TypeScript, JSON and packages become one CommonJS file under the name of the handler', async () => {
  const code = await bundle(
    {
      'resize.ts':
        "import fs from 'node:fs'; import { two } from '@/two.js'; import data from './data.json'; import dep from 'dep'; export const handler = async (): Promise<unknown> => [typeof fs.readFileSync, two satisfies number, data.three, dep]",
      'src/two.ts': 'export const two: number = 2',
      'data.json': '{"three":3}',
      'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}',
      'node_modules/dep/package.json':
        '{"name":"dep","main":"main.js","module":"module.js","exports":{"browser":"./no.js","import":"./module.js"}}',
      'node_modules/dep/module.js': 'export default 4',
    },
    'resize.ts',
  );
  expect([...code.files.keys()]).toEqual(['/var/task/index.js', '/var/task/index.js.map']);
  expect(code.program('index.handler').entry).toMatchObject({ format: 'commonjs' });
  expect(await run(code, 'index.js')).toEqual(['function', 2, 3, 4]);
});

test('the source map leads back to the TypeScript line', async () => {
  const code = await bundle(
    {
      'a.ts': 'type A = string;\n\nexport const handler = (): A => {\n  throw new Error("x");\n};',
    },
    'a.ts',
  );
  const json = code.program('index.handler').sourceMap('/var/task/index.js') ?? '';
  const lines = (textsOf(code)['/var/task/index.js'] ?? '').split('\n');
  const line = lines.findIndex((text) => text.includes('throw new')) + 1;
  const traced = new TraceMap(json);
  expect(originalPositionFor(traced, { line, column: 4 })).toMatchObject({
    source: 'a.ts',
    line: 4,
  });
  expect(traced.sourcesContent?.[0]).toContain('type A');
});

test('top-level await makes an ES module, in which require works', async () => {
  const code = await bundle(
    {
      'a.ts':
        "import { createRequire } from 'node:module'; import dep from './dep.cjs'; const require = createRequire(import.meta.url); const x = await Promise.resolve(1); export const handler = () => [x, dep, typeof require('node:fs').readFileSync]",
      'dep.cjs': "module.exports = [typeof require('fs').readFileSync, __filename]",
    },
    'a.ts',
    'src/app.handler',
  );
  expect([...code.files.keys()]).toEqual(['/var/task/src/app.mjs', '/var/task/src/app.mjs.map']);
  expect(await run(code, 'src/app.mjs')).toEqual([
    1,
    ['function', '/var/task/src/app.mjs'],
    'function',
  ]);
});

test('import.meta and dynamic imports work in a CommonJS bundle', async () => {
  const code = await bundle(
    {
      'a.mjs':
        "export const handler = async () => [import.meta.url, import.meta.dirname, (await import('./b.mjs')).b]",
      'b.mjs': 'export const b = 1',
    },
    'a.mjs',
  );
  expect(await run(code, 'index.js')).toEqual(['file:///var/task/index.js', '/var/task', 1]);
});

test('a native addon throws when it is loaded, so that a package may do without', async () => {
  const code = await bundle(
    {
      'index.js':
        "exports.handler = () => { try { return require('fast') } catch ({ code, message }) { return [code, message] } }",
      'node_modules/fast/package.json': '{"name":"fast","main":"build/fast.node"}',
      'node_modules/fast/build/fast.node': '\0machine code',
    },
    'index.js',
  );
  expect(await run(code, 'index.js')).toEqual([
    'ERR_DLOPEN_FAILED',
    'Native addons cannot run in an isolate: fast.node',
  ]);
});

test('a package whose addon cannot be found says what is wrong with addons', async () => {
  const code = bundle(
    { 'index.js': 'exports.handler = () => require(`./build/${process.platform}-x.node`)' },
    'index.js',
  );
  await expect(code).rejects.toThrow('Native addons (.node) cannot run in an isolate');
});

test('what a package needs and nobody installed fails when it is loaded', async () => {
  const code = await bundle(
    {
      'index.js': "exports.handler = require('db')",
      'node_modules/db/index.js':
        "module.exports = () => { try { return load() } catch ({ code }) { return code } }; const load = () => require('driver/native')",
    },
    'index.js',
  );
  expect(await run(code, 'index.js')).toBe('MODULE_NOT_FOUND');
});

test('what the project itself imports has to be there', async () => {
  const code = bundle({ 'index.js': "exports.handler = () => require('driver')" }, 'index.js');
  await expect(code).rejects.toThrow('index.js:1:33: Could not resolve "driver"');
});

test('an entry called index.js is not overwritten', async () => {
  await using folder = await folderOf({ 'index.js': 'exports.handler = () => 1' });
  const file = join(folder.path, 'index.js');
  await loadCode({ file }, { handler: 'index.handler', runtime: 'nodejs22.x' });
  expect(await readFile(file, 'utf8')).toBe('exports.handler = () => 1');
});

test('the same project bundles to the same package in every folder', async () => {
  const tree = { 'a.ts': "export * from './lib/b.ts'", 'lib/b.ts': 'export const handler = 1' };
  const [one, other] = [await bundle(tree, 'a.ts'), await bundle(tree, 'a.ts')];
  expect(other.codeSha256).toBe(one.codeSha256);
});

test('all files of the bundle are reported for a watch mode', async () => {
  await using folder = await folderOf({ 'a.ts': "import './lib/b.ts'", 'lib/b.ts': '' });
  const file = join(folder.path, 'a.ts');
  const code = await loadCode({ file }, { handler: 'index.handler', runtime: 'nodejs24.x' });
  expect(new Set(code.inputFiles)).toEqual(new Set([file, join(folder.path, 'lib/b.ts')]));
});

test.each([
  ['const a = ;', /a\.ts:1:11: Unexpected ";"/],
  ["import 'gone'", /a\.ts:1:8: Could not resolve "gone"/],
  ["await 1; import 'gone'", /Could not resolve "gone"/],
])('a build of %j fails with file, line, column and reason', async (source, message) => {
  const building = bundle({ 'a.ts': source }, 'a.ts');
  await expect(building).rejects.toThrow(CodeError);
  await expect(building).rejects.toThrow(message);
});

test('without esbuild the error says what to install and what else there is', async () => {
  await using folder = await folderOf({ 'a.ts': '' });
  const building = bundleFile(
    join(folder.path, 'a.ts'),
    { stem: '/var/task/index', runtime: 'nodejs24.x' },
    () => Promise.reject(new Error("Cannot find package 'esbuild'")),
  );
  await expect(building).rejects.toThrow(CodeError);
  await expect(building).rejects.toThrow(
    'needs esbuild: npm install --save-dev esbuild, or deploy with { source }, { dir } or { zip }',
  );
});
