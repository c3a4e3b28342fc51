import { setTimeout } from 'node:timers/promises';
import type { Isolation, Lambda } from 'isolambda';
import type { Benchmark, Cell } from './lib/benchmark.ts';
import { bundleOf } from './lib/bundle.ts';
import { comparisonHead, comparisonRow } from './lib/comparison-table.ts';
import { interleave } from './lib/interleave.ts';
import { deploy, memoryLimitMb, tiers } from './lib/lambda.ts';
import { payloadOf, sizeName } from './lib/payload.ts';
import { RawColdStart } from './lib/raw-cold-start.ts';

const event = payloadOf(100);
const blanks = 2;

export const coldStart: Benchmark = {
  name: 'cold-start',
  question: 'How long does a function take from nothing to its first result?',
  async run({ isQuick, progress }) {
    const rows: Cell[][] = [];
    for (const tier of tiers) {
      for (const bytes of [10_000, 500_000]) {
        const source = bundleOf(bytes);
        for (const isFilled of [true, false]) {
          const name = `${tier}, ${sizeName(bytes)}, ${isFilled ? 'blank' : 'no blank'}`;
          const comparison = await compare(name, tier, source, isFilled, {
            rounds: isQuick ? 1 : 5,
            batchesPerRound: isQuick ? 1 : bytes > 100_000 ? 20 : 60,
            callsPerBatch: 1,
            onRound: (round) => progress(`cold-start: ${name}, round ${round}`),
          });
          // The design sets a target for small bundles; the rest shows where the time goes.
          const target = bytes === 10_000 && isFilled ? { p50: 1.25 } : undefined;
          rows.push(comparisonRow(comparison, name, 'raw', target));
        }
      }
    }
    return [
      {
        title: 'Cold start: new environment, module top level, first call (us)',
        head: comparisonHead,
        rows,
        notes: [
          'blank: an isolate is ready and waits for a function; the floor then starts from an isolate',
          'and context that were made before. no blank: both make them within the measured time.',
        ],
      },
    ];
  },
};

async function compare(
  name: string,
  tier: Isolation,
  source: string,
  isFilled: boolean,
  plan: Parameters<typeof interleave>[1],
): Promise<Awaited<ReturnType<typeof interleave>>> {
  const { lambda, target, cpuMs } = await deploy(source, tier, {
    blanks: isFilled ? blanks : 0,
    // What one call leaves behind goes before the next is measured.
    idleTimeoutMs: 1,
  });
  const raw = new RawColdStart({ tier, source, memoryLimitMb, timeoutMs: cpuMs });
  const comparison = await interleave(
    [
      {
        name: 'raw',
        isAsync: true,
        before: () => (isFilled ? raw.prepare() : undefined),
        run: () => raw.run(event),
        after: () => raw.clear(),
      },
      {
        name,
        isAsync: true,
        before: () => untilReady(lambda, isFilled ? blanks : 0),
        run: () => target.call(event, { cold: true }),
        after: () => untilReady(lambda, isFilled ? blanks : 0),
      },
    ],
    plan,
  );
  await lambda.close();
  return comparison;
}

/** No environment is left, and the pool of blanks is as full as it gets. */
async function untilReady(lambda: Lambda, blanksWanted: number): Promise<void> {
  const isReady = (): boolean => {
    const { environments, blanks: found } = lambda.stats();
    return environments === 0 && found >= blanksWanted;
  };
  while (!isReady()) await setTimeout(1);
}
