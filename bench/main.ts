/**
 * npm run bench                   all benchmarks
 * npm run bench -- cold           those with "cold" in their name
 * npm run bench -- --save         also writes bench/RESULTS.md
 * npm run bench -- --quick        a smoke run; its figures mean nothing
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Benchmark } from './lib/benchmark.ts';
import { describeLoad, describeMachine } from './lib/machine.ts';
import { clearProgress, showProgress } from './lib/progress.ts';
import { toMarkdown, toText } from './lib/table.ts';
import { firstTouch } from './first-touch.bench.ts';
import { nodeApis } from './node-apis.bench.ts';
import { asynchronous } from './async.bench.ts';
import { coldStart } from './cold-start.bench.ts';
import { concurrency } from './concurrency.bench.ts';
import { door } from './door.bench.ts';
import { hostOperation } from './host-operation.bench.ts';
import { memoryPerEnvironment } from './memory-per-environment.bench.ts';
import { warmCall } from './warm-call.bench.ts';

const all: readonly Benchmark[] = [
  warmCall,
  hostOperation,
  coldStart,
  concurrency,
  memoryPerEnvironment,
  firstTouch,
  nodeApis,
  asynchronous,
  door,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { save: { type: 'boolean' }, quick: { type: 'boolean' } },
});
const isQuick = values.quick === true;
const [filter = ''] = positionals;
const chosen = all.filter(({ name }) => name.includes(filter));
if (chosen.length === 0) {
  console.error(
    `No benchmark has "${filter}" in its name: ${all.map(({ name }) => name).join(', ')}`,
  );
  process.exit(1);
}
if (values.save === true && (isQuick || chosen.length < all.length)) {
  console.error('--save is for a whole run: leave out the filter and --quick');
  process.exit(1);
}

const header = describeMachine();
console.log(header.join('\n'));
if (isQuick) console.log('A smoke run: the figures mean nothing.');

const markdown: string[] = [];
for (const benchmark of chosen) {
  const { name, question } = benchmark;
  const sections = await benchmark.run({ isQuick, progress: showProgress });
  clearProgress();
  console.log(`\n${name}: ${question}`);
  for (const section of sections) console.log(toText(section));
  markdown.push(`## ${question}`, ...sections.map(toMarkdown));
}
const footer = `At the end: ${describeLoad()}.`;
console.log(`\n${footer}`);

if (values.save === true) {
  writeFileSync(new URL('RESULTS.md', import.meta.url), results(markdown));
  console.log('Written to bench/RESULTS.md');
}

function results(parts: readonly string[]): string {
  const intro = `# Benchmarks

Made by \`npm run bench -- --save\`. Every line is measured in one run, in small alternating batches, beside
its floor: the same work by hand on isolated-vm (bench/lib/raw-guest.ts). Ratios are medians of the rounds'
ratios; trust them more than the absolute figures, which are of this machine.

${header.map((line) => `- ${line}`).join('\n')}
- ${footer}`;
  return `${[intro, ...parts].join('\n\n')}\n`;
}
