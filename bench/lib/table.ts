import type { Cell, Section } from './benchmark.ts';

/** A section as aligned text. */
export function toText({ title, head, rows, notes = [] }: Section): string {
  const lines = [head, ...rows.map((row) => row.map(cellText))];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const isNumeric = numericColumns(head, rows);
  const format = (line: readonly string[]): string =>
    head
      .map((_, column) => {
        const text = line[column] ?? '';
        const width = widths[column] ?? 0;
        return isNumeric[column] ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const [first = [], ...rest] = lines;
  return [`\n${title}`, format(first), rule, ...rest.map(format), ...notes].join('\n');
}

/** A section as a Markdown table. */
export function toMarkdown({ title, head, rows, notes = [] }: Section): string {
  const isNumeric = numericColumns(head, rows);
  const format = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const cellsOf = (row: readonly Cell[]): string[] =>
    head.map((_, column) => cellText(row[column]));
  return [
    `### ${title}`,
    '',
    format(head),
    format(isNumeric.map((numeric) => (numeric ? '---:' : '---'))),
    ...rows.map((row) => format(cellsOf(row))),
    ...notes.flatMap((note) => ['', note]),
  ].join('\n');
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  return typeof cell === 'number' ? threeFigures(cell) : cell;
}

function threeFigures(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) {
    return Math.round(value).toLocaleString('en-US');
  }
  return value.toPrecision(3);
}

function numericColumns(head: readonly string[], rows: Section['rows']): boolean[] {
  return head.map((_, column) =>
    rows.some((row) => typeof row[column] === 'number' || /^[\d.]+x$/.test(cellText(row[column]))),
  );
}
