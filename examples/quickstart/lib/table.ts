type Cell = string | number;

/** Prints a title and a table; numbers are right-aligned, columns are as wide as they must be. */
export function printTable(title: string, head: readonly string[], rows: readonly Cell[][]): void {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const isNumeric = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const text = String(cell);
        return isNumeric[column] ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  console.log(`\n${title}`);
  console.log(`  ${line(head)}`);
  console.log(`  ${widths.map((width) => '-'.repeat(width)).join('  ')}`);
  for (const row of rows) console.log(`  ${line(row)}`);
}

/** Three digits that matter, as a number for a table. */
export function figure(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
