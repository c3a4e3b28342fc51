/**
 * X-Ray's trace header, which travels with every request: `Root=1-67891233-abcdef012345678912345678;
 * Parent=463ac35c9f6413ad;Sampled=0;Lineage=a87bd80c:1`. Fields that nobody here knows are passed on.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export type TraceFields = ReadonlyMap<string, string>;

/** Longest header that is read; more is no trace header. */
export const longestTraceHeader = 1_024;

export function parseTraceHeader(header: string | undefined): TraceFields {
  const fields = new Map<string, string>();
  if (header === undefined || header.length > longestTraceHeader) return fields;
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) fields.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return fields;
}

export function formatTraceHeader(fields: TraceFields): string {
  return Array.from(fields, ([name, value]) => `${name}=${value}`).join(';');
}

/** A request, as far as its trace follows from it. */
export interface TracedRequest {
  readonly requestId: string;
  /** When it was accepted, epoch milliseconds. */
  readonly atMs: number;
}

/** The fields for a request that came with `header`. */
export function traceFieldsOf(header: string, request: TracedRequest): TraceFields {
  const fields = parseTraceHeader(header);
  if (fields.has('Root')) return fields;
  return new Map([...parseTraceHeader(newTrace(request)), ...fields]);
}

/**
 * The header of a trace that begins with a request and that nobody samples. It follows from the request, so that
 * each attempt of an event belongs to the same trace.
 */
export function newTrace({ requestId, atMs }: TracedRequest): string {
  const hex = requestId.replaceAll('-', '').padEnd(32, '0');
  const seconds = Math.floor(atMs / 1_000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${hex.slice(0, 24)};Parent=${hex.slice(16, 32)};Sampled=0`;
}
