/**
 * A host with one file that somebody will kill: `run` accepts events as fast as it can and prints the number of
 * each one that was accepted; `drain` accepts none, waits until all are dealt with and prints where each one is.
 */
import { writeSync } from 'node:fs';
import { Lambda, type Queue } from '../../src/index.ts';
import { FastClock } from './fast-clock.ts';

const [mode, file = '', began, factor, first] = process.argv.slice(2);
const clock = new FastClock(Number(began), Number(factor));
const lambda = await Lambda.open({ storage: { file }, clock });

const done = await queueOf('done');
const failed = await queueOf('failed');
const dead = await queueOf('dead');
await deploy('good', 'exports.handler = async ({ n }) => n;');
await deploy(
  'flaky',
  `exports.handler = async ({ n, fineAfter }) => {
    if (Date.now() < fineAfter) throw new Error('not yet');
    return n;
  };`,
);
await deploy('bad', `exports.handler = async () => { throw new Error('never') };`);
await deploy('letters', `exports.handler = async () => { throw new Error('never') };`, dead);
await lambda.getFunction('good')?.configureAsync({ onSuccess: done, onFailure: failed });
await lambda.getFunction('flaky')?.configureAsync({ onSuccess: done, onFailure: failed });
await lambda.getFunction('bad')?.configureAsync({ onSuccess: done, onFailure: failed });
await lambda.getFunction('letters')?.configureAsync({ onSuccess: done });
say('ready');

if (mode === 'run') await acceptUntilKilled(Number(first));
await untilNothingIsLeft();
for (const queue of [done, failed, dead]) await showContents(queue);
say('end');
await lambda.close();

async function acceptUntilKilled(from: number): Promise<never> {
  for (let next = from; ; next += 20) {
    const batch = Array.from({ length: 20 }, (_, index) => accept(next + index));
    await Promise.all(batch);
    // A backlog without end would be a test of the disk.
    while (lambda.stats().queuedEvents > 2_000) await pause(5);
    await pause(1);
  }
}

async function accept(n: number): Promise<void> {
  const name = ['good', 'flaky', 'bad', 'letters'][n % 4] ?? '';
  const requestId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  await lambda.send(name, { n, fineAfter: clock.now() + 70_000 }, { requestId });
  say(`accepted ${n}`);
}

async function untilNothingIsLeft(): Promise<void> {
  while (lambda.stats().queuedEvents > 0) await pause(20);
}

async function showContents(queue: Queue): Promise<void> {
  for (;;) {
    const messages = await queue.receive({ max: 10, visibilityMs: 43_200_000 });
    if (messages.length === 0) return;
    for (const { body } of messages) {
      const found = /"n":(\d+)/.exec(body)?.[1] ?? '';
      say(`${queue.name} ${found}`);
    }
  }
}

async function queueOf(name: string): Promise<Queue> {
  return lambda.getQueue(name) ?? lambda.createQueue(name);
}

async function deploy(name: string, source: string, deadLetter?: Queue): Promise<void> {
  if (lambda.getFunction(name) !== undefined) return;
  await lambda.createFunction({
    name,
    code: { source },
    isolation: 'inline',
    ...(deadLetter !== undefined && { deadLetter }),
  });
}

/** At once: what the pipe has got survives the process. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
