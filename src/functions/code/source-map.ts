import { posix } from 'node:path';
import { decodedMap, encodedMap, TraceMap } from '@jridgewell/trace-mapping';
import type { FileTree } from './file-tree.ts';
import { isRecord } from './record.ts';
import type { Edit } from './rewrite.ts';

const mapComment = /^[ \t]*\/\/[#@] sourceMappingURL=([^\s'"]+)[ \t]*$/gm;

/** The source map that a module's text names, as JSON: inlined, or a file of the deployment. */
export function readSourceMap(tree: FileTree, path: string): string | undefined {
  const url = [...tree.text(path).matchAll(mapComment)].at(-1)?.[1];
  if (url === undefined) return undefined;
  const json = url.startsWith('data:') ? decodeDataUrl(url) : readSibling(tree, path, url);
  return json !== undefined && isJsonObject(json) ? json : undefined;
}

function readSibling(tree: FileTree, path: string, url: string): string | undefined {
  const relative = decodePercent(url);
  if (relative === undefined || /^[a-z][a-z\d+.-]*:/i.test(relative)) return undefined;
  const real = tree.realPath(posix.resolve(posix.dirname(path), relative));
  return real !== undefined && tree.isFile(real) ? tree.text(real) : undefined;
}

function decodeDataUrl(url: string): string | undefined {
  const comma = url.indexOf(',');
  const data = url.slice(comma + 1);
  if (!/^data:application\/json\b/.test(url)) return undefined;
  return url.slice(0, comma).endsWith(';base64')
    ? Buffer.from(data, 'base64').toString('utf8')
    : decodePercent(data);
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isJsonObject(json: string): boolean {
  try {
    return isRecord(JSON.parse(json));
  } catch {
    return false;
  }
}

/**
 * Moves the columns of a map by what `edits` did to the text. Minified code is one long line, where a
 * single rewritten `import(` would otherwise shift every frame behind it.
 */
export function shiftSourceMap(json: string, text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return json;
  const shifts = shiftsByLine(text, edits);
  try {
    const map = new TraceMap(json);
    const decoded = decodedMap(map);
    const mappings = decoded.mappings.map((segments, line) => {
      const shiftsOfLine = shifts.get(line);
      if (shiftsOfLine === undefined) return segments;
      return segments.map((segment) => {
        const [column, ...rest] = segment;
        return [shiftColumn(column, shiftsOfLine), ...rest] as typeof segment;
      });
    });
    return JSON.stringify(encodedMap(new TraceMap({ ...decoded, mappings })));
  } catch {
    return json; // A damaged map costs precision of stack traces, not the deployment.
  }
}

interface Shift {
  /** Column in the text before the edit. */
  readonly from: number;
  readonly by: number;
}

function shiftColumn(column: number, shifts: readonly Shift[]): number {
  return shifts.reduce((moved, { from, by }) => (column >= from ? moved + by : moved), column);
}

function shiftsByLine(text: string, edits: readonly Edit[]): Map<number, Shift[]> {
  const shifts = new Map<number, Shift[]>();
  let line = 0;
  let lineStart = 0;
  for (const edit of edits) {
    for (let end = text.indexOf('\n', lineStart); end !== -1 && end < edit.start;) {
      line++;
      lineStart = end + 1;
      end = text.indexOf('\n', lineStart);
    }
    const ofLine = shifts.get(line) ?? [];
    ofLine.push({ from: edit.end - lineStart, by: edit.text.length - (edit.end - edit.start) });
    shifts.set(line, ofLine);
  }
  return shifts;
}
