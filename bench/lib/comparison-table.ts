import type { Cell } from './benchmark.ts';
import type { Comparison } from './interleave.ts';

export interface Target {
  readonly p50: number;
  readonly p99?: number;
}

export const comparisonHead: readonly string[] = [
  'what',
  'p50',
  'p99',
  'floor p50',
  'floor p99',
  'p50 ratio',
  'p99 ratio',
  'target',
  'met',
];

/** One line: ours beside its floor, and whether the target of the design is met. */
export function comparisonRow(
  comparison: Comparison,
  name: string,
  floor: string,
  target?: Target,
): Cell[] {
  const ratioP50 = comparison.ratioP50(name, floor);
  const ratioP99 = comparison.ratioP99(name, floor);
  return [
    name,
    comparison.p50(name),
    comparison.p99(name),
    comparison.p50(floor),
    comparison.p99(floor),
    ratio(ratioP50),
    ratio(ratioP99),
    target && describeTarget(target),
    target && verdict(ratioP50 <= target.p50 && ratioP99 <= (target.p99 ?? Infinity)),
  ];
}

/** A line for what has no floor: the things that people compare with. */
export function baselineRow(comparison: Comparison, name: string): Cell[] {
  return [name, comparison.p50(name), comparison.p99(name)];
}

export function ratio(value: number): string {
  return `${value.toFixed(2)}x`;
}

export function verdict(isMet: boolean): string {
  return isMet ? 'yes' : 'NO';
}

function describeTarget({ p50, p99 }: Target): string {
  return p99 === undefined ? `<= ${p50}x` : `<= ${p50}x, p99 <= ${p99}x`;
}
