import { describe, expect } from 'vitest';
import { CodeError, InvalidOptionError } from '../../src/index.ts';
import { test, tiers } from './tiers.ts';

const project = new URL('../fixtures/project/', import.meta.url);
const typescript = new URL('../fixtures/handlers/double.ts', import.meta.url);

describe.each(tiers)('code, %s', (isolation) => {
  test('{ file }: TypeScript is bundled, errors show its own lines', async ({ lambda }) => {
    const double = await lambda.createFunction<{ n: number }, number>({
      name: 'double',
      code: { file: typescript },
      isolation,
    });
    expect(await double.call({ n: 4 })).toBe(8);
    const failed = await double.invoke({ n: -4 });
    expect(failed).toMatchObject({
      status: 'error',
      error: {
        errorType: 'RangeError',
        trace: ['RangeError: negative', expect.stringMatching(/\/double\.ts:4:22\)?$/)],
      },
    });
  });

  test('{ dir }: CommonJS with JSON, a computed require and __filename', async ({ lambda }) => {
    const common = await lambda.createFunction({ name: 'dir', code: { dir: project }, isolation });
    expect(await common.call()).toEqual([7, 'late', '/var/task/index.js']);
  });

  test('{ dir }: an ES module with top-level await, JSON, CommonJS and import()', async ({
    lambda,
  }) => {
    const esm = await lambda.createFunction({
      name: 'esm',
      code: { dir: project },
      handler: 'esm.handler',
      isolation,
    });
    expect(await esm.call()).toEqual(['late', 7, 'tla', '/var/task', 'lazy']);
    expect(await esm.call()).toEqual(['late', 7, 'tla', '/var/task', 'lazy']);
  });

  test('{ zip }: what { dir } packed runs the same and keeps its sha', async ({ lambda }) => {
    const { loadCode } = await import('../../src/functions/code/load-code.ts');
    const target = { handler: 'index.handler', runtime: 'nodejs24.x' } as const;
    const { zip, codeSha256 } = await loadCode({ dir: project }, target);
    const zipped = await lambda.createFunction({ name: 'zip', code: { zip }, isolation });
    expect(await zipped.call()).toEqual([7, 'late', '/var/task/index.js']);
    expect(zipped.latest.codeSha256).toBe(codeSha256);
  });

  test('a dotted handler finds a nested export', async ({ lambda }) => {
    const nested = await lambda.createFunction({
      name: 'nested',
      code: { dir: project },
      handler: 'index.nested.deep.handler',
      isolation,
    });
    expect(await nested.call()).toBe('deep');
  });

  test('module state lives as long as the environment', async ({ lambda }) => {
    const counter = await lambda.createFunction({
      name: 'counter',
      code: { source: 'let n = 0; exports.handler = async () => (n += 1)' },
      isolation,
    });
    expect([await counter.call(), await counter.call()]).toEqual([1, 2]);
    expect(await counter.call({}, { cold: true })).toBe(1);
  });
});

test('code that cannot be read leaves no function behind', async ({ lambda }) => {
  const bad = [
    { file: 'no/such/file.ts' },
    { dir: 'no/such/folder' },
    { zip: new Uint8Array([1, 2, 3]) },
  ];
  for (const code of bad) {
    await expect(lambda.createFunction({ name: 'bad', code })).rejects.toThrow(CodeError);
  }
  const wrong = { sauce: 'exports.handler = 1' } as unknown as { source: string };
  await expect(lambda.createFunction({ name: 'bad', code: wrong })).rejects.toThrow(
    InvalidOptionError,
  );
  expect(lambda.listFunctions()).toEqual([]);
  expect(lambda.getFunction('bad')).toBeUndefined();
});
