import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { Program } from '../core/program.ts';

/** What positions are mapped by. */
export type Sources = Pick<Program, 'load' | 'sourceMap'>;

/** For functions that want their positions as V8 has them. */
export const noSources: Sources = { load: () => undefined, sourceMap: () => undefined };

/**
 * A position in a file of the deployment as V8 prints it in a stack, with or without `file://`. The guest
 * writes the text, so lengths are bounded: without bounds, looking for it could take seconds.
 */
const position =
  /(?<=\(|\bat |async )(?:file:\/\/)?(\/(?:var\/task|opt)\/[^\s():"\\]{1,1024}):(\d{1,7}):(\d{1,7})/g;

/** A stack has ten frames or so; a text with more positions than this is not worth the host's time. */
const mostPositions = 64;

/**
 * Puts positions of the user's own source in the place of those that V8 ran, wherever a module has a source
 * map. `encode` makes a path fit into the text.
 */
export function mapPositions(
  text: string,
  sources: Sources,
  encode: (path: string) => string = (path) => path,
): string {
  if (!text.includes('/var/task/') && !text.includes('/opt/')) return text;
  let left = mostPositions;
  return text.replace(position, (whole, path: string, row: string, column: string) => {
    left -= 1;
    return left < 0 ? whole : (mapPosition(path, +row, +column, sources, encode) ?? whole);
  });
}

function mapPosition(
  url: string,
  row: number,
  column: number,
  sources: Sources,
  encode: (path: string) => string,
): string | undefined {
  const path = decode(url);
  const map = traceMap(sources, path);
  // Both count from one; a guest may write anything.
  if (map === undefined || row < 1 || column < 1) return undefined;
  const original = originalPositionFor(map, { line: row, column: column - 1 });
  if (original.source === null || original.line === null) return undefined;
  return `${encode(resolveSource(original.source, path))}:${original.line}:${original.column + 1}`;
}

/** Sources are relative to the file that the map belongs to. */
function resolveSource(source: string, path: string): string {
  if (/^[a-z]+:\/\//.test(source) || source.startsWith('/')) return source;
  const url = URL.parse(source, `file://${path}`);
  return url === null ? source : decode(url.pathname);
}

function decode(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    // Not an escape after all: a per cent sign of the file's own name, or the guest's idea of a joke.
    return text;
  }
}

const maps = new WeakMap<Sources, Map<string, TraceMap | undefined>>();

/** Maps are parsed when they are first needed, and only for files that exist: the guest names the path. */
function traceMap(sources: Sources, path: string): TraceMap | undefined {
  let known = maps.get(sources);
  if (known === undefined) {
    known = new Map();
    maps.set(sources, known);
  }
  if (known.has(path)) return known.get(path);
  if (sources.load(path) === undefined) return undefined;
  const map = parseMap(sources.sourceMap(path));
  known.set(path, map);
  return map;
}

/** A map that cannot be read leaves the text as it is; the error itself must still get through. */
function parseMap(json: string | undefined): TraceMap | undefined {
  if (json === undefined) return undefined;
  try {
    return new TraceMap(json);
  } catch {
    return undefined;
  }
}
