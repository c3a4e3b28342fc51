import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ClosedError, Lambda, type Isolation } from '../../src/index.ts';

const tiers: readonly Isolation[] = ['inline', 'thread'];
const script = fileURLToPath(new URL('../fixtures/close-child.ts', import.meta.url));

/** Runs one story; a process that does not end by itself within seconds is killed. */
async function tell(
  story: string,
  patienceMs = 12_000,
): Promise<{ lines: string[]; exitCode: number | null; stderr: string }> {
  const child = spawn(process.execPath, [script, story], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  let text = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  const exitCode = await promise;
  clearTimeout(patience);
  return { lines: text.trim().split('\n'), exitCode, stderr };
}

test.concurrent.each([
  ['that closes what it opened', 'ordinary', ['2', '2', 'end']],
  ['that forgets to close', 'forgotten', ['2', '2', 'end']],
  ['whose handlers hang when it closes at once', 'hanging', ['error', 'error', 'error', 'end']],
])('a script %s ends by itself', async (_name, story, lines) => {
  expect(await tell(story)).toEqual({ lines, exitCode: 0, stderr: '' });
});

// The invocation starts its init anew after the pool was closed; the environment then holds the process.
test.concurrent('a script that closes at once while an init runs ends by itself', async () => {
  const lines = ['error', 'error', 'end'];
  expect(await tell('starting', 15_000)).toEqual({ lines, exitCode: 0, stderr: '' });
});

test('a script whose destination never answers ends by itself and says what is left', async () => {
  const lines = ['left 7', 'end'];
  expect(await tell('deaf')).toEqual({ lines, exitCode: 0, stderr: '' });
});

describe.each(tiers)('in the tier %s', (isolation) => {
  const setUp = async (body: string) => {
    const lambda = new Lambda({ blanks: 0 });
    const fn = await lambda.createFunction({
      name: 'fn',
      isolation,
      code: { source: `exports.handler = async () => { ${body} };` },
    });
    return { lambda, fn };
  };

  test('closing waits for what runs, and refuses what comes', async () => {
    const { lambda, fn } = await setUp(
      "await new Promise((r) => setTimeout(r, 50)); return 'done';",
    );
    const running = fn.call();
    const closing = lambda.close();

    await expect(fn.call()).rejects.toThrow(ClosedError);
    expect(await running).toBe('done');
    await closing;
    expect(lambda.stats()).toMatchObject({ running: 0, environments: 0, zombies: 0 });
  });

  test('closing twice waits for the same end', async () => {
    const { lambda, fn } = await setUp('return 1;');
    await fn.call();

    const closings = [lambda.close(), lambda.close({ drainMs: 0 })];
    await Promise.all(closings);
    await lambda.close();

    expect(lambda.stats().environments).toBe(0);
  });

  test('what still runs when the wait is over fails, and is gone', async () => {
    const { lambda, fn } = await setUp('await new Promise((r) => setTimeout(r, 100_000));');
    const stopped: string[] = [];
    lambda.on('environment.stopped', ({ reason }) => stopped.push(reason));
    const running = fn.invoke();
    // The invocation must have begun: a cold start is asynchronous.
    await new Promise<void>((resolve) => lambda.on('invocation.started', () => resolve()));
    await lambda.close({ drainMs: 0 });

    expect(await running).toMatchObject({ status: 'error' });
    expect(stopped).toEqual(['closed']);
    expect(lambda.stats()).toMatchObject({ running: 0, environments: 0 });
  });

  test('a closed Lambda creates no functions', async () => {
    const { lambda } = await setUp('return 1;');
    await lambda.close();

    await expect(
      lambda.createFunction({ name: 'late', code: { source: 'exports.handler = () => 1' } }),
    ).rejects.toThrow(ClosedError);
  });
});
