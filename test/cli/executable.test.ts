import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
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

/** A server in a process of its own, with one function that is running. */
async function busyServer(waitMs: number) {
  const handler = `exports.handler = async () => {
    console.log('running'); await new Promise((r) => setTimeout(r, ${waitMs})); return 'done' }`;
  const cwd = project({ 'slow/index.js': handler });
  const argv = ['serve', 'slow', '--port', '0', '--timeout', '60', '--cpu', '30000'];
  const child = spawn(process.execPath, [main, ...argv], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise: exit, resolve } = Promise.withResolvers<unknown[]>();
  child.on('close', (...how) => resolve(how));
  const endpoint = await matched(child.stdout, /AWS endpoint {2}(\S+)/);
  const asked = fetch(`${endpoint}/2015-03-31/functions/slow/invocations`, { method: 'POST' });
  await matched(child.stderr, /(running)/);
  return { child, exit, asked };
}

test('serve ends with 0 on SIGINT, once what runs has ended', async () => {
  const { child, exit, asked } = await busyServer(50);
  child.kill('SIGINT');
  expect(await (await asked).json()).toBe('done');
  expect(await exit).toEqual([0, null]);
});

test('a second SIGINT waits for nothing', async () => {
  const { child, exit, asked } = await busyServer(50_000);
  const cut = expect(asked).rejects.toThrow();
  child.kill('SIGINT');
  await matched(child.stderr, /(Ending)/);
  child.kill('SIGINT');
  expect(await exit).toEqual([130, null]);
  await cut;
});

/** The first group of a pattern, as soon as it has been printed. */
function matched(stream: Readable, pattern: RegExp): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let printed = '';
  stream.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    const found = pattern.exec(printed)?.[1];
    if (found !== undefined) resolve(found);
  });
  stream.on('end', () => reject(new Error(`Ended without ${String(pattern)}: ${printed}`)));
  return promise;
}
