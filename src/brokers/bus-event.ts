import type { Home } from '../core/arn.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys } from '../core/options.ts';
import { BrokerError } from './broker-error.ts';

/** An event on its way to a bus. */
export interface BusEntry {
  /** Who sends it, such as `com.example.orders`. */
  readonly source: string;
  readonly detailType: string;
  /** A JSON object, as such or as text. */
  readonly detail: object | string;
  /** ARNs of what the event is about. @default none */
  readonly resources?: readonly string[];
  /** @default now */
  readonly time?: Date;
  /** X-Ray trace header; goes along to targets, without its lineage. */
  readonly traceHeader?: string;
}

/** What became of one entry: accepted, or refused with AWS's code. */
export type PutEventResult =
  | { readonly eventId: string }
  | { readonly errorCode: string; readonly errorMessage: string };

/** An event as rules match it and targets get it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  /** Present on events that come from an archive. */
  readonly 'replay-name'?: string;
}

/** An event that a bus has taken. */
export interface AcceptedEvent {
  readonly event: BusEvent;
  /** The same as text. */
  readonly json: string;
  readonly acceptedMs: number;
  /** Without lineage. */
  readonly traceHeader: string | undefined;
  /** It came from another bus; AWS lets it go no further than this one. */
  readonly isForwarded: boolean;
}

const entryKeys = ['source', 'detailType', 'detail', 'resources', 'time', 'traceHeader'] as const;

/** @throws BrokerError `ValidationException` where AWS refuses the whole request */
export function checkEntries(entries: readonly BusEntry[]): void {
  if (!Array.isArray(entries)) throw new InvalidOptionError('entries', 'a list', entries);
  const { putEntries, putBytes } = limits.eventBus;
  if (entries.length === 0 || entries.length > putEntries) {
    const rule =
      entries.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${putEntries}`;
    throw new BrokerError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${rule}`,
    );
  }
  entries.forEach(checkEntry);
  const bytes = entries.reduce((total, entry) => total + bytesOf(entry), 0);
  if (bytes > putBytes) {
    throw new BrokerError(
      'ValidationException',
      'Total size of the entries in the request is over the limit.',
    );
  }
}

/** Makes the event of an entry, or says why AWS refuses the entry. */
export function eventOf(
  entry: BusEntry,
  facts: { readonly home: Home; readonly id: string; readonly nowMs: number },
): BusEvent | { readonly errorCode: string; readonly errorMessage: string } {
  const { source, detailType, resources = [], time } = entry;
  const missing = missingOf(entry);
  if (missing !== undefined) {
    return {
      errorCode: 'InvalidArgument',
      errorMessage: `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
    };
  }
  const detail = detailOf(entry.detail);
  if (detail === undefined) {
    return { errorCode: 'MalformedDetail', errorMessage: 'Detail is malformed.' };
  }
  const { home, id, nowMs } = facts;
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account: home.accountId,
    time: toSeconds(time ?? new Date(nowMs)),
    region: home.region,
    resources: [...resources],
    detail,
  };
}

/** ISO 8601 without fractions of a second. */
export function toSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

function checkEntry(entry: BusEntry, index: number): void {
  const name = `entries[${index}]`;
  checkKnownKeys(name, entry, entryKeys);
  for (const key of ['source', 'detailType', 'traceHeader'] as const) {
    const value: unknown = entry[key];
    if (value === undefined || typeof value === 'string') continue;
    throw new InvalidOptionError(`${name}.${key}`, 'a string', value);
  }
  const { time, resources }: { time?: unknown; resources?: unknown } = entry;
  if (time !== undefined && !(time instanceof Date && !Number.isNaN(time.getTime()))) {
    throw new InvalidOptionError(`${name}.time`, 'a valid Date', time);
  }
  const isList = Array.isArray(resources) && resources.every((arn) => typeof arn === 'string');
  if (resources !== undefined && !isList) {
    throw new InvalidOptionError(`${name}.resources`, 'a list of strings', resources);
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function bytesOf({ source, detailType, detail, resources = [], time }: BusEntry): number {
  const texts = [source, detailType, detailText(detail), ...resources];
  const bytes = texts.reduce((total, text) => total + Buffer.byteLength(text ?? ''), 0);
  return bytes + (time === undefined ? 0 : 14);
}

function missingOf({ source, detailType, detail }: BusEntry): string | undefined {
  if (source === undefined || source === '') return 'Source';
  if (detailType === undefined || detailType === '') return 'DetailType';
  if (detail === undefined || detail === '') return 'Detail';
  return undefined;
}

/** Undefined for what JSON cannot express. */
function detailText(detail: object | string): string | undefined {
  if (typeof detail === 'string') return detail;
  try {
    return JSON.stringify(detail);
  } catch {
    // Cyclic, or too deep.
    return undefined;
  }
}

/** A copy of the detail as JSON has it; undefined when it is no object. */
function detailOf(detail: object | string): Record<string, unknown> | undefined {
  const text = detailText(detail);
  if (text === undefined || isTooDeep(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Counted before it is parsed: what comes after walks it recursively. */
function isTooDeep(json: string): boolean {
  if (json.length < 2 * limits.eventBus.nesting) return false;
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < json.length; index += 1) {
    const unit = json.charCodeAt(index);
    if (unit === quote) isInText = !isInText;
    else if (isInText && unit === backslash) index += 1;
    else if (!isInText && (unit === openBrace || unit === openBracket)) depth += 1;
    else if (!isInText && (unit === closeBrace || unit === closeBracket)) depth -= 1;
    if (depth > limits.eventBus.nesting) return true;
  }
  return false;
}

const [quote, backslash, openBrace, openBracket, closeBrace, closeBracket] = Buffer.from('"\\{[}]');
