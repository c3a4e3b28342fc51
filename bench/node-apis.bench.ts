import { createRequire } from 'node:module';
import { Lambda } from 'isolambda';
import type { Benchmark, Cell } from './lib/benchmark.ts';
import { ratio } from './lib/comparison-table.ts';
import { interleave } from './lib/interleave.ts';
import { tiers } from './lib/lambda.ts';
import { StubServer } from './lib/stub-server.ts';
import { packagedWorkloads, workloads, type Workload } from './lib/workloads.ts';

type Handler = (event: object) => Promise<unknown>;

export const nodeApis: Benchmark = {
  name: 'node-apis',
  question: 'What do web and Node APIs cost in a guest, next to plain Node?',
  async run({ isQuick, progress }) {
    const server = new StubServer();
    const port = await server.listen();
    const packaged = await packagedWorkloads();
    const rows: Cell[][] = [];
    for (const workload of [...workloads, ...packaged]) {
      rows.push(
        await measure(workload, port, isQuick, (round) =>
          progress(`node-apis: ${workload.name}, round ${round}`),
        ),
      );
    }
    await server.close();
    return [
      {
        title: 'One operation, warm (us)',
        head: ['what', 'Node', 'inline', 'thread', 'inline ratio', 'thread ratio'],
        rows,
        notes: [
          'Each handler repeats the operation many times in one invocation; Node runs the same text.',
          ...(packaged.length === 0
            ? ['hono and the SDK are left out: `npm --prefix compat/packages install` brings them.']
            : []),
        ],
      },
    ];
  },
};

async function measure(
  { name, times, source }: Workload,
  port: number,
  isQuick: boolean,
  onRound: (round: number) => void,
): Promise<Cell[]> {
  const url = `http://127.0.0.1:${port}/`;
  const event = { times, url };
  const lambda = new Lambda();
  const inNode = nodeHandler(source);
  const guests = await Promise.all(
    tiers.map((isolation) =>
      lambda.createFunction({
        name: isolation,
        code: { source },
        isolation,
        memoryMb: 512,
        timeoutMs: 60_000,
        cpuMs: 60_000,
        network: { mode: 'public', allow: [`127.0.0.1:${port}`] },
      }),
    ),
  );
  const comparison = await interleave(
    [
      { name: 'Node', isAsync: true, run: () => inNode(event) },
      ...guests.map((guest, index) => ({
        name: tiers[index] ?? '',
        isAsync: true,
        run: () => guest.call(event),
      })),
    ],
    { rounds: isQuick ? 1 : 5, batchesPerRound: isQuick ? 1 : 10, callsPerBatch: 1, onRound },
  );
  await lambda.close();
  return [
    name,
    comparison.p50('Node') / times,
    comparison.p50('inline') / times,
    comparison.p50('thread') / times,
    ratio(comparison.ratioP50('inline', 'Node')),
    ratio(comparison.ratioP50('thread', 'Node')),
  ];
}

function nodeHandler(source: string): Handler {
  const module = { exports: {} as { handler: Handler } };
  // oxlint-disable-next-line typescript/no-implied-eval -- the same text as in the guest
  const run = new Function('exports', 'require', 'module', source) as (...args: unknown[]) => void;
  run(module.exports, createRequire(import.meta.url), module);
  return module.exports.handler;
}
