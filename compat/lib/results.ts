import { writeFileSync } from 'node:fs';
import type { SuiteResult } from './compare.ts';
import { countsOf, failuresIn, heading, rowOf, totalOf } from './table.ts';

const file = new URL('../RESULTS.md', import.meta.url);
const maxFilesPerSuite = 40;
const maxTestsPerFile = 4;

/** Writes the table, and per suite what Node passes and the guest does not. */
export function saveResults(results: readonly SuiteResult[]): void {
  const all = results.map(countsOf);
  const parts = (['wpt', 'node', 'npm'] as const).map((kind) =>
    totalOf(
      all.filter(({ suite }) => suite.startsWith(`${kind}/`)),
      `**${kind} together**`,
    ),
  );
  const table = [
    heading,
    heading.map((_, at) => (at === 0 ? '---' : '---:')),
    ...[...all, ...parts].map(rowOf),
  ]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
  const text = `# Compatibility

Made by \`node compat/run.ts --save\` with Node ${process.version}; README.md says what the columns mean.

${table}

## What Node passes and the guest does not

${results.map(missing).filter(Boolean).join('\n\n')}

## What was left out

${results.map(leftOut).filter(Boolean).join('\n')}
`;
  writeFileSync(file, text);
}

function missing(result: SuiteResult): string {
  const byFile = Map.groupBy(failuresIn(result), ({ file: name }) => name);
  if (byFile.size === 0) return '';
  const lines = [...byFile].slice(0, maxFilesPerSuite).map(([name, failures]) => {
    const [first] = failures;
    if (first?.test === name) return `- ${name}: ${oneLine(first.message)}`;
    const shown = failures
      .slice(0, maxTestsPerFile)
      .map(({ test, message }) => `  - ${oneLine(test)}: ${oneLine(message)}`);
    if (failures.length > maxTestsPerFile)
      shown.push(`  - and ${failures.length - maxTestsPerFile} more`);
    return [`- ${name}`, ...shown].join('\n');
  });
  if (byFile.size > maxFilesPerSuite)
    lines.push(`- and ${byFile.size - maxFilesPerSuite} more files`);
  return `### ${result.name}\n\n${lines.join('\n')}`;
}

function leftOut({ name, skipped }: SuiteResult): string {
  if (skipped.size === 0) return '';
  return `- ${name}: ${[...skipped].map(([reason, count]) => `${count} ${reason}`).join(', ')}`;
}

/** In a code span, so that nothing in a message is read as markup. */
function oneLine(text: string): string {
  // Ids and names that are others each time would be in every diff.
  const stable = text
    .replaceAll(/RequestId: [\w-]+ /g, '')
    .replaceAll(/\bcompat-[\w-]+/g, 'compat');
  const line = stable.replaceAll(/\s+/g, ' ').replaceAll('`', "'").slice(0, 160).trim();
  return line === '' ? '(no name)' : `\`${line}\``;
}
