import type { Failure, Fault } from '../invoke/executor.ts';
import { mapPositions, type Sources } from './source-positions.ts';

/** A fault with its stack lines mapped, where it has any. */
export function mapFault(fault: Fault, sources: Sources): Fault {
  return 'failure' in fault ? { ...fault, failure: mapFailure(fault.failure, sources) } : fault;
}

export function mapFailure(failure: Failure, sources: Sources): Failure {
  return {
    errorType: failure.errorType,
    errorMessage: failure.errorMessage,
    trace: mapTrace(failure.trace, sources),
    logged: mapLoggedStack(failure.logged, sources),
  };
}

/**
 * The text of a log line with the stacks in it mapped: `console.error(error)`, `console.log(error.stack)`.
 * `isJson` says that the text is the inside of a JSON object.
 */
export function mapLogLine(body: string, isJson: boolean, sources: Sources): string {
  return isJson
    ? mapPositions(body, sources, (path) => JSON.stringify(path).slice(1, -1))
    : mapPositions(body, sources);
}

/**
 * Turns stack lines of the guest into what the user wrote: frames of the bootstrap and of the host are
 * left out, positions go through the source map of their module where there is one.
 */
function mapTrace(lines: readonly string[], sources: Sources): string[] {
  const mapped: string[] = [];
  for (const line of lines) {
    if (line.includes('(<isolated-vm boundary>)')) break;
    if (/^\s+at .*\/var\/runtime\//.test(line) || /^\s+at <isolated-vm>/.test(line)) continue;
    mapped.push(mapPositions(line, sources));
  }
  return mapped;
}

/** The same for the JSON text of a log line, whose `stack` is a list of lines. */
function mapLoggedStack(json: string, sources: Sources): string {
  if (json === '') return json;
  try {
    const logged = JSON.parse(json) as { stack?: unknown };
    if (!Array.isArray(logged.stack)) return json;
    const lines = logged.stack.filter((line): line is string => typeof line === 'string');
    return JSON.stringify({ ...logged, stack: mapTrace(lines, sources) });
  } catch {
    // The guest sent something else than it should; it is logged as it came.
    return json;
  }
}
