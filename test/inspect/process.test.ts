import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';

const script = fileURLToPath(new URL('../fixtures/inspect-child.ts', import.meta.url));

/** Runs one story; a process that does not end by itself is killed. */
async function tell(story: string): Promise<{ lines: string[]; end: string; stderr: string }> {
  const child = spawn(process.execPath, [script, story], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  const patience = setTimeout(() => child.kill('SIGKILL'), 25_000);
  let text = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const { promise, resolve } = Promise.withResolvers<string>();
  child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  const end = await promise;
  clearTimeout(patience);
  return { lines: text.trim().split('\n'), end, stderr };
}

// What the native inspector does to a process when it is handled carelessly: native-notes/inspector.md.
test.each([
  [
    'in which environments are ended at breakpoints, in steps, loops and waits',
    'kills',
    ['stops', 'spins', 'stopsAndSpins', 'awaits', 'asks', 'sleeps'],
  ],
  ['that closes while a handler stands at a breakpoint', 'closing', ['error', '1001']],
  ['that exits while a handler stands at a breakpoint', 'exiting', []],
  ['that exits while a handler computes for ever', 'exitingInLoop', []],
  ['that forgets a debugger at an idle environment', 'forgotten', []],
  ['whose debugger vanishes at a breakpoint', 'vanishing', ['ok']],
  ['whose idle environment is stopped from the console', 'console', ['null', '5', 'null']],
])('a process %s lives on and ends by itself', async (_name, story, lines) => {
  expect(await tell(story)).toEqual({
    lines: [...lines, 'end'],
    end: 'exit code 0',
    stderr: '',
  });
});

test("Node's own debugger attaches, shows the source, evaluates and goes on", async () => {
  await using lambda = new Lambda({ blanks: 0 });
  const { promise: target, resolve } = Promise.withResolvers<URL>();
  lambda.on('inspector.target', ({ webSocketUrl }) => resolve(new URL(webSocketUrl)));
  const fn = await lambda.createFunction<{ n: number }, number>({
    name: 'double',
    code: {
      source:
        'exports.handler = async ({ n }) => {\n  const twice = n * 2;\n  debugger;\n  return twice;\n};\n',
    },
    inspect: { port: 0, waitForDebugger: true },
  });
  const running = fn.call({ n: 21 });
  await using client = new Terminal(['inspect', (await target).host]);

  expect(await client.until(/5 \};\s+debug> $/)).toContain('break in /var/task/index.js:3');
  expect(await client.ask('exec twice')).toContain('42');
  expect(await client.ask('next')).toContain('> 4   return twice;');
  client.type('cont');
  expect(await running).toBe(42);
});

/** A program that is talked to by its input and output. */
class Terminal implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  #unread = '';
  #onText: () => void = () => {};

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] } });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      // Escape sequences and backspaces are for screens.
      // oxlint-disable-next-line no-control-regex
      this.#unread += text.replaceAll(/\u001b\[\d*\w|[\b\r]/g, '');
      this.#onText();
    });
  }

  /** What was written until it ends like that. */
  async until(end: RegExp): Promise<string> {
    while (!end.test(this.#unread)) {
      await new Promise<void>((resolve) => (this.#onText = resolve));
    }
    const text = this.#unread;
    this.#unread = '';
    return text;
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  ask(line: string): Promise<string> {
    this.type(line);
    return this.until(/[^>\s]\s+debug> $/);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#child.on('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
  }
}
