import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { Program } from '../core/program.ts';
import type { Failure, Fault } from '../invoke/executor.ts';

/** A fault with its stack lines mapped, where it has any. */
export function mapFault(fault: Fault, program: Program): Fault {
  return 'failure' in fault ? { ...fault, failure: mapFailure(fault.failure, program) } : fault;
}

export function mapFailure(failure: Failure, program: Program): Failure {
  return {
    errorType: failure.errorType,
    errorMessage: failure.errorMessage,
    trace: mapTrace(failure.trace, program),
    logged: mapLoggedStack(failure.logged, program),
  };
}

/**
 * Turns stack lines of the guest into what the user wrote: frames of the bootstrap and of the host are
 * left out, positions go through the source map of their module where there is one. Maps are parsed only
 * when an error is reported.
 */
function mapTrace(lines: readonly string[], program: Program): string[] {
  const mapped: string[] = [];
  for (const line of lines) {
    if (line.includes('(<isolated-vm boundary>)')) break;
    if (/^\s+at .*\/var\/runtime\//.test(line) || /^\s+at <isolated-vm>/.test(line)) continue;
    mapped.push(mapLine(line, program));
  }
  return mapped;
}

/** The same for the JSON text of a log line, whose `stack` is a list of lines. */
function mapLoggedStack(json: string, program: Program): string {
  if (json === '') return json;
  try {
    const logged = JSON.parse(json) as { stack?: unknown };
    if (!Array.isArray(logged.stack)) return json;
    const lines = logged.stack.filter((line): line is string => typeof line === 'string');
    return JSON.stringify({ ...logged, stack: mapTrace(lines, program) });
  } catch {
    // The guest sent something else than it should; it is logged as it came.
    return json;
  }
}

/** A position in a file of the deployment, as V8 prints it, with or without `file://`. */
const position = /((?:file:\/\/)?(\/(?:var\/task|opt)\/[^\s():]+)):(\d+):(\d+)/;

function mapLine(line: string, program: Program): string {
  return line.replace(
    position,
    (whole, _url: string, path: string, row: string, column: string) => {
      const map = traceMap(program, decodeURI(path));
      if (map === undefined) return whole;
      const original = originalPositionFor(map, { line: Number(row), column: Number(column) - 1 });
      if (original.source === null || original.line === null) return whole;
      return `${resolveSource(original.source, path)}:${original.line}:${original.column + 1}`;
    },
  );
}

/** Sources are relative to the file that the map belongs to. */
function resolveSource(source: string, path: string): string {
  if (/^[a-z]+:\/\//.test(source) || source.startsWith('/')) return source;
  return decodeURI(new URL(source, `file://${path}`).pathname);
}

const maps = new WeakMap<Program, Map<string, TraceMap | undefined>>();

function traceMap(program: Program, path: string): TraceMap | undefined {
  let known = maps.get(program);
  if (known === undefined) {
    known = new Map();
    maps.set(program, known);
  }
  if (!known.has(path)) known.set(path, parseMap(program.sourceMap(path)));
  return known.get(path);
}

/** A map that cannot be read leaves the lines as they are; the error itself must still get through. */
function parseMap(json: string | undefined): TraceMap | undefined {
  if (json === undefined) return undefined;
  try {
    return new TraceMap(json);
  } catch {
    return undefined;
  }
}
