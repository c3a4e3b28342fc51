/**
 * Runs in a process of its own: makes idle environments, prints what each added to the resident memory,
 * in bytes. Arguments: `ours` or `raw`, and how many.
 */
import { setTimeout } from 'node:timers/promises';
import { bundleOf } from './bundle.ts';
import { deploy, memoryLimitMb } from './lambda.ts';
import { RawColdStart } from './raw-cold-start.ts';

const [who, countText] = process.argv.slice(2);
const count = Number(countText);
const source = bundleOf(10_000);
const event = {};

/** Makes one environment that has answered a call and now waits. */
const start = who === 'ours' ? await startOurs() : startRaw();
// The first ones pay for what the process needs anyway.
for (let index = 0; index < 5; index += 1) await start();
const beforeBytes = await residentBytes();
for (let index = 0; index < count; index += 1) await start();
const bytes = ((await residentBytes()) - beforeBytes) / count;
console.log(Math.round(bytes));
// Whatever is left goes with the process; disposing of hundreds of isolates is not the question.
process.kill(process.pid, 'SIGKILL');

async function startOurs(): Promise<() => Promise<unknown>> {
  const { target } = await deploy(source, 'inline', { blanks: 0, memoryCeilingMb: 100_000 });
  return () => target.call(event, { cold: true });
}

function startRaw(): () => Promise<unknown> {
  const raw = new RawColdStart({ tier: 'inline', source, memoryLimitMb, timeoutMs: 200 });
  return () => raw.run(event);
}

async function residentBytes(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await setTimeout(50);
  }
  return process.memoryUsage.rss();
}
