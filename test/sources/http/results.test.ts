import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { responseOf, type HttpReply } from '../../../src/sources/http/http-reply.ts';
import { MalformedResult } from '../../../src/sources/http/result-parts.ts';
import { replyV1 } from '../../../src/sources/http/result-v1.ts';
import { replyV2 } from '../../../src/sources/http/result-v2.ts';
import { bufferedReply, streamedReply } from '../../../src/sources/http/streamed-reply.ts';

const integrationType = 'application/vnd.awslambda.http-integration-response';
const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const headers = fc.oneof(
  fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('content-type', 'set-cookie', 'x-a')),
    scalar,
  ),
  fc.jsonValue(),
);
const status = fc.oneof(
  fc.integer({ min: 90, max: 700 }),
  fc.constantFrom('200', '1000', 204.5, 304),
);
/** What a handler may give, good or bad. */
const result = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      statusCode: fc.oneof(status, scalar),
      headers,
      multiValueHeaders: fc.oneof(fc.dictionary(fc.string(), fc.array(scalar)), fc.jsonValue()),
      cookies: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
      body: fc.oneof(fc.string(), fc.jsonValue()),
      isBase64Encoded: fc.oneof(fc.boolean(), scalar),
    },
    { requiredKeys: [] },
  ),
);

/** A reply, or `undefined` for a result that is refused; anything else that is thrown fails the test. */
function replyOr(make: () => HttpReply): HttpReply | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof MalformedResult) return undefined;
    throw error;
  }
}

test('whatever a handler gives is an answer that can go out, or is refused as malformed', () => {
  fc.assert(
    fc.property(result, (value) => {
      const json = JSON.stringify(value);
      const replies = [
        replyOr(() => replyV2(json)),
        replyOr(() => replyV1(json, { media: ['*/*'], accept: undefined })),
        replyOr(() => bufferedReply(integrationType, Buffer.from(`${json}\0\0\0\0\0\0\0\0body`))),
      ];
      for (const reply of replies) {
        if (reply !== undefined) expect(responseOf(reply, 'GET').status).toBe(reply.status);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a stream is read the same, wherever it is cut', async () => {
  const prelude = '{"statusCode":201,"headers":{"x-a":"b"},"cookies":["c=d"]}';
  const whole = Buffer.from(`${prelude}\0\0\0\0\0\0\0\0\0body\0\0\0\0\0\0\0\0é`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: whole.byteLength })), async (cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), whole.byteLength];
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          let from = 0;
          for (const to of ends) {
            if (to > from) controller.enqueue(whole.subarray(from, to));
            from = to;
          }
          controller.close();
        },
      });
      const { status: code, body: rest } = await streamedReply({
        contentType: integrationType,
        body,
      });
      const text = await new Response(rest as ReadableStream).text();
      expect([code, text]).toEqual([201, '\0body\0\0\0\0\0\0\0\0é']);
    }),
  );
});
