import type { InvokeOutcome } from '../../invoke/outcome.ts';

/** What a front of HTTP asks of a `Lambda`. */
export interface FunctionCaller {
  invoke(
    functionName: string,
    qualifier: string | undefined,
    call: HttpCall,
  ): Promise<InvokeOutcome>;
  /** Resolves with the first byte, or with the end of an invocation that has none. */
  stream(functionName: string, qualifier: string | undefined, call: HttpCall): Promise<CallStream>;
}

/** One invocation on behalf of a request. */
export interface HttpCall {
  readonly event: unknown;
  readonly requestId: string;
  /** The trace header that the request came with; one without starts no chain. */
  readonly traceId?: string;
  /** Ends the wait, not the invocation. */
  readonly signal?: AbortSignal;
}

export interface CallStream {
  readonly contentType: string;
  readonly body: ReadableStream<Uint8Array>;
  readonly outcome: Promise<InvokeOutcome>;
}
