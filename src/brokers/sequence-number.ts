/** How a kind of stream counts the records of one shard. */
export interface SequenceNumbers {
  /** Of the shard itself; every record's is greater. */
  readonly first: string;
  /** Greater than every record's. */
  readonly last: string;
  /** @param index 1 for the first record of the shard */
  of(index: number, atMs: number): string;
  /** Undefined when the number did not come from this shard; 0 for the shard's own first number. */
  indexOf(sequenceNumber: string): number | undefined;
}

const decimal = /^(?:0|[1-9]\d{0,127})$/;
const greatestIndex = 2n ** 63n - 1n;

/**
 * Numbers as Kinesis makes them: 56 digits that hold, from the top, a version, when the shard was made, the
 * record's index, when it came, and the shard's number. Those of a shard made later are greater.
 */
export function kinesisSequenceNumbers(
  shardIndex: number,
  createdSeconds: number,
): SequenceNumbers {
  const shard = BigInt(shardIndex);
  const version = 2n;
  const head = (version << 40n) | (BigInt(createdSeconds) << 4n) | (shard & 0xfn);
  const make = (index: bigint, atMs: number): string => {
    const seconds = BigInt(Math.floor(atMs / 1_000)) & 0xf_ffff_ffffn;
    const tail = (seconds << 36n) | (shard << 4n) | version;
    return ((head << 144n) | (index << 80n) | tail).toString();
  };
  return {
    first: make(0n, createdSeconds * 1_000),
    last: make(greatestIndex, createdSeconds * 1_000),
    of: (index, atMs) => make(BigInt(index), atMs),
    indexOf: (sequenceNumber) => {
      if (!decimal.test(sequenceNumber)) return undefined;
      const value = BigInt(sequenceNumber);
      const isOfShard = value >> 144n === head && ((value >> 4n) & 0xffff_ffffn) === shard;
      return isOfShard ? Number((value >> 80n) & 0xffff_ffff_ffff_ffffn) : undefined;
    },
  };
}

/** Numbers as the streams of tables have them: 28 digits, greater with each record of the table. */
export function tableSequenceNumbers(createdMs: number): SequenceNumbers {
  const indexes = 10n ** 15n;
  const head = BigInt(createdMs) * indexes;
  return {
    first: head.toString(),
    last: (head + indexes - 1n).toString(),
    of: (index) => (head + BigInt(index)).toString(),
    indexOf: (sequenceNumber) => {
      if (!decimal.test(sequenceNumber)) return undefined;
      const index = BigInt(sequenceNumber) - head;
      return index >= 0n && index < indexes ? Number(index) : undefined;
    },
  };
}
