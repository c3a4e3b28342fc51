import type { HttpReply } from './http-reply.ts';
import { lastValue, type Pairs } from './http-request.ts';
import { matchesMedia } from './received-request.ts';
import {
  bodyOf,
  hasHeader,
  headerOf,
  headersOf,
  isRecord,
  MalformedResult,
  parsed,
  statusOf,
  withoutFraming,
} from './result-parts.ts';

const resultKeys = ['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'];

/** What decides whether a body in base64 goes out as bytes. */
export interface BinaryReplies {
  readonly media: readonly string[];
  /** Of the request. */
  readonly accept: string | undefined;
}

/**
 * The answer that the result of a handler stands for, in format 1.0: a REST API takes nothing but the object
 * that is agreed upon.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * @throws MalformedResult
 */
export function replyV1(resultJson: string, binary: BinaryReplies): HttpReply {
  const result: unknown = parsed(resultJson);
  if (!isRecord(result)) throw new MalformedResult('The result is no object');
  const keys = Object.keys(result);
  const stranger = keys.find((key) => !resultKeys.includes(key));
  if (stranger !== undefined) throw new MalformedResult(`The result has a key "${stranger}"`);
  if (keys.length === 0) throw new MalformedResult('The result is empty');

  // Recorded: a result that has headers and no status is taken.
  const { statusCode = 200, headers, multiValueHeaders, body, isBase64Encoded } = result;
  const out = merged(multiValues(multiValueHeaders), headersOf(headers));
  const type = lastValue(out, 'content-type') ?? 'application/json';
  const goesOutAsBytes = isBase64Encoded === true && takesBytes(binary, type);
  return {
    status: statusOf(statusCode),
    headers: hasHeader(out, 'content-type') ? out : [['content-type', type], ...out],
    body: bodyOf(body, goesOutAsBytes),
  };
}

/** The first type that the client accepts decides, or else the type of the answer. */
function takesBytes({ media, accept }: BinaryReplies, contentType: string): boolean {
  const first = accept?.split(',')[0]?.trim();
  const wanted = first === undefined || first === '' || first === '*/*' ? contentType : first;
  return matchesMedia(media, wanted);
}

function multiValues(lists: unknown): Pairs {
  if (lists === undefined || lists === null) return [];
  if (!isRecord(lists)) throw new MalformedResult('`multiValueHeaders` is no object');
  return Object.entries(lists).flatMap(([name, values]) => {
    if (!Array.isArray(values)) throw new MalformedResult(`The values of ${name} are no list`);
    return values.map((value: unknown) => headerOf(name, value));
  });
}

/** A header of both comes with its lists first, under the name that was there first. */
function merged(lists: Pairs, singles: Pairs): Pairs {
  const names = new Map<string, string>();
  const all: (readonly [string, string])[] = [];
  for (const [name, value] of [...lists, ...singles]) {
    const key = name.toLowerCase();
    const known = names.get(key) ?? name;
    names.set(key, known);
    all.push([known, value]);
  }
  return withoutFraming(all);
}
