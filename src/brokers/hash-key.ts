import { createHash } from 'node:crypto';
import type { HashKeyRange } from './record-stream.ts';

/** Both ends belong to it. */
export interface HashRange {
  readonly start: bigint;
  readonly end: bigint;
}

export const greatestHashKey: bigint = 2n ** 128n - 1n;

const pattern = /^(?:0|[1-9]\d{0,38})$/;

/** Where a partition key belongs: its MD5 as a number. */
export function hashOfPartitionKey(partitionKey: string): bigint {
  return BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
}

/** Undefined when the text is not a decimal number below 2^128. */
export function parseHashKey(text: string): bigint | undefined {
  if (!pattern.test(text)) return undefined;
  const value = BigInt(text);
  return value <= greatestHashKey ? value : undefined;
}

/** Ranges of the same size; the last one takes what is left over. */
export function evenHashRanges(count: number): readonly HashRange[] {
  const size = (greatestHashKey + 1n) / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    start: BigInt(index) * size,
    end: index === count - 1 ? greatestHashKey : BigInt(index + 1) * size - 1n,
  }));
}

export function describeHashRange({ start, end }: HashRange): HashKeyRange {
  return { startingHashKey: start.toString(), endingHashKey: end.toString() };
}
