import { availableParallelism } from 'node:os';
import type { Benchmark, Cell } from './lib/benchmark.ts';
import { ratio, verdict } from './lib/comparison-table.ts';
import { deploy, memoryLimitMb } from './lib/lambda.ts';
import { RawGuest } from './lib/raw-guest.ts';
import { median } from './lib/statistics.ts';

const levels = [1, 2, 4];

/** A handler that computes; it counts turns instead of looking at a clock, so contention shows. */
const handler = `({ turns }) => {
  let state = 1;
  for (let turn = 0; turn < turns; turn += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}`;

type Call = (lane: number) => unknown;

export const concurrency: Benchmark = {
  name: 'concurrency',
  question: 'Do functions on threads use all cores?',
  async run({ isQuick, progress }) {
    const { lambda, target, cpuMs } = await deploy(`exports.handler = ${handler};`, 'thread');
    const raws = Array.from(
      { length: Math.max(...levels) },
      () =>
        new RawGuest({
          tier: 'thread',
          handler,
          isAsync: false,
          memoryLimitMb,
          timeoutMs: cpuMs,
        }),
    );
    const calls = raws.map(({ call }) => call);
    const event = { turns: await calibrate((turns) => calls[0]?.({ turns })) };
    const ours: Call = () => target.call(event);
    const floor: Call = (lane) => calls[lane]?.(event);

    const rates = new Map<string, number[]>();
    const rounds = isQuick ? 1 : 9;
    for (let round = 0; round <= rounds; round += 1) {
      progress(`concurrency: round ${round}`);
      const steps = levels.flatMap((level) => [
        { key: `raw ${level}`, level, call: floor },
        { key: `ours ${level}`, level, call: ours },
      ]);
      const start = round % steps.length;
      for (const { key, level, call } of [...steps.slice(start), ...steps.slice(0, start)]) {
        const rate = await callsPerSecond(call, level, isQuick ? 20 : 400);
        // The first round starts environments and lets V8 optimise.
        if (round > 0) rates.set(key, [...(rates.get(key) ?? []), rate]);
      }
    }
    for (const raw of raws) raw.dispose();
    await lambda.close();
    return [
      {
        title: 'Concurrent calls of a handler that computes for 1 ms, tier thread',
        head: ['callers', 'calls/s', 'to one', 'raw calls/s', 'raw to one', 'target', 'met'],
        rows: levels.map((level) => toRow(level, rates)),
        notes: [`This machine has ${availableParallelism()} cores.`],
      },
    ];
  },
};

function toRow(level: number, rates: ReadonlyMap<string, readonly number[]>): Cell[] {
  const rateOf = (key: string): number => median(rates.get(key) ?? []);
  const toOne = (who: string): number => {
    const ones = rates.get(`${who} 1`) ?? [];
    return median(
      (rates.get(`${who} ${level}`) ?? []).map((rate, round) => rate / (ones[round] ?? Number.NaN)),
    );
  };
  const scale = toOne('ours');
  return [
    `${level}`,
    rateOf(`ours ${level}`),
    ratio(scale),
    rateOf(`raw ${level}`),
    ratio(toOne('raw')),
    ...(level === 2 ? ['>= 1.8x', verdict(scale >= 1.8)] : []),
  ];
}

/** How many turns take a millisecond on this machine. */
async function calibrate(run: (turns: number) => unknown): Promise<number> {
  const turns = 1_000_000;
  const times: number[] = [];
  for (let attempt = 0; attempt < 15; attempt += 1) {
    const startedMs = performance.now();
    await run(turns);
    times.push(performance.now() - startedMs);
  }
  return Math.round(turns / median(times));
}

/** So many callers, each with one call at a time. */
async function callsPerSecond(call: Call, callers: number, durationMs: number): Promise<number> {
  const startedMs = performance.now();
  const endMs = startedMs + durationMs;
  let calls = 0;
  const caller = async (lane: number): Promise<void> => {
    while (performance.now() < endMs) {
      await call(lane);
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, lane) => caller(lane)));
  return (calls / (performance.now() - startedMs)) * 1_000;
}
