import { part } from '../../parts.ts';
import { streamingMarker, highWaterMarkMarker } from '../../streaming-markers.ts';
import { InvokeStore } from './invoke-store.ts';

type StreamingHandler = (event: unknown, responseStream: object, context: object) => unknown;

/** Marks a handler as one that streams; the same function comes back, as AWS's client does. */
function streamifyResponse(
  handler: StreamingHandler,
  options?: { highWaterMark?: number },
): StreamingHandler {
  const marked = handler as unknown as Record<symbol, unknown>;
  marked[streamingMarker] = 'response';
  if (options?.highWaterMark !== undefined) marked[highWaterMarkMarker] = options.highWaterMark;
  return handler;
}

const HttpResponseStream = {
  from: (stream: unknown, metadata: unknown): unknown =>
    (part('node/internal/response-stream') as typeof import('./response-stream.ts')).withPrelude(
      stream,
      metadata,
    ),
};

/** The global `awslambda` of AWS's Node runtimes. */
export const awslambda = { streamifyResponse, HttpResponseStream, InvokeStore };
