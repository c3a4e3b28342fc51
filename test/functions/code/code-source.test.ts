import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { CodeError, InvalidOptionError } from '../../../src/core/errors.ts';
import { checkCodeSource } from '../../../src/functions/code/code-source.ts';
import { loadCode } from '../../../src/functions/code/load-code.ts';
import { folderOf, textsOf } from './fixture.ts';

const options = { handler: 'index.handler', runtime: 'nodejs24.x' } as const;

test.each([
  [undefined, 'Expected `code` to be an object, got undefined'],
  ['index.js', 'Expected `code` to be an object, got "index.js"'],
  [{}, 'exactly one of `source`, `file`, `dir`, `zip` and `s3`'],
  [{ source: '', dir: '.' }, 'exactly one of `source`, `file`, `dir`, `zip` and `s3`'],
  [{ text: '' }, 'There is no option `text`'],
  [{ source: 5 }, 'Expected `code.source` to be a string, got 5'],
  [{ source: '', format: 'esm' }, 'Expected `code.format` to be one of "commonjs", "module"'],
  [{ dir: '.', format: 'module' }, 'Expected `code.format` to be absent next to `dir`'],
  [{ file: '' }, 'Expected `code.file` to be a path or a file: URL, got ""'],
  [{ dir: new URL('https://example.com/') }, 'Expected `code.dir` to be a path or a file: URL'],
  [{ zip: 5 }, 'Expected `code.zip` to be a path, the bytes of a zip or a file: URL, got 5'],
  [[], 'Expected `code` to be an object'],
])('%j is refused and says why', (code: unknown, message) => {
  expect(() => checkCodeSource(code)).toThrow(InvalidOptionError);
  expect(() => checkCodeSource(code)).toThrow(message);
});

test.each([
  [{ file: 'gone.ts' }, 'No file at'],
  [{ dir: 'gone' }, 'No folder at'],
  [{ zip: 'gone.zip' }, 'No file at'],
  [{ zip: pathToFileURL('/gone.zip') }, 'Check the URL that was passed'],
])('%j that does not exist is a CodeError with the path', async (code, message) => {
  const loading = loadCode(code, options);
  await expect(loading).rejects.toThrow(CodeError);
  await expect(loading).rejects.toThrow(message);
});

test('a folder passed as a file names the right option', async () => {
  await using folder = await folderOf({});
  await expect(loadCode({ file: folder.path }, options)).rejects.toThrow('pass it as `code.dir`');
});

test.each([
  ['index.handler', 'exports.handler = 1', undefined, '/var/task/index.js'],
  ['index.handler', 'export const handler = 1', undefined, '/var/task/index.mjs'],
  ['index.handler', 'await 1', undefined, '/var/task/index.mjs'],
  ['index.handler', '#!/usr/bin/env node\nexport {}', undefined, '/var/task/index.mjs'],
  ['index.handler', 'globalThis.x = 1', 'module', '/var/task/index.mjs'],
  ['index.handler', 'exports.handler = 1', 'commonjs', '/var/task/index.js'],
  ['index.handler', 'export const handler = 1', 'commonjs', '/var/task/index.cjs'],
  ['index.handler', 'syntax error', undefined, '/var/task/index.js'],
  ['index.handler', "// import x from 'y'\nexports.a = 1", undefined, '/var/task/index.js'],
  ['src/app.api.handler', '', undefined, '/var/task/src/app.js'],
  ['/var/task/deep/app.handler', '', undefined, '/var/task/deep/app.js'],
  ['/opt/app.handler', '', undefined, '/var/task/app.js'],
  ['nodot', '', undefined, '/var/task/index.js'],
  ['../up.handler', '', undefined, '/var/task/index.js'],
] as const)(
  'handler %s and text %j (format %s) make the file %s',
  async (handler, source, format, path) => {
    const code = format === undefined ? { source } : { source, format };
    const loaded = await loadCode(code, { ...options, handler });
    expect(textsOf(loaded)).toEqual({ [path]: source });
  },
);

test('files, folders and zips are given as paths or URLs', async () => {
  await using folder = await folderOf({ 'index.js': 'exports.handler = 1' });
  const byPath = await loadCode({ dir: folder.path }, options);
  const byUrl = await loadCode({ dir: pathToFileURL(folder.path) }, options);
  expect(byUrl.codeSha256).toBe(byPath.codeSha256);

  await using zips = await folderOf({});
  const { writeFile } = await import('node:fs/promises');
  const file = join(zips.path, 'code.zip');
  await writeFile(file, byPath.zip);
  const byZipPath = await loadCode({ zip: file }, options);
  const byZipUrl = await loadCode({ zip: pathToFileURL(file) }, options);
  expect(byZipPath.codeSha256).toBe(byPath.codeSha256);
  expect(byZipUrl.inputFiles).toEqual([file]);
});
