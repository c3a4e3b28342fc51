import type { Lambda, LambdaEvents } from '../../index.ts';

/** Something that happened to a function, in one line of text. */
export interface Happening {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly functionName: string;
  readonly requestId: string | undefined;
  readonly weight: 'plain' | 'warning' | 'error' | 'aside';
  /** What the function wrote may have several lines. */
  readonly text: string;
}

type Read = { [Name in keyof LambdaEvents]?: (event: LambdaEvents[Name]) => Happening };

const readers: Read = {
  'log.written': (event) => ({
    ...of(event.environment.functionName, event),
    weight: weightOf(event.level),
    text: logText(event),
  }),
  'invocation.finished': (event) => ({
    ...of(event.functionName, event),
    weight: event.error === undefined ? 'aside' : 'error',
    text: finishedText(event),
  }),
  'environment.initFailed': (event) => ({
    ...of(event.environment.functionName, event),
    weight: 'error',
    text: `init failed: ${event.errorType ?? event.status}`,
  }),
  'invocation.throttled': (event) => ({
    ...of(event.functionName, event),
    weight: 'warning',
    text: `throttled: ${event.reason}, limit ${event.limit}`,
  }),
  'async.retried': (event) => ({
    ...of(event.functionName, event),
    weight: 'warning',
    text: `comes again in ${event.delayMs / 1_000} s (${event.reason})`,
  }),
  'async.dropped': (event) => ({
    ...of(event.functionName, event),
    weight: 'error',
    text: `given up after ${event.invokeCount} attempts: ${event.condition}`,
  }),
  'destination.failed': (event) => ({
    ...of(event.functionName, event),
    weight: 'error',
    text: `its record did not reach ${event.to}: ${event.reason}`,
  }),
  'deadLetter.failed': (event) => ({
    ...of(event.functionName, event),
    weight: 'error',
    text: `its dead letter did not reach ${event.to}: ${event.reason}`,
  }),
  'delivery.failed': ({ at, from, to, reason }) => ({
    at,
    functionName: from,
    requestId: undefined,
    weight: 'error',
    text: `delivers nothing to ${to}: ${reason}`,
  }),
};

/** Hands over what happens from now on. */
export function followHappenings(lambda: Lambda, listener: (happening: Happening) => void): void {
  for (const [name, read] of Object.entries(readers)) {
    // Each reader stands beside the name of its own event.
    lambda.on(name as keyof LambdaEvents, (event) =>
      listener((read as (event: unknown) => Happening)(event)),
    );
  }
}

function of(
  functionName: string,
  { at, requestId }: { readonly at: number; readonly requestId?: string | undefined },
): Pick<Happening, 'at' | 'functionName' | 'requestId'> {
  return { at, functionName, requestId };
}

function weightOf(level: LambdaEvents['log.written']['level']): Happening['weight'] {
  if (level === 'ERROR' || level === 'FATAL') return 'error';
  return level === 'WARN' ? 'warning' : 'plain';
}

function logText({ kind, level, body, environment }: LambdaEvents['log.written']): string {
  if (kind === 'raw') return body;
  return `${level} ${environment.logFormat === 'JSON' ? `{${body}}` : body}`;
}

function finishedText({ report, error }: LambdaEvents['invocation.finished']): string {
  const { durationMs, initDurationMs, maxMemoryUsedMb, memoryMb } = report;
  const init = initDurationMs === undefined ? '' : `, init ${initDurationMs.toFixed(2)} ms`;
  const figures = `${durationMs.toFixed(2)} ms${init}, ${maxMemoryUsedMb} of ${memoryMb} MB`;
  if (error === undefined) return `ok  ${figures}`;
  return `failed: ${error.errorType ?? 'Error'}: ${error.errorMessage}  ${figures}`;
}
