import { mkdir, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CodeError } from '../../../src/core/errors.ts';
import { limits } from '../../../src/core/limits.ts';
import { loadCode } from '../../../src/functions/code/load-code.ts';
import { folderOf, loadTree, textsOf } from './fixture.ts';

const options = { handler: 'index.handler', runtime: 'nodejs24.x' } as const;

test('a folder is read with node_modules and without .git', async () => {
  const code = await loadTree({
    'index.js': 'one',
    'node_modules/dep/index.js': 'two',
    'node_modules/dep/.git/config': 'no',
    '.git/config': 'no',
    '.env': 'three',
  });
  expect(textsOf(code)).toEqual({
    '/var/task/.env': 'three',
    '/var/task/index.js': 'one',
    '/var/task/node_modules/dep/index.js': 'two',
  });
});

test('packages of pnpm find their own dependencies', async () => {
  const code = await loadTree({
    'index.js': "exports.handler = require('a')",
    'node_modules/a': '-> .pnpm/a@1.0.0/node_modules/a',
    'node_modules/.pnpm/a@1.0.0/node_modules/a/index.js': "module.exports = require('b')",
    'node_modules/.pnpm/a@1.0.0/node_modules/b': '-> ../../b@2.0.0/node_modules/b',
    'node_modules/.pnpm/b@2.0.0/node_modules/b/index.js': 'module.exports = 5',
  });
  expect(code.program('index.handler').modules.map(({ path }) => path)).toEqual([
    '/var/task/index.js',
    '/var/task/node_modules/.pnpm/a@1.0.0/node_modules/a/index.js',
    '/var/task/node_modules/.pnpm/b@2.0.0/node_modules/b/index.js',
  ]);
});

test('packages of a store outside of the folder are taken in', async () => {
  await using workspace = await folderOf({
    'app/index.js': "require('a')",
    'app/node_modules/a': '-> ../../node_modules/.pnpm/a@1.0.0/node_modules/a',
    'app/node_modules/shared': '-> ../../shared',
    'shared/package.json': '{}',
    'shared/index.js': 'exports.shared = 1',
    'node_modules/.pnpm/a@1.0.0/node_modules/a/package.json': '{}',
    'node_modules/.pnpm/a@1.0.0/node_modules/a/index.js': "require('b')",
    'node_modules/.pnpm/a@1.0.0/node_modules/b': '-> ../../b@2.0.0/node_modules/b',
    'node_modules/.pnpm/b@2.0.0/node_modules/b/package.json': '{}',
    'node_modules/.pnpm/b@2.0.0/node_modules/b/index.js': "require('a')",
    'node_modules/.pnpm/b@2.0.0/node_modules/a': '-> ../../a@1.0.0/node_modules/a',
  });
  const code = await loadCode({ dir: join(workspace.path, 'app') }, options);
  const program = code.program('index.handler');
  expect(program.modules).toHaveLength(3);
  expect(program.resolve('shared', '/var/task/index.js', 'require')).toMatchObject({
    path: '/var/task/node_modules/shared/index.js',
  });
});

test('cycles of links end', async () => {
  const code = await loadTree({
    'index.js': "require('self')",
    'node_modules/self': '-> ..',
    'node_modules/a/package.json': '{}',
    'node_modules/a/node_modules/b': '-> ../../b',
    'node_modules/b/package.json': '{}',
    'node_modules/b/node_modules/a': '-> ../../a',
    'node_modules/loop': '-> loop',
  });
  expect([...code.files.keys()]).toHaveLength(3);
  const program = code.program('index.handler');
  expect(program.resolve('self', '/var/task/x.js', 'require')).toMatchObject({
    path: '/var/task/index.js',
  });
  expect(program.resolve('loop', '/var/task/x.js', 'require').kind).toBe('error');
});

test('links go into the package and come out of it', async () => {
  const code = await loadTree({
    'index.js': 'one',
    'lib/link.js': '-> ../index.js',
    'node_modules/dep': '-> ../lib',
  });
  const again = await loadCode({ zip: code.zip }, options);
  expect(Object.fromEntries(again.links)).toEqual({
    '/var/task/lib/link.js': '/var/task/index.js',
    '/var/task/node_modules/dep': '/var/task/lib',
  });
  const program = again.program('index.handler');
  expect(program.load('/var/task/node_modules/dep/link.js')?.path).toBe('/var/task/index.js');
});

test.each([
  ['secret.txt', 'leads out of the deployment folder'],
  ['node_modules/secret', 'leads out of the deployment folder'],
])('a link %s to a file elsewhere is refused', async (name, message) => {
  await using outside = await folderOf({ 'secret.txt': 'secret' });
  await using folder = await folderOf({ [name]: `-> ${outside.path}/secret.txt` });
  const loading = loadCode({ dir: folder.path }, options);
  await expect(loading).rejects.toThrow(CodeError);
  await expect(loading).rejects.toThrow(message);
});

test('a package that contains the deployment folder is refused', async () => {
  await using workspace = await folderOf({ 'package.json': '{}', 'app/node_modules/.keep': '' });
  await symlink(workspace.path, join(workspace.path, 'app/node_modules/root'));
  await expect(loadCode({ dir: join(workspace.path, 'app') }, options)).rejects.toThrow(
    'leads out of the deployment folder',
  );
});

test('a broken link is refused, except among dependencies', async () => {
  await expect(loadTree({ 'data.json': '-> gone.json' })).rejects.toThrow('points at nothing');
  const code = await loadTree({ 'index.js': '', 'node_modules/.bin/tool': '-> ../gone' });
  expect([...code.files.keys()]).toEqual(['/var/task/index.js']);
});

test('a folder above the size limit is refused before it is read', async () => {
  await using folder = await folderOf({ 'big.bin': '' });
  await mkdir(join(folder.path, 'empty'));
  await truncate(join(folder.path, 'big.bin'), limits.unzippedBytes + 1);
  await expect(loadCode({ dir: folder.path }, options)).rejects.toThrow(
    'Unzipped size must be smaller than 262144000 bytes',
  );
});

test('the files that were read are reported for a watch mode', async () => {
  await using folder = await folderOf({ 'index.js': '', 'lib/a.js': '' });
  const code = await loadCode({ dir: folder.path }, options);
  expect(code.inputFiles).toEqual([join(folder.path, 'index.js'), join(folder.path, 'lib/a.js')]);
});
