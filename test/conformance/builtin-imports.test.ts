import { expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';

async function run(source: string): Promise<unknown> {
  await using lambda = new Lambda({ blanks: 0 });
  const fn = await lambda.createFunction({ name: 'imports', code: { source } });
  const outcome = await fn.invoke();
  return outcome.status === 'ok' ? outcome.result : outcome.error;
}

test('two imports of one builtin give the same things', async () => {
  const source = `
    import fs, { readFileSync } from 'node:fs';
    import * as all from 'fs';
    import { join, default as path } from 'path';
    export const handler = async () => [fs.readFileSync === readFileSync, all.readFileSync === readFileSync,
      all.default === fs, path.join === join, typeof (await import('node:fs')).readFileSync];`;
  expect(await run(source)).toEqual([true, true, true, true, 'function']);
});

test('a name that a builtin does not have is a syntax error, as in Node', async () => {
  const source = `import { nothing } from 'node:path'; export const handler = async () => nothing;`;
  expect(await run(source)).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' });
});

test('a default import reads no other export', async () => {
  // The getter of an export loads its part; here it would show as a stream.
  const source = `
    import process, { env } from 'node:process';
    export const handler = async () => [typeof process.nextTick, typeof env.PATH, env === process.env];`;
  expect(await run(source)).toEqual(['function', 'string', true]);
});
