import { describe, expect, test } from 'vitest';
import { writeZip } from '../../src/functions/code/zip-writer.ts';
import { createDeployment } from '../../src/functions/code/deployment.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from './project.ts';
import { runCli } from './run-cli.ts';

const double = 'export const handler = async ({ n }: { n: number }) => ({ doubled: n * 2 });';
const talk = `exports.handler = async (event, context) => {
  console.log('hello', process.env.GREETING);
  console.warn('careful');
  if (event.fail) throw new RangeError('too far');
  return { event, client: context.clientContext, memory: context.memoryLimitInMB, env: process.env.GREETING };
};`;
/** Budgets that hold on a loaded machine as well. */
const generous = ['--timeout', '30', '--cpu', '30000'];

describe('what is invoked', () => {
  test('a file of TypeScript is bundled and its export called', async () => {
    const cwd = project({ 'src/double.ts': double, 'event.json': '{"n": 21}' });
    const ended = await runCli(['invoke', 'src/double.ts', '-e', 'event.json', ...generous], {
      cwd,
    });
    expect(ended).toMatchObject({ code: 0, stdout: '{"doubled":42}\n' });
  });

  test('--handler names another export, alone or behind a module', async () => {
    const cwd = project({ 'a.mjs': 'export const main = async () => "main"' });
    for (const handler of ['main', 'other.main']) {
      const ended = await runCli(['invoke', 'a.mjs', '--handler', handler, ...generous], { cwd });
      expect(ended).toMatchObject({ code: 0, stdout: '"main"\n' });
    }
  });

  test('a folder is a deployment with index.handler', async () => {
    const cwd = project({ 'dist/index.mjs': 'export const handler = async (event) => event' });
    const ended = await runCli(['invoke', 'dist', '--event', '[1]', ...generous], { cwd });
    expect(ended).toMatchObject({ code: 0, stdout: '[1]\n' });
  });

  test('a zip is a deployment', async () => {
    const cwd = project({});
    const text = new TextEncoder().encode('exports.run = async () => "zipped"');
    const zip = await writeZip(
      createDeployment(new Map([['/var/task/app.js', text]])),
      '/var/task',
    );
    writeFileSync(join(cwd, 'code.zip'), zip);
    const ended = await runCli(['invoke', 'code.zip', '--handler', 'app.run', ...generous], {
      cwd,
    });
    expect(ended).toMatchObject({ code: 0, stdout: '"zipped"\n' });
  });

  test.each([
    [['invoke', 'missing.ts'], /no file or folder at .*missing\.ts/],
    [['invoke', 'notes.txt'], /notes\.txt is no code that can be run: expected a folder, a zip/],
    [['invoke', 'dist', '--handler', 'run'], /--handler: expected module and export.*"index\.run"/],
    [['invoke', 'broken.ts'], /broken\.ts/],
  ])('%j is refused with what would be right', async (argv, message) => {
    const files = { 'notes.txt': '', 'dist/index.js': '', 'broken.ts': 'export const = 1' };
    const ended = await runCli(argv, { cwd: project(files) });
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
  });
});

describe('the event', () => {
  const cwd = (): string => project({ 'f/index.js': talk, 'bad.json': '{"a":' });
  const eventOf = ({ stdout }: { stdout: string }): unknown =>
    (JSON.parse(stdout) as { event: unknown }).event;

  test('it comes from stdin, from the command line, or is {}', async () => {
    const base = ['invoke', 'f', ...generous];
    const folder = cwd();
    const piped = await runCli([...base, '-e', '-'], { cwd: folder, stdin: '{"from":"stdin"}' });
    const inline = await runCli([...base, '--event', '{"from":"argv"}'], { cwd: folder });
    const none = await runCli(base, { cwd: folder });
    expect([piped, inline, none].map(eventOf)).toEqual([{ from: 'stdin' }, { from: 'argv' }, {}]);
  });

  test.each([
    ['nowhere.json', /--event: there is no file "nowhere\.json", and it is no JSON either/],
    ['bad.json', /The event in bad\.json is not JSON/],
    ['-', /The event on stdin is not JSON/],
  ])('--event %s is refused', async (event, message) => {
    const ended = await runCli(['invoke', 'f', '-e', event], { cwd: cwd(), stdin: 'x' });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
  });

  test('the client context is JSON or base64 of it', async () => {
    const folder = cwd();
    const client = { custom: { a: 1 } };
    for (const text of [
      JSON.stringify(client),
      Buffer.from(JSON.stringify(client)).toString('base64'),
    ]) {
      const argv = ['invoke', 'f', '--client-context', text, ...generous];
      const { stdout } = await runCli(argv, { cwd: folder });
      expect(JSON.parse(stdout)).toMatchObject({ client });
    }
    expect(await runCli(['invoke', 'f', '--client-context', '%'], { cwd: folder })).toMatchObject({
      code: 1,
      stderr: 'error: --client-context: expected JSON or base64 of JSON, got "%"\n',
    });
  });
});

describe('settings', () => {
  test('variables come from the file, by function or for all, and --env goes over them', async () => {
    const vars = { Parameters: { GREETING: 'all' }, f: { GREETING: 'own' } };
    const cwd = project({ 'f/index.js': talk, 'env.json': JSON.stringify(vars) });
    const envOf = async (...extra: string[]): Promise<unknown> => {
      const { stdout } = await runCli(['invoke', 'f', ...generous, ...extra], { cwd });
      return (JSON.parse(stdout) as { env: unknown }).env;
    };
    expect(await envOf('--env-vars', 'env.json')).toBe('own');
    expect(await envOf('--env-vars', 'env.json', '--env', 'GREETING=a=b')).toBe('a=b');
  });

  test('memory reaches the context; what the library refuses ends with 1', async () => {
    const cwd = project({ 'f/index.js': talk });
    const { stdout } = await runCli(['invoke', 'f', '--memory', '64', ...generous], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ memory: '64' });
    const refused = await runCli(['invoke', 'f', '--allow', 'no:port:here'], { cwd });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('network.allow') });
  });
});

describe('what is shown', () => {
  const cwd = (): string => project({ 'f/index.js': talk });
  const words = (text: string): string[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => /(?:^|\t)(INIT_START|START|END|REPORT|INFO|WARN)/.exec(line)?.[1] ?? line);

  test('the log goes to stderr from INIT_START to REPORT, the result alone to stdout', async () => {
    const { stdout, stderr } = await runCli(['invoke', 'f', ...generous], { cwd: cwd() });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(words(stderr)).toEqual(['INIT_START', 'START', 'INFO', 'WARN', 'END', 'REPORT']);
  });

  test('a function error gives its payload, a line that names it, and exit code 1', async () => {
    const argv = ['invoke', 'f', '--event', '{"fail":true}', ...generous];
    const ended = await runCli(argv, { cwd: cwd() });
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'too far',
    });
    expect(ended.stderr).toMatch(/Function error: RangeError: too far\n$/);
  });

  test('--json gives payload, report and log on one line and keeps stderr silent', async () => {
    const ended = await runCli(['invoke', 'f', '--json', ...generous], { cwd: cwd() });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      functionName: 'f',
      status: 'ok',
      executedVersion: '$LATEST',
      payload: { event: {} },
      report: { isCold: true, memoryMb: 128, status: 'success' },
      log: expect.arrayContaining([expect.stringMatching(/^START RequestId/)]),
    });
  });

  test('--repeat runs warm and sums up, with --cold each one is cold', async () => {
    const folder = cwd();
    const argv = ['invoke', 'f', '--repeat', '3', ...generous];
    const warm = await runCli(argv, { cwd: folder });
    expect(warm.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(warm.stderr).toMatch(/3 invocations, 1 cold, 0 failed; duration p50 [\d.]+ ms/);
    const cold = await runCli([...argv, '--cold'], { cwd: folder });
    expect(cold.stderr).toContain('3 invocations, 3 cold, 0 failed');
  });

  test('--tail shows the last 4 KB of the log after the end', async () => {
    const loud =
      'exports.handler = async () => { for (let i = 0; i < 200; i++) console.log("x".repeat(50), i); }';
    const folder = project({ 'f/index.js': loud });
    const { stderr } = await runCli(['invoke', 'f', '--tail', ...generous], { cwd: folder });
    expect(Buffer.byteLength(stderr)).toBe(4_096 + 1);
    expect(stderr).toContain('REPORT RequestId');
    expect(stderr).not.toContain('INIT_START');
  });

  test('--stream writes what the handler writes, while it still runs', async () => {
    const text = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.write('one '); await new Promise((r) => setTimeout(r, 1)); stream.end('two'); });`;
    const seen: string[] = [];
    const ended = await runCli(['invoke', 'f', '--stream', ...generous], {
      cwd: project({ 'f/index.js': text }),
      onWrite: (written) => seen.push(written),
    });
    expect(ended).toMatchObject({ code: 0, stdout: 'one two\n' });
    expect(seen).toContain('one ');
  });

  test('a terminal gets colours unless NO_COLOR is set', async () => {
    const folder = cwd();
    const plain = await runCli(['invoke', 'f', ...generous], { cwd: folder });
    const colours = await runCli(['invoke', 'f', ...generous], { cwd: folder, isTTY: true });
    const refused = await runCli(['invoke', 'f', ...generous], {
      cwd: folder,
      isTTY: true,
      env: { NO_COLOR: '1' },
    });
    // eslint-disable-next-line no-control-regex
    const colour = /\u001B\[\d+m/;
    expect([plain, colours, refused].map(({ stderr }) => colour.test(stderr))).toEqual([
      false,
      true,
      false,
    ]);
    expect(colours.stdout).not.toMatch(colour);
  });
});

test('Ctrl-C ends the wait with 130', async () => {
  const never =
    'exports.handler = () => { console.log("up"); return new Promise((r) => setTimeout(r, 60000)) }';
  const stop = new AbortController();
  const ended = await runCli(['invoke', 'f', '--timeout', '90'], {
    cwd: project({ 'f/index.js': never }),
    signal: stop.signal,
    onWrite: (text) => text.includes('up') && stop.abort(),
  });
  expect(ended.code).toBe(130);
});
