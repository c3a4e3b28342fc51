import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { afterEach, describe, expect, test } from 'vitest';
import { Lambda, type InvokeOutcome, type Isolation } from '../../src/index.ts';

// https://nodejs.org/docs/latest-v24.x/api/modules.html#loading-ecmascript-modules-using-require

const tiers: readonly Isolation[] = ['inline', 'thread'];
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'isolambda-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function invoke(dir: string, isolation: Isolation): Promise<InvokeOutcome> {
  await using lambda = new Lambda({ blanks: 0 });
  const fn = await lambda.createFunction({ name: 'required', code: { dir }, isolation });
  return await fn.invoke();
}

const esmOnly = {
  'node_modules/esm-only/package.json': '{"type":"module","exports":"./main.js"}',
  'node_modules/esm-only/main.js': `
    import { inner } from './inner.js';
    export let count = 0;
    export const bump = () => { count += 1; };
    export default function greet(name) { return inner + ' ' + name; }`,
  'node_modules/esm-only/inner.js': 'export const inner = "hello";',
};

describe.each(tiers)('in the tier %s', (tier) => {
  test.each<[string, Record<string, string>]>([
    [
      'a package that is an ES module only',
      {
        ...esmOnly,
        'index.js': `
          const all = require('esm-only');
          all.bump();
          exports.handler = async () => ({
            keys: Object.keys(all).sort(), text: all.default('you'), count: all.count, marked: all.__esModule,
            same: require('esm-only') === all,
          });`,
      },
    ],
    [
      'a package from within another one',
      {
        ...esmOnly,
        'node_modules/cjs/index.js': 'module.exports = require("esm-only").default("cjs");',
        'index.js': 'const text = require("cjs"); exports.handler = async () => text;',
      },
    ],
    [
      'a package from within one that an ES module imports',
      {
        ...esmOnly,
        'node_modules/cjs/index.js': 'module.exports = require("esm-only").default("cjs");',
        'index.mjs': 'import text from "cjs"; export const handler = async () => text;',
      },
    ],
    [
      'an export that is called module.exports',
      {
        'x.mjs': 'const value = { a: 1 }; export { value as "module.exports" }; export default 2;',
        'index.js': 'const x = require("./x.mjs"); exports.handler = async () => x;',
      },
    ],
    [
      'named exports alone',
      {
        'x.mjs': 'export const a = 1;',
        'index.js':
          'const x = require("./x.mjs"); exports.handler = async () => [x.a, x.__esModule ?? null];',
      },
    ],
  ])('%s is required as in Node', async (_name, files) => {
    const folder = await folderOf(files);
    const entry = join(folder, 'index.mjs' in files ? 'index.mjs' : 'index.js');
    const handlers = createRequire(import.meta.url)(entry) as { handler: () => Promise<unknown> };
    const outcome = await invoke(folder, tier);
    expect(outcome.status === 'ok' ? outcome.result : outcome.error).toEqual(
      JSON.parse(JSON.stringify(await handlers.handler())),
    );
  });

  test('a module that throws fails the init with its own error', async () => {
    const outcome = await invoke(
      await folderOf({
        'x.mjs': 'throw new RangeError("from x");',
        'index.js': 'require("./x.mjs"); exports.handler = async () => 1;',
      }),
      tier,
    );
    expect(outcome.status === 'error' && outcome.error).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'from x',
    });
  });
});

test('one that only a computed name finds says what to do', async () => {
  const outcome = await invoke(
    await folderOf({
      'x.mjs': 'export const a = 1;',
      'index.js': 'exports.handler = async () => require("./" + "x.mjs");',
    }),
    'inline',
  );
  expect(outcome.status === 'error' && outcome.error.errorMessage).toContain('Use import()');
});
