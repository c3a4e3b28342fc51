import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { awsClientConfig, serve } from 'isolambda/aws';
import type { Benchmark, Cell, Section, Settings } from './lib/benchmark.ts';
import { comparisonHead, comparisonRow, ratio } from './lib/comparison-table.ts';
import { hasWrk, wrk, type Load } from './lib/http-load.ts';
import { interleave } from './lib/interleave.ts';
import { deploy, tiers } from './lib/lambda.ts';
import { median } from './lib/statistics.ts';

const child = fileURLToPath(new URL('lib/door-child.ts', import.meta.url));
const invocations = '/2015-03-31/functions/measured/invocations';

export const door: Benchmark = {
  name: 'door',
  question: "What does AWS's API cost, in the process and over HTTP?",
  async run(settings) {
    return [await clients(settings), await load(settings)];
  },
};

/** One caller after the other: the library itself is the floor. */
async function clients({ isQuick, progress }: Settings): Promise<Section> {
  const rows: Cell[][] = [];
  for (const tier of tiers) {
    const { lambda, target } = await deploy('exports.handler = async () => null;', tier, {
      logEntries: 0,
    });
    const server = await serve(lambda, { port: 0 });
    const inProcess = new LambdaClient(awsClientConfig(lambda));
    const { region, credentials } = awsClientConfig(lambda);
    const overHttp = new LambdaClient({ endpoint: server.url, region, credentials });
    const command = new InvokeCommand({ FunctionName: 'measured', Payload: '{}' });
    const floor = `${tier}: invoke`;
    const names = [`${tier}: SDK client in the process`, `${tier}: SDK client over HTTP`] as const;
    const comparison = await interleave(
      [
        { name: floor, isAsync: true, run: () => target.invoke({}) },
        { name: names[0], isAsync: true, run: () => inProcess.send(command) },
        { name: names[1], isAsync: true, run: () => overHttp.send(command) },
      ],
      {
        rounds: isQuick ? 1 : 7,
        batchesPerRound: isQuick ? 1 : 30,
        callsPerBatch: isQuick ? 5 : 20,
        onRound: (round) => progress(`door: ${tier}, round ${round}`),
      },
    );
    for (const name of names) rows.push(comparisonRow(comparison, name, floor));
    overHttp.destroy();
    await server.close();
    await lambda.close();
  }
  return {
    title: 'One Invoke of an empty handler beside `invoke` of the library (us)',
    head: comparisonHead,
    rows,
    notes: ['Most of it is the client itself: it signs, serialises and retries.'],
  };
}

/** Many callers: `node:http` with a constant answer is the floor. */
async function load({ isQuick, progress }: Settings): Promise<Section> {
  const title = 'Requests a second over HTTP, 16 connections, empty handler';
  const head = ['what', 'requests/s', 'p50 us', 'p99 us', 'to node:http'];
  if (!(await hasWrk())) {
    return { title, head, rows: [], notes: ['Not measured: `wrk` is not installed.'] };
  }
  const kinds = ['constant', ...tiers] as const;
  const results = new Map<string, Load[]>(kinds.map((kind) => [kind, []]));
  for (let round = 1; round <= (isQuick ? 1 : 5); round += 1) {
    for (const kind of kinds) {
      progress(`door: load on ${kind}, round ${round}`);
      results.get(kind)?.push(await loadOn(kind, isQuick ? 1 : 5));
    }
  }
  const floor = perSecond(results.get('constant'));
  const rows = kinds.map((kind): Cell[] => {
    const loads = results.get(kind) ?? [];
    return [
      kind === 'constant' ? 'node:http, constant' : `serve, ${kind}`,
      perSecond(loads),
      median(loads.map(({ p50 }) => p50)),
      median(loads.map(({ p99 }) => p99)),
      ratio(perSecond(loads) / floor),
    ];
  });
  return { title, head, rows };
}

function perSecond(loads: readonly Load[] = []): number {
  return Math.round(median(loads.map((one) => one.perSecond)));
}

async function loadOn(kind: string, seconds: number): Promise<Load> {
  const server = spawn(process.execPath, ['--no-warnings', child, kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  const [port] = (await once(createInterface(server.stdout), 'line')) as [string];
  const url = `http://127.0.0.1:${port}${invocations}`;
  try {
    // What V8 has not compiled yet is no part of the question.
    if (seconds > 1) await wrk(url, 1);
    return await wrk(url, seconds);
  } finally {
    server.stdin.end();
    await exited;
  }
}
