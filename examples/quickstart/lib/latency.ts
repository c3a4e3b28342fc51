import { setImmediate } from 'node:timers/promises';
import type { Checks } from './checks.ts';
import type { BothTiers, OrderFunction } from './deploy.ts';
import { readEvent } from './events.ts';
import { progress, progressDone } from './progress.ts';
import { histogram, percentile } from './statistics.ts';
import { figure, printTable } from './table.ts';

const coldCalls = 12;
const warmCalls = 1_000;
const scale = { from: 0.01, to: 1_000, buckets: 25 };
const event = readEvent('http-order');

/** Times invocations from outside: what a caller in this process waits. */
export async function showLatency(tiers: BothTiers, checks: Checks): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const [tier, orders] of Object.entries(tiers) as [string, OrderFunction][]) {
    const cold = await time(orders, coldCalls, true, `${tier}: cold starts`);
    const warm = await time(orders, warmCalls, false, `${tier}: warm calls`);
    checks.same(`every forced cold start in ${tier} is one`, cold.colds, coldCalls);
    checks.same(`every call after that in ${tier} is warm`, warm.colds, 0);
    checks.that(
      `a warm call in ${tier} is at least 5 times as fast as a cold start`,
      percentile(warm.latenciesMs, 0.5) * 5 < percentile(cold.latenciesMs, 0.5),
    );
    rows.push(toRow(tier, 'cold', cold.latenciesMs), toRow(tier, 'warm', warm.latenciesMs));
  }
  progressDone();
  printTable(
    'Latency in ms, as a caller sees it',
    ['tier', 'start', 'calls', 'p50', 'p90', 'p99', 'max', '0.01 0.1  1    10   100  '],
    rows,
  );
}

async function time(
  orders: OrderFunction,
  calls: number,
  cold: boolean,
  label: string,
): Promise<{ readonly latenciesMs: readonly number[]; readonly colds: number }> {
  const latenciesMs: number[] = [];
  let colds = 0;
  for (let call = 0; call < calls; call += 1) {
    if (call % 100 === 0 || cold) progress(`${label}, ${call} of ${calls}`);
    // As between two real requests, the event loop gets a turn.
    if (call % 50 === 0 || cold) await setImmediate();
    const startedMs = performance.now();
    const outcome = cold ? await orders.invoke(event, { cold }) : await orders.invoke(event);
    latenciesMs.push(performance.now() - startedMs);
    if (outcome.report.isCold) colds += 1;
  }
  return { latenciesMs: latenciesMs.toSorted((a, b) => a - b), colds };
}

function toRow(tier: string, start: string, sorted: readonly number[]): (string | number)[] {
  const at = (share: number): number => figure(percentile(sorted, share));
  return [tier, start, sorted.length, at(0.5), at(0.9), at(0.99), at(1), histogram(sorted, scale)];
}
