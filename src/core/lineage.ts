import { createHash } from 'node:crypto';
import { LambdaError } from './errors.ts';
import { limits } from './limits.ts';
import {
  formatTraceHeader,
  longestTraceHeader,
  newTrace,
  parseTraceHeader,
  traceFieldsOf,
  type TraceFields,
} from './trace-header.ts';

/**
 * How often each function took part in a chain of requests. It travels in the trace header, as
 * `Lineage=a87bd80c:1|68fd508a:5`: a hash of the function's ARN and its rounds. (AWS has changed the form
 * since and does not document the new one.)
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
type Lineage = ReadonlyMap<string, number>;

/** AWS followed so many functions in one chain; the one that was seen first gives way. */
const mostFunctions = 16;
const entryPattern = /^([0-9a-f]{8}):(\d{1,6})$/;

/** Whether a function that is in an endless loop is stopped. */
export type RecursiveLoop = 'Terminate' | 'Allow';

/** AWS: RecursiveInvocationException, status 400. */
export class RecursiveInvocationError extends LambdaError<'ERR_RECURSIVE_INVOCATION'> {
  override readonly name: string = 'RecursiveInvocationError';
  /** Invocations of the function in this chain so far. */
  readonly rounds: number;

  constructor(functionName: string, rounds: number) {
    super(
      'ERR_RECURSIVE_INVOCATION',
      `Function "${functionName}" was invoked ${rounds} times in one chain of requests: Lambda has detected your ` +
        'function being invoked in a recursive loop with other resources. If that is what you want, give the function ' +
        "`recursiveLoop: 'Allow'`",
    );
    this.rounds = rounds;
  }
}

/** Rounds of a function that a header tells of. */
export function roundsOf(header: string | undefined, functionArn: string): number {
  if (header === undefined || !header.includes('Lineage=')) return 0;
  return lineageOf(parseTraceHeader(header)).get(hashOf(functionArn)) ?? 0;
}

/** Whether one more round is one too many. */
export function isEndless(rounds: number): boolean {
  return rounds >= limits.recursionRounds;
}

/** The header that the handler and what it causes see: this round of the function is in it. */
export function withRound(
  header: string | undefined,
  functionArn: string,
  request: { readonly requestId: string; readonly atMs: number },
): string {
  const hash = hashOf(functionArn);
  if (header === undefined) return `${newTrace(request)};Lineage=${hash}:1`;
  const fields = traceFieldsOf(header, request);
  const before = lineageOf(fields);
  const after = new Map(before);
  // The latest one stands last, so the oldest gives way.
  after.delete(hash);
  after.set(hash, (before.get(hash) ?? 0) + 1);
  const kept = [...after].slice(-mostFunctions).map(([id, rounds]) => `${id}:${rounds}`);
  const lineage = kept.join('|');
  const whole = formatTraceHeader(new Map([...fields, ['Lineage', lineage]]));
  if (whole.length <= longestTraceHeader) return whole;
  // Nobody would read a longer one. What must not get lost is the trace and who took part in it.
  const known = ['Root', 'Parent', 'Sampled'].flatMap((name) => {
    const value = fields.get(name) ?? '';
    return value !== '' && value.length <= longestKnownField ? [[name, value] as const] : [];
  });
  return formatTraceHeader(new Map([...known, ['Lineage', lineage]]));
}

/** Longer values of fields that X-Ray defines are none of its. */
const longestKnownField = 64;

function lineageOf(fields: TraceFields): Lineage {
  const lineage = new Map<string, number>();
  for (const entry of (fields.get('Lineage') ?? '').split('|').slice(0, mostFunctions)) {
    const [, hash, rounds] = entryPattern.exec(entry) ?? [];
    if (hash !== undefined) lineage.set(hash, Number(rounds));
  }
  return lineage;
}

/** Hashes of the functions that were asked for last; making one takes longer than the rest. */
const hashes = new Map<string, string>();
const mostHashes = 10_000;

function hashOf(functionArn: string): string {
  let hash = hashes.get(functionArn);
  if (hash === undefined) {
    hash = createHash('sha256').update(functionArn).digest('hex').slice(0, 8);
    if (hashes.size >= mostHashes) hashes.clear();
    hashes.set(functionArn, hash);
  }
  return hash;
}
