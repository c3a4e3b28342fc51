import { describe, expect, test } from 'vitest';
import { checksOf } from '../../src/cli/doctor/engine-checks.ts';
import {
  checkEsbuild,
  checkFlags,
  checkFolder,
  checkNode,
} from '../../src/cli/doctor/host-checks.ts';
import { runCli } from './run-cli.ts';

test('doctor looks at everything, and in a child at what ends guests', async () => {
  const { code, stdout } = await runCli(['doctor', '--json']);
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { name: string }[] };
  expect(checks).toEqual([
    expect.objectContaining({ name: 'Node', status: 'ok' }),
    expect.objectContaining({ name: 'machine', status: 'ok' }),
    expect.objectContaining({ name: 'flags', status: 'ok' }),
    expect.objectContaining({ name: 'esbuild', status: 'ok' }),
    expect.objectContaining({ name: 'folder', status: 'ok' }),
    expect.objectContaining({ name: 'isolated-vm', status: 'ok' }),
    expect.objectContaining({ name: 'runaway loop', status: 'ok' }),
    expect.objectContaining({ name: 'memory hog', status: 'ok' }),
    expect.objectContaining({ name: 'node:sqlite' }),
  ]);
  expect({ ok, code }).toEqual({ ok: true, code: 0 });
});

test('an engine that does not load is a failure with advice, and exit code 1', async () => {
  // The child is refused native modules, as a whole installation would be.
  const { code, stdout } = await runCli(['doctor'], {
    env: { PATH: process.env['PATH'] ?? '', NODE_OPTIONS: '--no-addons' },
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^fail {2}flags .*--no-addons keeps isolated-vm from loading$/m);
  expect(stdout).toMatch(/^ +-> take --no-addons away$/m);
  expect(stdout).toMatch(/^fail {2}isolated-vm .*could not be loaded/m);
  expect(stdout).not.toContain('runaway loop');
});

describe('single checks', () => {
  test.each([
    ['22.11.0', 'fail'],
    ['22.12.0', 'ok'],
    ['23.4.0', 'fail'],
    ['24.0.0', 'ok'],
    ['26.1.0', 'ok'],
    ['20.19.0', 'fail'],
  ])('Node %s: %s', (version, status) => {
    expect(checkNode(version).status).toBe(status);
  });

  test.each([
    [[], 'ok', 'none'],
    [['--enable-source-maps'], 'ok', 'none that matters'],
    [['--no-node-snapshot'], 'ok', 'does not need it'],
    [['--jitless'], 'warn', 'interpreted'],
    [['--permission'], 'fail', 'keeps isolated-vm from loading'],
    [['--permission', '--allow-addons'], 'ok', 'none that matters'],
    [['--no-addons'], 'fail', 'keeps isolated-vm from loading'],
    [['--turboshaft-loop-unrolling'], 'warn', 'cannot be stopped'],
  ])('flags %j: %s', (flags, status, detail) => {
    expect(checkFlags(flags)).toMatchObject({ status, detail: expect.stringContaining(detail) });
  });

  test('esbuild that is missing or broken is a warning', async () => {
    const missing = await checkEsbuild(() => Promise.reject(new Error('none')));
    expect(missing).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/^not installed/),
    });
    const transform = () => Promise.reject(new Error('wrong platform\nmore'));
    const broken = await checkEsbuild(() => Promise.resolve({ version: '1.2.3', transform }));
    expect(broken).toMatchObject({
      status: 'warn',
      detail: '1.2.3 is installed and does not work: Error: wrong platform',
    });
  });

  test('a folder that cannot be written is a warning', async () => {
    expect(await checkFolder('/proc/none')).toMatchObject({ name: 'folder', status: 'warn' });
  });

  test('a child that dies fails what it was doing, with its last words', () => {
    const stdout = [
      '{"begins":"isolated-vm"}',
      '{"saw":{"name":"isolated-vm","status":"ok","detail":"7"}}',
      '{"begins":"memory hog"}',
    ].join('\n');
    expect(checksOf({ stdout, stderr: 'a\nb\nc\nd\n', death: 'signal SIGABRT' })).toEqual([
      { name: 'isolated-vm', status: 'ok', detail: '7' },
      {
        name: 'memory hog',
        status: 'fail',
        detail: 'the child process ended with signal SIGABRT: b | c | d',
        advice: expect.any(String),
      },
    ]);
    const nothing = checksOf({ stdout: '', stderr: 'no such flag', death: 'exit code 9' });
    expect(nothing).toMatchObject([{ name: 'engine', status: 'fail' }]);
  });
});
