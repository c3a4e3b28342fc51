import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { project } from './project.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

async function executed(argv: readonly string[], cwd: string, stdin = '') {
  const child = spawn(process.execPath, [main, ...argv], { cwd });
  child.stdin.end(stdin);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    promise,
  ]);
  return { code, stdout, stderr };
}

test('the executable takes stdin, keeps results and logs apart and ends with the exit code', async () => {
  const handler = `exports.handler = async (event) => {
    console.log('seen'); if (event.fail) throw new Error('no'); return event };`;
  const cwd = project({ 'f/index.js': handler });
  const argv = ['invoke', 'f', '-e', '-', '--timeout', '30', '--cpu', '30000'];
  const fine = await executed(argv, cwd, '{"a":1}');
  expect(fine).toMatchObject({ code: 0, stdout: '{"a":1}\n' });
  expect(fine.stderr).toMatch(/\tINFO\tseen\n/);
  expect(await executed(argv, cwd, '{"fail":true}')).toMatchObject({ code: 1 });
  expect(await executed(['invoke', '--nothing'], cwd)).toMatchObject({ code: 2, stdout: '' });
});
