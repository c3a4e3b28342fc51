/** The value that `share` of the sorted values do not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.max(rank - 1, 0)] ?? Number.NaN;
}

export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
}

const bars = ' ▁▂▃▄▅▆▇█';

/** A histogram in one line, on a logarithmic scale. What happened only once can still be seen. */
export function histogram(values: readonly number[], scale: Scale): string {
  const counts = Array.from({ length: scale.buckets }, () => 0);
  const width = Math.log(scale.to / scale.from) / scale.buckets;
  for (const value of values) {
    const bucket = Math.floor(Math.log(value / scale.from) / width);
    const index = Math.min(Math.max(bucket, 0), scale.buckets - 1);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const most = Math.max(...counts, 1);
  const bar = (count: number): string => bars[Math.ceil((count / most) * (bars.length - 1))] ?? ' ';
  return counts.map(bar).join('');
}
