import type { Benchmark, Section, Settings } from './lib/benchmark.ts';
import { baselineRow, comparisonHead, comparisonRow, type Target } from './lib/comparison-table.ts';
import { Baselines } from './lib/baselines.ts';
import { interleave, type Contender } from './lib/interleave.ts';
import { deploy, memoryLimitMb, tiers, type Deployed } from './lib/lambda.ts';
import { payloadOf, sizeName } from './lib/payload.ts';
import { RawGuest, type RawTier } from './lib/raw-guest.ts';

const handlers = {
  sync: '(event) => event',
  async: 'async (event) => event',
  'async with context': 'async (event, context) => event',
};

const targets: Record<RawTier, Target> = { inline: { p50: 1.25, p99: 1.5 }, thread: { p50: 1.15 } };

/** Payload in bytes to batches of a round; large payloads take long. */
const sizes: readonly [bytes: number, batches: number][] = [
  [100, 80],
  [1_000, 80],
  [10_000, 30],
  [100_000, 12],
];

export const warmCall: Benchmark = {
  name: 'warm-call',
  question: 'What does a call of a warm function cost, beside a call by hand on isolated-vm?',
  async run(settings) {
    const deployed = await deployAll();
    const baselines = new Baselines();
    const sections: Section[] = [];
    for (const [bytes, batches] of sizes) {
      sections.push(await measure(deployed, baselines, bytes, batches, settings));
    }
    await baselines.close();
    for (const { lambda } of deployed.values()) await lambda.close();
    return sections;
  },
};

async function deployAll(): Promise<Map<string, Deployed>> {
  const deployed = new Map<string, Deployed>();
  for (const tier of tiers) {
    for (const [kind, handler] of Object.entries(handlers)) {
      deployed.set(`${tier}, ${kind}`, await deploy(`exports.handler = ${handler};`, tier));
    }
  }
  return deployed;
}

async function measure(
  deployed: ReadonlyMap<string, Deployed>,
  baselines: Baselines,
  bytes: number,
  batches: number,
  { isQuick, progress }: Settings,
): Promise<Section> {
  const event = payloadOf(bytes);
  const floors: RawGuest[] = [];
  const contenders: Contender[] = baselines.contenders(event);
  const baselineNames = contenders.map(({ name }) => name);
  for (const tier of tiers) {
    for (const isAsync of [false, true]) {
      const kind = isAsync ? 'async' : 'sync';
      const timeoutMs = deployed.get(`${tier}, ${kind}`)?.cpuMs ?? 0;
      const handler = handlers[kind];
      const floor = new RawGuest({ tier, handler, isAsync, memoryLimitMb, timeoutMs });
      floors.push(floor);
      const { call } = floor;
      contenders.push({
        name: floorName(tier, kind),
        isAsync: floor.isAsync,
        run: () => call(event),
      });
    }
  }
  for (const [name, { target }] of deployed) {
    contenders.push({ name, isAsync: true, run: () => target.call(event) });
  }
  const comparison = await interleave(contenders, {
    rounds: isQuick ? 1 : 7,
    batchesPerRound: isQuick ? 1 : batches,
    callsPerBatch: isQuick ? 5 : 25,
    onRound: (round) => progress(`warm-call: ${sizeName(bytes)}, round ${round}`),
  });
  for (const floor of floors) floor.dispose();

  const rows = [...deployed.keys()].map((name) => {
    const [tier, kind] = name.split(', ') as [RawTier, string];
    const floor = floorName(tier, kind.startsWith('async') ? 'async' : 'sync');
    return comparisonRow(comparison, name, floor, targets[tier]);
  });
  return {
    title: `Warm call, event and result of ${sizeName(bytes)} each (us)`,
    head: comparisonHead,
    rows: [...baselineNames.map((name) => baselineRow(comparison, name)), ...rows],
  };
}

function floorName(tier: RawTier, kind: string): string {
  return `raw ${tier}, ${kind}`;
}
