/** A place in a shard of a stream, as an iterator carries it. */
export interface ShardPlace {
  readonly streamArn: string;
  readonly shardId: string;
  /** Of the next record to be read. */
  readonly index: number;
  readonly issuedMs: number;
}

/** Iterators are opaque to callers; this is what isolambda writes into them. */
export function encodeIterator({ streamArn, shardId, index, issuedMs }: ShardPlace): string {
  return Buffer.from(JSON.stringify([streamArn, shardId, index, issuedMs])).toString('base64');
}

/** Undefined when the text is not an iterator of that stream. */
export function decodeIterator(text: unknown, ofStream: string): ShardPlace | undefined {
  const fields = typeof text === 'string' ? parse(Buffer.from(text, 'base64').toString()) : [];
  const [streamArn, shardId, index, issuedMs] = fields;
  if (streamArn !== ofStream || typeof shardId !== 'string') return undefined;
  if (!isCount(index) || !isCount(issuedMs)) return undefined;
  return { streamArn, shardId, index, issuedMs };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parse(json: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
