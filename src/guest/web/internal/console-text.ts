import { inspect } from '../../node/internal/inspect.ts';
import { invalidArgType } from './errors.ts';

/** What `console.table` and `console.timeEnd` write, after Node. */

/** The text of a table; undefined when the value has no rows. */
export function tableText(data: unknown, properties: unknown): string | undefined {
  if (data === null || typeof data !== 'object') return undefined;
  if (properties !== undefined && !Array.isArray(properties)) {
    throw invalidArgType('properties', 'an instance of Array', properties);
  }
  if (data instanceof Map) {
    const entries = [...(data as Map<unknown, unknown>)];
    return render([
      [iterationIndex, entries.map((_, index) => `${index}`)],
      ['Key', entries.map(([key]) => cell(key))],
      ['Values', entries.map(([, value]) => cell(value))],
    ]);
  }
  if (data instanceof Set) {
    const values = [...(data as Set<unknown>)];
    return render([
      [iterationIndex, values.map((_, index) => `${index}`)],
      ['Values', values.map((value) => cell(value))],
    ]);
  }
  return render(
    columnsOf(data as Readonly<Record<string, unknown>>, properties as unknown[] | undefined),
  );
}

type Column = readonly [title: string, cells: readonly (string | undefined)[]];

const iterationIndex = '(iteration index)';

function columnsOf(
  data: Readonly<Record<string, unknown>>,
  properties: readonly unknown[] | undefined,
): Column[] {
  const columns = new Map<string, (string | undefined)[]>();
  const values: (string | undefined)[] = [];
  const rows = Object.keys(data);
  rows.forEach((row, index) => {
    const item = data[row];
    if (item === null || (typeof item !== 'object' && typeof item !== 'function')) {
      values[index] = cell(item);
      return;
    }
    for (const property of properties ?? Object.keys(item)) {
      const name = String(property);
      const cells = columns.get(name) ?? [];
      columns.set(name, cells);
      if (Object.hasOwn(item, name)) cells[index] = cell((item as Record<string, unknown>)[name]);
    }
  });
  const all: Column[] = [['(index)', rows], ...columns];
  return values.length > 0 ? [...all, ['Values', values]] : all;
}

function cell(value: unknown): string {
  const isLarge =
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.keys(value).length > 2;
  return inspect(value, {
    depth: isLarge ? -1 : 0,
    maxArrayLength: 3,
    breakLength: Number.POSITIVE_INFINITY,
  });
}

function render(columns: readonly Column[]): string {
  const height = columns[0]?.[1].length ?? 0;
  const widths = columns.map(
    ([title, cells]) =>
      Math.max(widthOf(title), ...Array.from(cells, (text) => widthOf(text ?? ''))) + 2,
  );
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const row = (texts: readonly (string | undefined)[]): string => {
    const padded = texts.map((text = '', index) => {
      return ` ${text}${' '.repeat((widths[index] ?? 0) - widthOf(text) - 1)}`;
    });
    return `│${padded.join('│')}│`;
  };
  const lines = [rule('┌', '┬', '┐'), row(columns.map(([title]) => title)), rule('├', '┼', '┤')];
  for (let index = 0; index < height; index += 1) {
    lines.push(row(columns.map(([, cells]) => cells[index])));
  }
  lines.push(rule('└', '┴', '┘'));
  return lines.join('\n');
}

const wide =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const invisible = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;

/** Columns of a terminal. */
function widthOf(text: string): number {
  // oxlint-disable-next-line no-control-regex -- printable ASCII is one column each
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text.normalize('NFC')) {
    if (wide.test(character)) width += 2;
    else if (!invisible.test(character)) width += 1;
  }
  return width;
}

/** `12ms`, `1.234s`, `1:02.345 (m:ss.mmm)`. */
export function durationText(durationMs: number): string {
  if (durationMs < 1000) return `${durationMs}ms`;
  const seconds = durationMs / 1000;
  if (seconds < 60) return `${seconds.toFixed(3)}s`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = (seconds % 60).toFixed(3).padStart(6, '0');
  return hours === 0
    ? `${minutes}:${rest} (m:ss.mmm)`
    : `${hours}:${`${minutes}`.padStart(2, '0')}:${rest} (h:mm:ss.mmm)`;
}
