import { SystemClock, type Clock } from '../core/clock.ts';
import type { Program, ProgramEntry } from '../core/program.ts';
import type { Failure, StartRequest } from '../invoke/executor.ts';
import type { StartMessage } from '../wire/messages.ts';

/** What a guest is told before it loads the handler's module, as JSON. */
export function startMessage(
  { settings, program, clock }: StartRequest,
  entry: Extract<ProgramEntry, { kind: 'found' }>,
): string {
  // What the host keeps to itself: each field costs the cold start.
  const { applicationLogLevel: logLevel, network: _, maxStreamedBytes: __, ...known } = settings;
  const message: StartMessage = {
    ...known,
    logLevel,
    entryPath: entry.path,
    entryFormat: startsAsEsModule(program) ? 'module' : 'commonjs',
    exportPath: entry.exportPath,
    ...hostTime(clock),
  };
  return JSON.stringify(message);
}

/** The machine's own clock is the same one inside the isolate, and costs no question. */
function hostTime(clock: Clock): Pick<StartMessage, 'hostTime'> {
  if (clock instanceof SystemClock) return {};
  return { hostTime: clock.hold === undefined ? 'look' : Math.floor(clock.now()) };
}

/** The host links and evaluates the entry, and what CommonJS code will `require` comes before it. */
export function startsAsEsModule({ entry, requiredEsModules }: Program): boolean {
  return entry.kind === 'found' && (entry.format === 'module' || requiredEsModules.length > 0);
}

/** A handler that cannot be found at all: no isolate is needed to say so. */
export function entryFailure(entry: Extract<ProgramEntry, { kind: 'failed' }>): Failure {
  const { errorType, errorMessage } = entry;
  const trace = entry.trace ?? [`${errorType}: ${errorMessage}`];
  const logged = JSON.stringify({ errorType, errorMessage, stack: trace });
  return { errorType, errorMessage, trace, logged };
}
