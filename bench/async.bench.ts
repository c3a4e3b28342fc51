import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Benchmark, Section } from './lib/benchmark.ts';
import { ratio, verdict } from './lib/comparison-table.ts';
import { median } from './lib/statistics.ts';

const child = fileURLToPath(new URL('lib/async-child.ts', import.meta.url));
const storages = ['memory', 'sqlite'] as const;
type StorageName = (typeof storages)[number];

/** Design: accepts per second on one core, and bytes for a queued event besides three times its payload. */
const acceptTarget = 200_000;
const fixedBytes = 500;
/** Cost at a million queued events over that at a thousand. */
const growthTarget = 1.2;

export const asynchronous: Benchmark = {
  name: 'async',
  question: 'How fast are events accepted and dealt with, and what does a queued one take?',
  async run({ isQuick, progress }) {
    const rounds = isQuick ? 1 : 3;
    const many = isQuick ? 2_000 : 200_000;
    const depths = isQuick ? [100, 1_000] : [1_000, 10_000, 100_000, 1_000_000];
    const measure = async (
      what: string,
      where: StorageName,
      count: number,
      key: string,
    ): Promise<number> => {
      const values: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        progress(`async: ${what} ${where} ${count}, round ${round + 1}`);
        values.push(Number((await run(what, where, count, isQuick ? 200 : 20_000))[key]));
      }
      return median(values);
    };
    return [
      await rates(measure, many),
      await sizes(isQuick ? 1_000 : 1_000_000),
      await growth(measure, depths),
    ];
  },
};

type Measure = (what: string, where: StorageName, count: number, key: string) => Promise<number>;

async function rates(measure: Measure, many: number): Promise<Section> {
  const rows: Section['rows'][number][] = [];
  for (const where of storages) {
    const accepted = await measure('accept', where, many, 'perSecond');
    const isMemory = where === 'memory';
    rows.push([
      `${where}: send accepted`,
      accepted,
      isMemory ? `>= ${acceptTarget.toLocaleString('en-US')}` : undefined,
      isMemory ? verdict(accepted >= acceptTarget) : undefined,
    ]);
    rows.push([
      `${where}: send to the end of an empty handler, inline`,
      await measure('finish', where, many / 10, 'perSecond'),
      undefined,
      undefined,
    ]);
  }
  return {
    title: 'Events a second, 100 B of payload',
    head: ['what', 'events/s', 'target', 'met'],
    rows,
    notes: [
      'In a file, 1,000 sends are under way at one time; each is on the disk before it resolves.',
    ],
  };
}

async function sizes(count: number): Promise<Section> {
  const rows: Section['rows'][number][] = [];
  for (const where of storages) {
    const { bytes = 0, fileBytes, payloadBytes = 0 } = await run('size', where, count, 0);
    const target = payloadBytes * 3 + fixedBytes;
    rows.push([where, bytes, fileBytes, `<= ${target}`, verdict(bytes <= target)]);
  }
  return {
    title: `Bytes for each of ${count.toLocaleString('en-US')} queued events`,
    head: ['storage', 'heap B', 'file B', 'target', 'met'],
    rows,
  };
}

async function growth(measure: Measure, depths: readonly number[]): Promise<Section> {
  const rows: Section['rows'][number][] = [];
  const row = async (what: string, where: StorageName, title: string): Promise<void> => {
    const costs: number[] = [];
    for (const depth of depths) costs.push(await measure(what, where, depth, 'us'));
    const factor = (costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN);
    const isTarget = what === 'growth';
    rows.push([
      `${where}: ${title}`,
      ...costs,
      ratio(factor),
      isTarget ? `<= ${growthTarget}` : undefined,
      isTarget ? verdict(factor <= growthTarget) : undefined,
    ]);
  };
  for (const where of storages) {
    await row('growth', where, 'an event, accepted and dealt with');
    await row('queue', where, 'of it the queue, in batches of 100');
  }
  const names = depths.map((depth) => `${depth.toLocaleString('en-US')} us`);
  return {
    title: 'What an event costs with so many queued',
    head: ['storage', ...names, 'last to first', 'target', 'met'],
    rows,
  };
}

async function run(
  what: string,
  where: StorageName,
  count: number,
  probe: number,
): Promise<Record<string, number | undefined>> {
  const args = [
    '--expose-gc',
    '--no-warnings',
    '--max-old-space-size=8000',
    child,
    what,
    where,
    String(count),
    String(probe),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Record<string, number | undefined>;
}
