import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../fixtures/inspector-facts-child.ts', import.meta.url));

/** What a process hangs in is shown by its silence; long enough to start on a busy machine. */
const patienceMs = 6_000;

async function tell(fact: string): Promise<unknown[]> {
  const child = spawn(process.execPath, [script, fact], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'] },
  });
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(patience);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

// native-notes/inspector.md
test.concurrent.each([
  ['disposing session, turn and isolate in that order is safe', 'order', ['fine']],
  ['disposing an isolate with a session hangs the host', 'dispose-with-session', ['disposing']],
  ['a pause on the thread of the host hangs the host', 'pause-on-host', ['stopping']],
  [
    'an isolate with a session that goes over its memory never settles, and the host goes on',
    'memory-with-session',
    [['never settled', true]],
  ],
  [
    'neither the clock of computing time nor a native timeout counts a pause',
    'clocks-in-pause',
    [true, ['returned', 5]],
  ],
  [
    'the inspector ends an entry, which rejects with null',
    'terminate',
    [
      ['rejected', null],
      ['rejected', null],
    ],
  ],
])('%s', async (_name, fact, lines) => {
  expect(await tell(fact)).toEqual(lines);
});
