import { expect, test } from 'vitest';
import { Lambda, type LambdaEvents } from '../../src/index.ts';

type Line = LambdaEvents['log.written'];

async function run(source: string): Promise<{ outcome: unknown; lines: string[] }> {
  await using lambda = new Lambda({ blanks: 0 });
  const lines: string[] = [];
  lambda.on('log.written', (line: Line) => {
    lines.push(line.body);
  });
  const fn = await lambda.createFunction({ name: 'probe', code: { source } });
  const outcome = await fn.invoke({});
  return { outcome, lines };
}

test('a listener of uncaughtException takes an error that nobody caught', async () => {
  const { outcome } = await run(`
    const seen = [];
    process.on('uncaughtException', (error, origin) => seen.push(error.message, origin));
    exports.handler = () => new Promise((resolve) => {
      setImmediate(() => { throw new Error('lost'); });
      setImmediate(() => setImmediate(() => resolve(seen)));
    });`);
  expect(outcome).toMatchObject({ status: 'ok', result: ['lost', 'uncaughtException'] });
});

test('without a listener it ends the invocation', async () => {
  const { outcome } = await run(`
    exports.handler = () => new Promise(() => {
      setImmediate(() => { throw new Error('lost'); });
    });`);
  expect(outcome).toMatchObject({ status: 'error' });
});

test('listeners of exit run before the environment ends', async () => {
  const { lines } = await run(`
    process.on('exit', (code) => process.stdout.write('leaving with ' + code + '\\n'));
    exports.handler = () => process.exit(3);`);
  expect(lines.join('')).toContain('leaving with 3');
});

test('stdout is a stream, and what is written to it comes out in order', async () => {
  const { lines } = await run(`
    exports.handler = async () => {
      process.stdout.write('one\\n');
      const { Readable } = require('stream');
      const two = Readable.from(['two\\n']);
      two.pipe(process.stdout);
      await require('stream/promises').finished(two);
      process.stderr.write(Buffer.from('three\\n'));
    };`);
  expect(lines.join('')).toBe('onetwothree');
});

test('a warning is written once, with its code', async () => {
  const { lines } = await run(`
    const { deprecate } = require('util');
    const old = deprecate(() => 1, 'old is old', 'DEP_X');
    exports.handler = async () => { old(); old(); };`);
  expect(lines.join('')).toBe('(node:8) [DEP_X] DeprecationWarning: old is old');
});
