/**
 * node compat/run.ts                   all suites, in plain Node and in guests
 * node compat/run.ts wpt url           suites of one kind, with "url" in their name; lists the failures
 * node compat/run.ts --files stream    only files with this in their name
 * node compat/run.ts --node            also lists what plain Node itself fails
 * node compat/run.ts --save            also writes compat/RESULTS.md
 * node compat/run.ts --check           fails where a guest's count is below compat/expected.json
 * node compat/run.ts --record          writes what passed to compat/expected.json
 *
 * Without COMPAT_NODE only the suites run that come with `npm install`.
 */
import { parseArgs } from 'node:util';
import { compareSuites } from './lib/compare.ts';
import { checkExpected, recordExpected } from './lib/expected.ts';
import { saveResults } from './lib/results.ts';
import { findSources } from './lib/sources.ts';
import { countsOf, failuresOf, tableOf } from './lib/table.ts';
import { nodeSuites } from './node/suites.ts';
import { npmSuites } from './npm/suites.ts';
import { wptSuites } from './wpt/suites.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: 'string' },
    node: { type: 'boolean' },
    save: { type: 'boolean' },
    check: { type: 'boolean' },
    record: { type: 'boolean' },
  },
});
const isWhole = positionals.length === 0 && values.files === undefined;
if (!isWhole && (values.save === true || values.check === true || values.record === true)) {
  console.error('--save, --check and --record are for a whole run: leave out the filters');
  process.exit(1);
}

const sources = findSources(process.env);
if (sources === undefined) {
  console.error('COMPAT_NODE is not set: wpt and node are left out, see compat/README.md');
  if (values.save === true) process.exit(1);
}
const suites = [
  ...(sources === undefined ? [] : [...wptSuites(sources), ...nodeSuites(sources)]),
  ...npmSuites(),
]
  .filter(({ name }) => positionals.every((part) => name.includes(part)))
  .map((suite) => ({
    ...suite,
    files: suite.files.filter(({ name }) => name.includes(values.files ?? '')),
  }))
  .filter(({ files }) => files.length > 0);
if (suites.length === 0) {
  console.error('No suite matches');
  process.exit(1);
}

const startedMs = performance.now();
const results = await compareSuites(suites);
console.log(tableOf(results));
console.log(`${Math.round((performance.now() - startedMs) / 1000)} s`);
if (!isWhole) console.log(failuresOf(results, values.node === true));

if (values.save === true) saveResults(results);
const kinds = sources === undefined ? (['npm'] as const) : (['wpt', 'node', 'npm'] as const);
const counts = results.map(countsOf);
if (values.record === true) recordExpected(counts, kinds);
if (values.check === true) {
  const regressions = checkExpected(counts, kinds);
  for (const line of regressions) console.error(line);
  if (regressions.length > 0) process.exitCode = 1;
}
