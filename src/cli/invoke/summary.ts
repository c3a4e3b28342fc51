import type { Invoked } from './invoke-once.ts';

/** One line about many invocations. */
export function summary(all: readonly Invoked[]): string {
  const cold = all.filter(({ isCold }) => isCold).length;
  const failed = all.filter(({ isOk }) => !isOk).length;
  const durations = all.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  const figures = [
    `p50 ${percentile(durations, 0.5).toFixed(2)} ms`,
    `p90 ${percentile(durations, 0.9).toFixed(2)} ms`,
    `max ${percentile(durations, 1).toFixed(2)} ms`,
  ];
  return `${all.length} invocations, ${cold} cold, ${failed} failed; duration ${figures.join(', ')}`;
}

/** By nearest rank, of sorted values. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
