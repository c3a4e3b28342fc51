/** State that a function carries through the batches of one span of time. */
export interface OpenWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** JSON of an object. */
  readonly stateJson: string;
}

/** How long AWS waits for late records when nothing newer ends a window. */
export const idleWindowMs = 120_000;

/** The window that a record belongs to; windows begin at multiples of their length. */
export function windowOf(arrivedMs: number, lengthMs: number): OpenWindow {
  const startMs = Math.floor(arrivedMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs, stateJson: '{}' };
}

export interface WindowFlags {
  readonly isFinal: boolean;
  /** The state has grown too large; the window goes on with a new one. */
  readonly isEarly: boolean;
}

/** Members of an event behind its records, with the comma in front of them. */
export function windowJson(
  { startMs, endMs, stateJson }: OpenWindow,
  from: { readonly shardId: string; readonly sourceArn: string },
  { isFinal, isEarly }: WindowFlags,
): string {
  const window = JSON.stringify({ start: seconds(startMs), end: seconds(endMs) });
  const rest = JSON.stringify({
    shardId: from.shardId,
    eventSourceARN: from.sourceArn,
    isFinalInvokeForWindow: isFinal,
    isWindowTerminatedEarly: isEarly,
  });
  return `,"window":${window},"state":${stateJson},${rest.slice(1, -1)}`;
}

/** The state in the result of a function, as JSON; undefined where there is none, which is a failure. */
export function stateOf(payloadJson: string): string | undefined {
  let result: unknown;
  try {
    result = JSON.parse(payloadJson);
  } catch {
    return undefined;
  }
  if (typeof result !== 'object' || result === null || !('state' in result)) return undefined;
  const { state } = result;
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return undefined;
  return JSON.stringify(state);
}

/** `2020-07-30T17:00:00Z` */
function seconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
