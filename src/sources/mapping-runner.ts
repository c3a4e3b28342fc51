import type { MappingFacts } from '../core/events.ts';
import type { MappingEntries, MappingEntry } from './mapping-entries.ts';
import type { MappingState } from './mapping-record.ts';
import { mappingDocument } from './mapping-state.ts';
import type { MappingsOptions } from './mappings.ts';
import type { Poller, StreamPollerOptions } from './poller.ts';
import { pollerOf } from './poller-of.ts';
import { StreamProgress } from './stream-progress.ts';

/** Starts and stops who reads for a mapping, and moves it from state to state. */
export class MappingRunner {
  readonly #options: MappingsOptions;
  readonly #entries: MappingEntries;
  /** Changes that nobody asked for, on their way to the storage. */
  readonly #writing = new Set<Promise<void>>();
  #isStopping = false;

  constructor(options: MappingsOptions, entries: MappingEntries) {
    this.#options = options;
    this.#entries = entries;
  }

  /** A source was made: what waited for it reads from now on. */
  sourceAdded(arn: string): void {
    for (const entry of this.#entries.all()) {
      if (entry.state !== 'Enabled' || entry.poller !== undefined) continue;
      const { record } = entry;
      if (record.kind === 'table' && isStreamOfSameTable(record.sourceArn, arn)) {
        // The stream of a table that was made again has another ARN.
        entry.record = Object.freeze({ ...record, sourceArn: arn });
        this.#keep(entry);
      } else if (record.sourceArn !== arn) {
        continue;
      }
      // Nothing is in it yet: `LATEST` is where it begins.
      entry.progress = new StreamProgress();
      entry.progress.hasBegun = true;
      this.#start(entry);
    }
  }

  /** Nobody can be invoked any more: its mappings stay, and read nothing. */
  functionDeleted(functionName: string, qualifier?: string): void {
    for (const entry of this.#entries.all()) {
      const { record } = entry;
      if (record.functionName !== functionName) continue;
      if (qualifier !== undefined && record.qualifier !== qualifier) continue;
      this.#switchOff(entry, 'Function does not exist');
    }
  }

  /** Reads nothing more; resolves when running batches have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(
      this.#entries.all().map(async (entry) => {
        await entry.poller?.stop();
        await entry.settled;
      }),
    );
    await Promise.all(this.#writing);
  }

  /** Takes a mapping to the state that the one it has leads to. */
  settle(entry: MappingEntry): void {
    entry.settled = entry.settled.then(() => this.#finish(entry));
  }

  /** Says so. */
  move(entry: MappingEntry, state: MappingState): void {
    if (entry.state === state) return;
    entry.state = state;
    const { stateReason: reason } = entry.record;
    this.#options.events.emit({
      type: 'mapping.stateChanged',
      ...this.#facts(entry),
      state,
      reason,
    });
  }

  emit(type: 'mapping.created' | 'mapping.updated' | 'mapping.deleted', entry: MappingEntry): void {
    this.#options.events.emit({ type, ...this.#facts(entry) });
  }

  async #finish(entry: MappingEntry): Promise<void> {
    const { clock } = this.#options;
    const release = clock.hold?.(`mapping ${entry.record.id} changes`);
    await nextTurn();
    // Batches that still run may wait for the clock.
    release?.();
    const { poller } = entry;
    entry.poller = undefined;
    await poller?.stop();
    if (this.#isStopping) return;
    if (entry.state === 'Deleting') {
      this.#entries.remove(entry);
      this.emit('mapping.deleted', entry);
      return;
    }
    const { isEnabled } = entry.record;
    if (isEnabled) await this.#start(entry)?.ready;
    this.move(entry, isEnabled ? 'Enabled' : 'Disabled');
  }

  /** Where there is no source yet, `sourceAdded` starts it. */
  #start(entry: MappingEntry): Poller | undefined {
    const { findSource, store, home, clock, ids, events, caller } = this.#options;
    const { record } = entry;
    const source = findSource(record.sourceArn);
    if (source === undefined || this.#isStopping) return undefined;
    const { functionName, qualifier } = record;
    const target = store.router.target(functionName, qualifier);
    const options: StreamPollerOptions = {
      mapping: record,
      target,
      home,
      clock,
      ids,
      events,
      caller,
      progress: entry.progress,
      deliverFailure: (delivery, batch) => this.#options.deliverFailure(record, delivery, batch),
      onResult: (isSuccess) => {
        entry.lastResult = isSuccess ? 'OK' : 'PROBLEM: Function call failed';
      },
      onSourceGone: (reason) => {
        if (entry.poller === poller && !this.#isStopping) this.#switchOff(entry, reason);
      },
    };
    const poller = pollerOf(source, options);
    entry.poller = poller;
    return poller;
  }

  /** Not its owner's will: what the mapping needs is gone. */
  #switchOff(entry: MappingEntry, stateReason: string): void {
    if (entry.state === 'Deleting' || !entry.record.isEnabled) return;
    entry.record = Object.freeze({ ...entry.record, isEnabled: false, stateReason });
    this.move(entry, 'Disabling');
    this.#keep(entry);
    this.settle(entry);
  }

  /** Should it fail, the next restart finds the mapping as it was. */
  #keep({ record }: MappingEntry): void {
    const { state } = this.#options;
    if (state === undefined) return;
    const writing = state
      .write({ put: [mappingDocument(record)] })
      .catch((error: unknown) => {
        process.emitWarning(error instanceof Error ? error : String(error));
      })
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  #facts({ record }: MappingEntry): MappingFacts {
    const { id: mappingId, functionName, sourceArn } = record;
    return { at: this.#options.clock.now(), mappingId, functionName, sourceArn };
  }
}

function isStreamOfSameTable(streamArn: string, arn: string): boolean {
  const [table] = streamArn.split('/stream/');
  return arn.startsWith(`${table}/stream/`);
}

/** A change that was asked for answers with its first state. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
