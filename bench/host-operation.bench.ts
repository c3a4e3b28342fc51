import type { Benchmark, Cell } from './lib/benchmark.ts';
import { comparisonHead, comparisonRow } from './lib/comparison-table.ts';
import { interleave, type Contender } from './lib/interleave.ts';
import { deploy, memoryLimitMb, tiers } from './lib/lambda.ts';
import { RawGuest } from './lib/raw-guest.ts';

const counts = [1, 10];

export const hostOperation: Benchmark = {
  name: 'host-operation',
  question: 'What does it cost to wait for the host, beside a hand-written table of operations?',
  async run({ isQuick, progress }) {
    const rows: Cell[][] = [];
    for (const tier of tiers) {
      const { lambda, target, cpuMs } = await deploy(
        `exports.handler = ${handler('new Promise(setImmediate)')};`,
        tier,
      );
      const floor = new RawGuest({
        tier,
        handler: handler('hostOperation()'),
        isAsync: true,
        memoryLimitMb,
        timeoutMs: cpuMs,
      });
      const { call } = floor;
      const contenders = counts.flatMap((operations): Contender[] => {
        const event = { operations };
        const isAsync = floor.isAsync;
        return [
          { name: rawName(operations), isAsync, run: () => call(event) },
          { name: ourName(tier, operations), isAsync: true, run: () => target.call(event) },
        ];
      });
      const comparison = await interleave(contenders, {
        rounds: isQuick ? 1 : 9,
        batchesPerRound: isQuick ? 1 : 60,
        callsPerBatch: isQuick ? 5 : 25,
        onRound: (round) => progress(`host-operation: ${tier}, round ${round}`),
      });
      for (const operations of counts) {
        const name = ourName(tier, operations);
        rows.push(comparisonRow(comparison, name, rawName(operations), { p50: 1.3 }));
      }
      floor.dispose();
      await lambda.close();
    }
    return [
      {
        title: 'Warm call of a handler that awaits host operations one after the other (us)',
        head: comparisonHead,
        rows,
      },
    ];
  },
};

function handler(operation: string): string {
  return `async ({ operations }) => {
    for (let done = 0; done < operations; done += 1) await ${operation};
    return operations;
  }`;
}

function rawName(operations: number): string {
  return `raw, ${operations}`;
}

function ourName(tier: string, operations: number): string {
  return `${tier}, ${operations} operation${operations === 1 ? '' : 's'}`;
}
