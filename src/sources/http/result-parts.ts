import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Pairs } from './http-request.ts';

/** What the result of a handler does wrong; the client gets the front's usual error. */
export class MalformedResult extends Error {}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a handler that streams has written may be anything. @throws MalformedResult */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new MalformedResult('It is no JSON');
  }
}

/** A number, or its digits. @throws MalformedResult */
export function statusOf(value: unknown): number {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) {
    return status;
  }
  throw new MalformedResult(`The status code ${JSON.stringify(value)} is none`);
}

/** Names and values as they can go out. `null` is none. @throws MalformedResult */
export function headersOf(headers: unknown): Pairs {
  if (headers === undefined || headers === null) return [];
  if (!isRecord(headers)) throw new MalformedResult('`headers` is no object');
  return Object.entries(headers).map(([name, value]) => headerOf(name, value));
}

/** One header; numbers and booleans become text. @throws MalformedResult */
export function headerOf(name: string, value: unknown): readonly [string, string] {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new MalformedResult(`The header ${name} is no text`);
  }
  const text = String(value);
  try {
    validateHeaderName(name);
    validateHeaderValue(name, text);
  } catch {
    throw new MalformedResult(`The header ${name} is none that HTTP can carry`);
  }
  return [name, text];
}

/** @throws MalformedResult */
export function bodyOf(body: unknown, isBase64Encoded: boolean): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body !== 'string') throw new MalformedResult('`body` is no string');
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

/** Headers that say how long or in which pieces a body is: that is for whoever sends it. */
export function withoutFraming(headers: Pairs): Pairs {
  return headers.filter(([name]) => !framing.has(name.toLowerCase()));
}

const framing: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function hasHeader(headers: Pairs, name: string): boolean {
  return headers.some(([known]) => known.toLowerCase() === name);
}
