import { isBuiltin } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Lambda, type LambdaFunction } from 'isolambda';
import type { Benchmark, Cell } from './lib/benchmark.ts';
import { median } from './lib/statistics.ts';

/** Globals worth a line: the first of each part of the prelude. */
const globals = [
  'URL',
  'URLPattern',
  'TextEncoder',
  'TextDecoder',
  'Event',
  'AbortController',
  'Headers',
  'Request',
  'Response',
  'FormData',
  'Blob',
  'fetch',
  'ReadableStream',
  'CompressionStream',
  'crypto',
  'crypto.subtle',
  'performance',
  'structuredClone',
  'atob',
  'MessageChannel',
  'navigator',
  'Buffer',
  'console',
  'process',
  'process.stdout',
];

export const firstTouch: Benchmark = {
  name: 'first-touch',
  question: 'What does the first touch of a global or a builtin cost?',
  async run({ isQuick, progress }) {
    const samples = isQuick ? 1 : 7;
    const touches = [
      ...globals.map((name) => ({ name, code: `return typeof ${name};` })),
      ...builtins().map((name) => ({
        name: `node:${name}`,
        code: `return typeof require('node:${name}');`,
      })),
    ];
    const lambda = new Lambda({ blanks: 2 });
    const rows: Cell[][] = [];
    for (const { name, code } of touches) {
      progress(`first-touch: ${name}`);
      rows.push([name, ...(await measure(lambda, name, code, samples))]);
    }
    await lambda.close();
    return [
      {
        title: 'First touch (ms, tier thread)',
        head: ['what', 'in a new version', 'foreseen', 'second touch'],
        rows,
        notes: [
          'in a new version: the first environment that touches it compiles the text. foreseen: an',
          'environment of that version knows of it, and its script came from the code cache before the',
          'handler ran. Both with the cost of an empty invocation taken off.',
        ],
      },
    ];
  },
};

/** Every builtin of the guest. */
function builtins(): string[] {
  const path = fileURLToPath(new URL('../dist/guest/parts.json', import.meta.url));
  const parts = JSON.parse(readFileSync(path, 'utf8')) as { builtins: Record<string, unknown> };
  return Object.keys(parts.builtins).filter((name) => isBuiltin(name));
}

async function measure(
  lambda: Lambda,
  name: string,
  code: string,
  samples: number,
): Promise<Cell[]> {
  const fresh: number[] = [];
  const foreseen: number[] = [];
  const second: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    // A version of its own for each sample: what one environment touched, the next one foresees.
    const fn = await lambda.createFunction({
      name: `touch-${name.replaceAll(/[^a-z]/gi, '-')}-${sample}`,
      code: {
        source: `// ${sample}
          const touch = new Function('require', ${JSON.stringify(code)});
          exports.handler = async (event) => (event.touch ? touch(require) : 'nothing');`,
      },
    });
    fresh.push(await touchIn(fn));
    second.push(await costOf(fn, { touch: true }));
    foreseen.push(await touchIn(fn));
    await fn.delete();
  }
  return [median(fresh), median(foreseen), median(second)];
}

/** In a new environment, after an invocation that warmed everything else. */
async function touchIn(fn: LambdaFunction): Promise<number> {
  await fn.call({}, { cold: true });
  const empty = median([await costOf(fn, {}), await costOf(fn, {}), await costOf(fn, {})]);
  return Math.max((await costOf(fn, { touch: true })) - empty, 0);
}

async function costOf(fn: LambdaFunction, event: object): Promise<number> {
  const startedMs = performance.now();
  await fn.call(event);
  return performance.now() - startedMs;
}
