import { InvalidOptionError } from '../core/errors.ts';
import {
  checkBoolean,
  checkInteger,
  checkKnownKeys,
  checkOneOf,
  checkString,
} from '../core/options.ts';
import type { OpenQueueOptions, OutMessage, QueueCaps, ReceiveOptions } from './delivery-queue.ts';

/** Longest body and meta together that the storages of this room take; what AWS takes is the broker's matter. */
const maxMessageBytes = 67_108_864;

/** What the queues of this room can do. */
export function capsOf(durable: boolean): QueueCaps {
  const able = { batch: true, delay: true, fifo: true, dedup: true } as const;
  return Object.freeze({ ...able, maxBytes: maxMessageBytes, durable });
}

const time = { min: 0, max: 8_640_000_000_000_000 };

const optionKeys = [
  'name',
  'label',
  'isFifo',
  'dedupWindowMs',
  'dedupScope',
  'retentionMs',
  'keepsAlive',
];
/** A thousand years: a sum with a time of our days is exact. */
const duration = { min: 0, max: 31_536_000_000_000 };

export function checkQueueOptions(options: OpenQueueOptions): void {
  checkKnownKeys('options', options, optionKeys);
  const { dedupWindowMs, dedupScope, retentionMs, keepsAlive } = options;
  const anyText = { maxLength: 1_024, pattern: /./, says: 'a string of 1 to 1024 characters' };
  checkString('name', options.name, anyText);
  checkString('label', options.label, anyText);
  checkBoolean('isFifo', options.isFifo);
  if (dedupWindowMs !== undefined) checkInteger('dedupWindowMs', dedupWindowMs, duration);
  if (dedupScope !== undefined) checkOneOf('dedupScope', dedupScope, ['queue', 'group']);
  if (retentionMs !== undefined) checkInteger('retentionMs', retentionMs, duration);
  if (keepsAlive !== undefined) checkBoolean('keepsAlive', keepsAlive);
}

/** Throws an `InvalidOptionError` before anything of the batch is accepted. */
export function checkMessages(messages: readonly OutMessage[], isFifo: boolean): void {
  for (const message of messages) {
    const { id, body, meta = '', notBeforeMs, groupId, dedupId } = message;
    checkText('id', id);
    if (groupId !== undefined) checkText('groupId', groupId);
    if (dedupId !== undefined) checkText('dedupId', dedupId);
    if (id === '') throw new InvalidOptionError('id', 'a string that is not empty', id);
    checkContent(body, meta);
    if (notBeforeMs !== undefined) checkInteger('notBeforeMs', notBeforeMs, time);
    if (isFifo && groupId === undefined) {
      throw new InvalidOptionError('groupId', 'a string in a FIFO queue', groupId);
    }
  }
}

/** Also for what `nack` and `deadLetter` replace. */
export function checkContent(body: string, meta: string): void {
  checkText('body', body);
  checkText('meta', meta);
  // A UTF-16 unit is three bytes of UTF-8 at most, so most messages need no count.
  if ((body.length + meta.length) * 3 <= maxMessageBytes) return;
  const bytes = Buffer.byteLength(body) + Buffer.byteLength(meta);
  if (bytes <= maxMessageBytes) return;
  throw new InvalidOptionError(
    'body',
    `at most ${maxMessageBytes} bytes of UTF-8 together with its meta`,
    `${bytes} bytes`,
  );
}

export function checkReceive({ max, waitMs, visibilityMs }: ReceiveOptions): void {
  checkInteger('max', max, { min: 1, max: Number.MAX_SAFE_INTEGER });
  if (waitMs !== Number.POSITIVE_INFINITY) checkDuration('waitMs', waitMs);
  checkDuration('visibilityMs', visibilityMs);
}

export function checkDuration(option: string, value: number): void {
  checkInteger(option, value, duration);
}

/**
 * What a file can give back: half of a surrogate pair has no UTF-8, and Node 22 reads a text from SQLite up to its
 * first NUL. AWS's queues take neither; JSON writes both as escapes.
 */
export function checkText(option: string, value: unknown): asserts value is string {
  if (typeof value === 'string' && value.isWellFormed() && !value.includes('\0')) return;
  throw new InvalidOptionError(option, 'a string of well-formed Unicode without NUL', value);
}
