import type { HttpReply } from './http-reply.ts';
import { headerOf, isRecord, MalformedResult, parsed, statusOf } from './result-parts.ts';
import { headersV2 } from './result-v2.ts';

/** What `HttpResponseStream.from` sets; such a stream begins with status, headers and cookies. */
const integrationType = 'application/vnd.awslambda.http-integration-response';

/** Between what a stream begins with and its body. */
const separator = Buffer.alloc(8);
/** What a stream begins with is no longer than this. */
const mostPreludeBytes = 1_048_576;

/** What a handler streams, while it still does. */
export interface HandlerStream {
  readonly contentType: string;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * The answer that a stream stands for; waits for what it begins with, so that a handler that fails before its
 * first byte rejects here.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 * @throws MalformedResult when it does not begin as it says
 */
export async function streamedReply({ contentType, body }: HandlerStream): Promise<HttpReply> {
  const reader = body.getReader();
  try {
    return await begunBy(reader, contentType);
  } catch (error) {
    // The handler need not wait for somebody who has gone.
    reader.cancel().catch(() => {});
    throw error;
  }
}

async function begunBy(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  contentType: string,
): Promise<HttpReply> {
  if (contentType !== integrationType) {
    const headers = [headerOf('content-type', contentType)];
    const { value: first } = await reader.read();
    return { status: 200, headers, body: restOf(reader, first) };
  }
  let seen = Buffer.alloc(0);
  for (;;) {
    const read = await reader.read();
    if (read.done) throw new MalformedResult('The stream ended before its status');
    seen = Buffer.concat([seen, read.value]);
    const at = seen.indexOf(separator);
    if (at >= 0) {
      const first = seen.subarray(at + separator.byteLength);
      return { ...preludeOf(seen.subarray(0, at)), body: restOf(reader, first) };
    }
    if (seen.byteLength > mostPreludeBytes) {
      throw new MalformedResult('The stream does not come to its status');
    }
  }
}

/** As `streamedReply`, when all of it is there already. @throws MalformedResult */
export function bufferedReply(contentType: string, bytes: Uint8Array): HttpReply {
  if (contentType !== integrationType) {
    return { status: 200, headers: [headerOf('content-type', contentType)], body: bytes };
  }
  const seen = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = seen.indexOf(separator);
  if (at < 0) throw new MalformedResult('The stream ended before its status');
  return { ...preludeOf(seen.subarray(0, at)), body: seen.subarray(at + separator.byteLength) };
}

/** What is left of a stream after its first bytes; read no faster than its reader reads. */
function restOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  firstBytes: Uint8Array | undefined,
): ReadableStream<Uint8Array> {
  let first = firstBytes?.byteLength === 0 ? undefined : firstBytes;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (first !== undefined) {
          controller.enqueue(first);
          first = undefined;
          return;
        }
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function preludeOf(bytes: Buffer): Omit<HttpReply, 'body'> {
  const prelude = parsed(bytes.toString());
  if (!isRecord(prelude)) throw new MalformedResult('The stream begins with no object');
  const { statusCode = 200, headers, cookies } = prelude;
  return {
    status: statusOf(statusCode),
    headers: headersV2(headers, cookies, 'application/octet-stream'),
  };
}
