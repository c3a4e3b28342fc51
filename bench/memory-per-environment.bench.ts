import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Benchmark } from './lib/benchmark.ts';
import { ratio, verdict } from './lib/comparison-table.ts';
import { median } from './lib/statistics.ts';

const child = fileURLToPath(new URL('lib/memory-child.ts', import.meta.url));
const targetMb = 1.3;

export const memoryPerEnvironment: Benchmark = {
  name: 'memory-per-environment',
  question: 'How much memory does a warm environment hold while it waits?',
  async run({ isQuick, progress }) {
    const count = isQuick ? 5 : 150;
    const ours: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < (isQuick ? 1 : 3); round += 1) {
      progress(`memory-per-environment: round ${round + 1}`);
      raw.push(await measure('raw', count));
      ours.push(await measure('ours', count));
    }
    const [oursMb, rawMb] = [median(ours), median(raw)];
    return [
      {
        title: `Resident memory of an idle environment with a 10 KB handler (MB, over ${count})`,
        head: ['what', 'MB', 'ratio', 'target', 'met'],
        rows: [
          ['raw isolate and context', rawMb, ratio(1)],
          [
            'environment',
            oursMb,
            ratio(oursMb / rawMb),
            `<= ${targetMb} MB`,
            verdict(oursMb <= targetMb),
          ],
        ],
      },
    ];
  },
};

async function measure(who: 'ours' | 'raw', count: number): Promise<number> {
  const args = ['--expose-gc', child, who, String(count)];
  // The child ends itself with a signal once it has said its figure.
  const { stdout } = await promisify(execFile)(process.execPath, args).catch(
    (error: { signal?: string; stdout: string }) => {
      if (error.signal === 'SIGKILL' && error.stdout !== '') return error;
      throw error;
    },
  );
  return Number(stdout.trim()) / 1_048_576;
}
