import { createHash } from 'node:crypto';
import { resolveHome, type Home } from '../../core/arn.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import { checkKnownKeys } from '../../core/options.ts';

/** Where and when an event happened; every builder takes these. */
export interface EventOrigin {
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default '123456789012' */
  readonly accountId?: string;
  /** A date, ISO text or epoch milliseconds. @default 2026-01-01T00:00:00Z, where a `VirtualClock` begins */
  readonly time?: Date | string | number;
}

/** An `EventOrigin` with everything in its place. */
export interface Origin {
  readonly home: Home;
  readonly atMs: number;
}

const originKeys = ['region', 'accountId', 'time'] as const;
const defaultMs = Date.UTC(2026, 0, 1);

/** Checks the options of a builder; `own` are those that the builder has besides. @throws InvalidOptionError */
export function originOf(options: EventOrigin, own: readonly string[]): Origin {
  checkKnownKeys('options', options, [...own, ...originKeys]);
  const { region = 'us-east-1', accountId = '123456789012', time = defaultMs } = options;
  return { home: resolveHome({ region, accountId }), atMs: msOf(time) };
}

function msOf(time: Date | string | number): number {
  const ms = time instanceof Date ? time.getTime() : new Date(time).getTime();
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidOptionError('time', 'a date, ISO text or epoch milliseconds', time);
}

export function checkText(option: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new InvalidOptionError(option, 'a string', value);
}

/** A text alone would pass for a list of its letters. */
export function checkTexts(option: string, values: unknown): asserts values is readonly string[] {
  if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return;
  throw new InvalidOptionError(option, 'a list of strings', values);
}

/** `2026-01-01T00:00:00Z`, as services write times that have no milliseconds. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Hexadecimal digits that are the same for the same parts: events look real and tests stay repeatable. */
export function exampleHex(length: number, ...parts: readonly unknown[]): string {
  return createHash('sha512').update(JSON.stringify(parts)).digest('hex').slice(0, length);
}

/** A UUID of version 4, the same for the same parts. */
export function exampleUuid(...parts: readonly unknown[]): string {
  const hex = exampleHex(32, 'uuid', ...parts);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Base64 of that many bytes, the same for the same parts. */
export function exampleBase64(bytes: number, ...parts: readonly unknown[]): string {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes; at += 64) {
    chunks.push(Buffer.from(exampleHex(128, 'base64', at, ...parts), 'hex'));
  }
  return Buffer.concat(chunks).subarray(0, bytes).toString('base64');
}

/** Text as it is, everything else as JSON. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const json: string | undefined = JSON.stringify(content);
  if (json !== undefined) return json;
  throw new InvalidOptionError('body', 'a text or a value that JSON can express', content);
}

/** Bytes, text or JSON as base64. */
export function base64Of(content: unknown): string {
  return Buffer.from(content instanceof Uint8Array ? content : textOf(content)).toString('base64');
}
