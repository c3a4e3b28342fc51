import type { Row, Verdict } from './row.ts';

const introduction = `# Packages

Made by \`node compat/packages/main.ts --save\`. Each row is a handler in \`compat/packages/handlers/\` that does
what the third column says and checks the result: first in plain Node 24 as the control, then here, without a
change, in the tier \`thread\`. *Bundle* is \`code: { file }\`; *folder* is \`code: { dir }\`, the handler next to its
\`node_modules\`. Servers are stubs on the loopback address that check signatures, passwords and checksums.
`;

/** The table for \`docs/\`. */
export function documentOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const cells = [
      row.case.packages.join(', '),
      row.versions.join(', '),
      row.case.proves,
      word(row.bundle),
      word(row.folder),
      row.case.reason ?? '',
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const count = rows.filter(({ bundle }) => bundle?.kind === 'works').length;
  const folders = rows.filter(({ folder }) => folder?.kind === 'works').length;
  return [
    introduction,
    `${count} of ${rows.length} work as a bundle, ${folders} as an unbundled folder.\n`,
    '| package | version | what is proven | bundle | folder | remark |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

/** One line for people who watch. */
export function lineOf(row: Row): string {
  const name = `${row.id} ${row.versions[0]}`.padEnd(36);
  if (row.control.kind !== 'works') return `${name} CONTROL ${details(row.control)}`;
  const marks = `bundle ${word(row.bundle).padEnd(8)} folder ${word(row.folder).padEnd(8)}`;
  const why = [row.bundle, row.folder].map(details).filter((text) => text !== '');
  return [`${name} ${marks}`, ...new Set(why)].join('\n').trimEnd();
}

function word(verdict: Verdict | undefined): string {
  return verdict?.kind ?? '-';
}

function details(verdict: Verdict | undefined): string {
  if (verdict?.kind !== 'fails') return '';
  const lines = verdict.why.split('\n').slice(0, process.env['VERBOSE'] === undefined ? 4 : 40);
  return lines.map((line) => `    ${line.slice(0, 400)}`).join('\n');
}
