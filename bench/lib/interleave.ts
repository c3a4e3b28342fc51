import { setImmediate } from 'node:timers/promises';
import { Bench } from 'tinybench';
import { median, percentile } from './statistics.ts';

/** One way of doing the thing that is measured. */
export interface Contender {
  readonly name: string;
  /** Measured; awaited when `isAsync`. */
  readonly run: () => unknown;
  readonly isAsync: boolean;
  /** Before and after each call, not measured. */
  readonly before?: () => void | Promise<void>;
  readonly after?: () => void | Promise<void>;
}

export interface Plan {
  readonly rounds: number;
  readonly batchesPerRound: number;
  /** Calls of one contender in a row. */
  readonly callsPerBatch: number;
  readonly onRound?: (round: number) => void;
}

/** Microseconds; one entry for each round. */
interface Rounds {
  readonly p50s: number[];
  readonly p99s: number[];
}

export class Comparison {
  readonly #rounds: ReadonlyMap<string, Rounds>;

  constructor(rounds: ReadonlyMap<string, Rounds>) {
    this.#rounds = rounds;
  }

  p50(name: string): number {
    return median(this.#of(name).p50s);
  }

  p99(name: string): number {
    return median(this.#of(name).p99s);
  }

  /** Taken round by round, so that a slow minute of the machine hits both sides; then the median. */
  ratioP50(name: string, floor: string): number {
    return medianRatio(this.#of(name).p50s, this.#of(floor).p50s);
  }

  ratioP99(name: string, floor: string): number {
    return medianRatio(this.#of(name).p99s, this.#of(floor).p99s);
  }

  #of(name: string): Rounds {
    const rounds = this.#rounds.get(name);
    if (rounds === undefined) throw new Error(`No contender "${name}" was measured`);
    return rounds;
  }
}

/**
 * Measures contenders in small alternating batches, each time in another order, so that heat, neighbours
 * and garbage collection hit all of them alike. The first round warms up and is not counted.
 */
export async function interleave(
  contenders: readonly Contender[],
  plan: Plan,
): Promise<Comparison> {
  const rounds = new Map<string, Rounds>(
    contenders.map(({ name }) => [name, { p50s: [], p99s: [] }]),
  );
  for (let round = 0; round <= plan.rounds; round += 1) {
    plan.onRound?.(round);
    const samples = await runRound(contenders, plan, round);
    if (round === 0) continue;
    for (const [name, values] of samples) {
      rounds.get(name)?.p50s.push(percentile(values, 0.5));
      rounds.get(name)?.p99s.push(percentile(values, 0.99));
    }
  }
  return new Comparison(rounds);
}

async function runRound(
  contenders: readonly Contender[],
  plan: Plan,
  round: number,
): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>();
  for (let batch = 0; batch < plan.batchesPerRound; batch += 1) {
    const bench = new Bench({
      iterations: plan.callsPerBatch,
      time: 0,
      warmup: false,
      retainSamples: true,
      throws: true,
    });
    for (const contender of rotated(contenders, round + batch)) addTask(bench, contender);
    // What a batch left to do (a blank to make, a message to read) is not the next one's cost.
    await setImmediate();
    for (const { name, result } of await bench.run()) {
      if (result.state !== 'completed') throw new Error(`"${name}" ended as ${result.state}`);
      const values = samples.get(name) ?? [];
      values.push(...(result.latency.samples ?? []).map((ms) => ms * 1_000));
      samples.set(name, values);
    }
  }
  return samples;
}

function addTask(bench: Bench, { name, run, isAsync, before, after }: Contender): void {
  bench.add(name, run, {
    async: isAsync,
    ...(before !== undefined && { beforeEach: () => before() }),
    ...(after !== undefined && { afterEach: () => after() }),
  });
}

function rotated<T>(values: readonly T[], by: number): T[] {
  const start = by % values.length;
  return [...values.slice(start), ...values.slice(0, start)];
}

function medianRatio(values: readonly number[], floors: readonly number[]): number {
  return median(values.map((value, round) => value / (floors[round] ?? Number.NaN)));
}
