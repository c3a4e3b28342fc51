import { failureDelivery, type GiveUpCondition } from './failure-record.ts';
import type { Piece } from './failure-step.ts';
import { usual, type FailedAttempt, type LaneInvocation } from './lane-invocation.ts';
import { mappingFacts, type StreamPollerOptions } from './poller.ts';
import type { LaneRecord, RecordFormat } from './stream-records.ts';

export interface GivenUpParts {
  readonly options: StreamPollerOptions;
  readonly format: Pick<RecordFormat<never>, 'batchInfo' | 'timeText'>;
  readonly shardId: string;
  readonly invocation: LaneInvocation;
  /** Sequence number of the oldest record that the shard still has; undefined when it has none. */
  readonly oldestKept: () => Promise<string | undefined>;
}

/** Gives records up: those that fail too often, are too old, or have left their stream. */
export class GivenUp {
  readonly #parts: GivenUpParts;

  constructor(parts: GivenUpParts) {
    this.#parts = parts;
  }

  /** Gives up what is too old by now, or has left the stream; these stand in front. */
  async withoutOld(
    records: readonly LaneRecord[],
    piece: Piece,
    last: FailedAttempt | undefined,
    isAgain: boolean,
  ): Promise<Piece> {
    const { options, shardId, oldestKept } = this.#parts;
    const { maxRecordAgeMs } = options.mapping.settings;
    let { from } = piece;
    if (isAgain) {
      const kept = await oldestKept();
      const isGone = ({ sequenceNumber }: LaneRecord): boolean =>
        kept === undefined || BigInt(sequenceNumber) < BigInt(kept);
      from = indexWhere(records, piece, (record) => !isGone(record));
      if (from > piece.from) {
        options.events.emit({
          type: 'mapping.recordsDropped',
          ...mappingFacts(options),
          ...spanOf(records.slice(piece.from, from)),
          shardId,
          condition: 'RecordExpired',
        });
      }
    }
    if (maxRecordAgeMs < 0) return { ...piece, from };
    const oldestMs = options.clock.now() - maxRecordAgeMs;
    const young = indexWhere(records, { ...piece, from }, ({ arrivedMs }) => arrivedMs >= oldestMs);
    if (young > from) {
      const count = Math.max(piece.failures, 1);
      await this.giveUp(records.slice(from, young), 'RecordAgeExceeded', count, last);
    }
    return { ...piece, from: young };
  }

  /** Tells observers and the failure destination. */
  async giveUp(
    records: readonly LaneRecord[],
    condition: GiveUpCondition,
    invokeCount: number,
    last: FailedAttempt | undefined,
  ): Promise<void> {
    const { options, shardId, format, invocation } = this.#parts;
    const { clock, deliverFailure, events, ids, mapping } = options;
    events.emit({
      type: 'mapping.recordsDropped',
      ...mappingFacts(options),
      ...spanOf(records),
      shardId,
      condition,
    });
    const { onFailure } = mapping.settings;
    if (onFailure === null) return;
    const batch = {
      requestId: last?.requestId ?? ids.uuid(),
      functionArn: mapping.functionArn,
      condition,
      invokeCount,
      response: condition === 'RecordAgeExceeded' ? undefined : last,
      atMs: clock.now(),
      mappingId: mapping.id,
      shardId,
      streamArn: mapping.sourceArn,
      records,
      eventJson: invocation.eventJson(records, usual),
    };
    await deliverFailure(failureDelivery(onFailure, batch, format, ids.uuid()), batch);
  }
}

/** The first index of a piece whose record fits, or its end. */
function indexWhere(
  records: readonly LaneRecord[],
  { from, to }: Pick<Piece, 'from' | 'to'>,
  fits: (record: LaneRecord) => boolean,
): number {
  const found = records.slice(from, to).findIndex(fits);
  return found < 0 ? to : from + found;
}

function spanOf(records: readonly LaneRecord[]): {
  readonly records: number;
  readonly startSequenceNumber: string | undefined;
  readonly endSequenceNumber: string | undefined;
} {
  return {
    records: records.length,
    startSequenceNumber: records[0]?.sequenceNumber,
    endSequenceNumber: records.at(-1)?.sequenceNumber,
  };
}
