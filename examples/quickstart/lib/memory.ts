import type { Lambda } from 'isolambda';
import type { Checks } from './checks.ts';
import { printTable } from './table.ts';

const bytesPerMb = 1_048_576;

/** Memory by function, as the REPORT lines give it, and of the process as a whole. */
export function showMemory(lambda: Lambda, checks: Checks): void {
  const rows = lambda.listFunctions().map(({ name, latest }) => {
    const { memoryMb } = latest.settings;
    const used = maxMemoryUsedMb(lambda, name);
    checks.that(`${name} is reported with 1 to ${memoryMb} MB`, used >= 1 && used <= memoryMb);
    return [name, memoryMb, used];
  });
  printTable('Memory in MB', ['function', 'memory size', 'max memory used'], rows);
  const { environments, memoryMb, blanks } = lambda.stats();
  const rssMb = Math.round(process.memoryUsage.rss() / bytesPerMb);
  console.log(
    `  ${environments} environments hold ${memoryMb} MB, ${blanks} blanks wait, RSS of the process ${rssMb} MB`,
  );
}

function maxMemoryUsedMb(lambda: Lambda, functionName: string): number {
  const used = lambda
    .readLogs({ functionName })
    .map(({ message }) => Number(/Max Memory Used: (\d+) MB/.exec(message)?.[1] ?? 0));
  return Math.max(...used);
}
