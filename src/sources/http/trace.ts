import { longestTraceHeader, newTrace, parseTraceHeader } from '../../core/trace-header.ts';
import { lastValue, type Pairs } from './http-request.ts';

/** The trace of a request: what its event says, and what its invocation carries on. */
export interface RequestTrace {
  readonly header: string;
  /** Only of a request that came with one. */
  readonly traceId?: string;
}

const printable = /^[ -~]+$/;

export function traceOf(headers: Pairs, requestId: string, atMs: number): RequestTrace {
  const given = lastValue(headers, 'x-amzn-trace-id');
  if (given !== undefined && given.length <= longestTraceHeader && printable.test(given)) {
    return { header: given, traceId: given };
  }
  const root = parseTraceHeader(newTrace({ requestId, atMs })).get('Root') ?? '';
  return { header: `Root=${root}` };
}
