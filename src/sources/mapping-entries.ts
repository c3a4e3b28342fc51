import { ConflictError } from '../core/errors.ts';
import { MappingInUseError, MappingNotFoundError } from './mapping-errors.ts';
import {
  nothingProcessed,
  type MappingInfo,
  type MappingRecord,
  type MappingState,
} from './mapping-record.ts';
import type { Poller } from './poller.ts';
import { StreamProgress } from './stream-progress.ts';

/** A mapping with what it does now. */
export interface MappingEntry {
  record: MappingRecord;
  state: MappingState;
  lastResult: string;
  poller: Poller | undefined;
  progress: StreamProgress;
  /** Settles when no change is under way; never rejects. */
  settled: Promise<void>;
}

/** The mappings that there are, by id. */
export class MappingEntries {
  readonly #byId = new Map<string, MappingEntry>();
  #lastSequence = 0;

  /** Place of the next one in the order of creation. */
  get nextSequence(): number {
    return this.#lastSequence + 1;
  }

  /** In the order of creation. */
  all(): readonly MappingEntry[] {
    return [...this.#byId.values()].sort((a, b) => a.record.sequence - b.record.sequence);
  }

  add(record: MappingRecord): MappingEntry {
    const entry: MappingEntry = {
      record,
      state: 'Creating',
      lastResult: nothingProcessed,
      poller: undefined,
      progress: new StreamProgress(),
      settled: Promise.resolve(),
    };
    this.#lastSequence = Math.max(this.#lastSequence, record.sequence);
    this.#byId.set(record.id, entry);
    return entry;
  }

  remove({ record }: MappingEntry): void {
    this.#byId.delete(record.id);
  }

  find(id: string): MappingEntry | undefined {
    return this.#byId.get(id);
  }

  /** @throws MappingNotFoundError */
  need(id: string): MappingEntry {
    const entry = this.#byId.get(id);
    if (entry === undefined) throw new MappingNotFoundError(id);
    return entry;
  }

  /** @throws MappingInUseError while a change is under way */
  needIdle(id: string, wanted: 'update' | 'delete'): MappingEntry {
    const entry = this.need(id);
    if (entry.state === 'Enabled' || entry.state === 'Disabled') return entry;
    throw new MappingInUseError(id, entry.state, wanted);
  }

  /** @throws ConflictError in AWS's words when the function reads the source already */
  checkIsNew(sourceArn: string, functionArn: string): void {
    for (const { record } of this.#byId.values()) {
      if (record.sourceArn !== sourceArn || record.functionArn !== functionArn) continue;
      const pair = `(" ${sourceArn} ") and function (" ${record.functionName} ")`;
      const rest = `already exists. Please update or delete the existing mapping with UUID ${record.id}`;
      throw new ConflictError(
        record.kind === 'queue'
          ? `An event source mapping with SQS arn ${pair} ${rest}`
          : `The event source arn ${pair} provided mapping ${rest}`,
      );
    }
  }
}

export function infoOf({ record, state, lastResult }: MappingEntry): MappingInfo {
  const { settings, isEnabled: _wanted, sequence: _place, ...others } = record;
  const { qualifier: _qualifier, kept: _kept, ...rest } = others;
  return Object.freeze({ ...rest, ...settings, state, lastProcessingResult: lastResult });
}
