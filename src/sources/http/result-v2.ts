import type { HttpReply } from './http-reply.ts';
import type { Pairs } from './http-request.ts';
import {
  bodyOf,
  hasHeader,
  headersOf,
  isRecord,
  MalformedResult,
  parsed,
  statusOf,
  withoutFraming,
} from './result-parts.ts';

/**
 * The answer that the result of a handler stands for, in format 2.0. A result without `statusCode` is the body
 * itself: text as it is, everything else as JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 * @param usualType content type of a result that has a `statusCode` and names none
 * @throws MalformedResult
 */
export function replyV2(resultJson: string, usualType = 'application/json'): HttpReply {
  const result: unknown = parsed(resultJson);
  if (!isRecord(result) || !('statusCode' in result)) {
    const body = Buffer.from(typeof result === 'string' ? result : resultJson);
    return { status: 200, headers: [['content-type', 'application/json']], body };
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = result;
  return {
    status: statusOf(statusCode),
    headers: headersV2(headers, cookies, usualType),
    body: bodyOf(body, isBase64Encoded === true),
  };
}

/** @throws MalformedResult */
export function headersV2(headers: unknown, cookies: unknown, usualType: string): Pairs {
  const given = withoutFraming(headersOf(headers));
  return [
    ...(hasHeader(given, 'content-type') ? [] : [['content-type', usualType] as const]),
    ...given,
    ...cookieHeaders(cookies),
  ];
}

function cookieHeaders(cookies: unknown): Pairs {
  if (cookies === undefined || cookies === null) return [];
  if (!Array.isArray(cookies)) throw new MalformedResult('`cookies` is no list');
  return cookies.flatMap((cookie) => headersOf({ 'set-cookie': cookie }));
}
