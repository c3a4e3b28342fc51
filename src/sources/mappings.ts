import { Queue } from '../brokers/queue.ts';
import type { Stream } from '../brokers/stream.ts';
import { TableStream } from '../brokers/table-stream.ts';
import type { Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ConflictError, FunctionNotFoundError } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import type { Target } from '../functions/routing.ts';
import type { FunctionStore } from '../functions/store.ts';
import { Journal } from '../functions/journal.ts';
import { resolveTags } from '../functions/tags.ts';
import type { StateStore } from '../storage/state-store.ts';
import type { BatchCaller } from './batch-caller.ts';
import type { FailureDelivery, GivenUpBatch } from './failure-record.ts';
import { MappingInUseError, MappingNotFoundError } from './mapping-errors.ts';
import type { MappingChanges, MappingOptions } from './mapping-options.ts';
import {
  nothingProcessed,
  type KeptMembers,
  userReason,
  type MappingInfo,
  type MappingRecord,
  type MappingState,
} from './mapping-record.ts';
import {
  changedSettings,
  checkChangeNames,
  checkOptionNames,
  resolveSettings,
} from './mapping-rules.ts';
import { mappingDocument, mappingKey, mappingPrefix, readMapping } from './mapping-state.ts';
import type { Poller, StreamPollerOptions } from './poller.ts';
import { QueuePoller } from './queue-poller.ts';
import { SourceRules } from './source-rules.ts';
import { StreamPoller } from './stream-poller.ts';
import { StreamProgress } from './stream-progress.ts';
import { kinesisFormat, tableFormat } from './stream-records.ts';

/** What there is to read. */
export type Source = Queue | Stream | TableStream;

/** What mappings need of the rest of a `Lambda`. */
export interface MappingsOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  readonly store: FunctionStore;
  readonly caller: BatchCaller;
  /** Left out where everything dies with the process. */
  readonly state: StateStore | undefined;
  /** A queue, stream or table stream of this `Lambda`. */
  readonly findSource: (arn: string) => Source | undefined;
  /** Whether records of failures can go there. */
  readonly canTakeFailures: (arn: string) => boolean;
  /** Tells of a batch of a stream that was given up; never rejects. */
  readonly deliverFailure: (
    mapping: MappingRecord,
    delivery: FailureDelivery,
    batch: GivenUpBatch,
  ) => Promise<void>;
}

interface Entry {
  record: MappingRecord;
  state: MappingState;
  lastResult: string;
  poller: Poller | undefined;
  progress: StreamProgress;
  /** Settles when no change is under way; never rejects. */
  settled: Promise<void>;
}

/** Every change of a mapping waits for the one before it. */
const subject = 'mappings';

/**
 * The event source mappings of one `Lambda`: what they are, what they do, and who reads for them. A change answers
 * with the state that leads to it; the state after it comes a turn later, or when running batches have ended.
 */
export class Mappings {
  readonly #options: MappingsOptions;
  readonly #journal: Journal;
  readonly #rules: SourceRules;
  readonly #entries = new Map<string, Entry>();
  /** Changes that nobody asked for, on their way to the storage. */
  readonly #writing = new Set<Promise<void>>();
  #lastSequence = 0;
  #isStopping = false;

  constructor(options: MappingsOptions) {
    this.#options = options;
    this.#journal = new Journal(options.state);
    this.#rules = new SourceRules(options);
  }

  /**
   * @throws ConflictError when the function reads this source already
   * @throws AwsRuleError for what AWS refuses
   */
  async create(options: MappingOptions, kept: KeptMembers = {}): Promise<MappingInfo> {
    checkOptionNames(options);
    const { source: _source, target: _target, enabled: isEnabled = true, ...others } = options;
    const { tags = {}, ...tuning } = others;
    const { clock, ids, home } = this.#options;
    const source = this.#rules.source(options.source);
    const settings = resolveSettings(tuning, source);
    this.#rules.checkStart(settings);
    const target = this.#rules.target(options.target);
    this.#rules.checkPair(source, target, settings);
    const id = ids.uuid();
    const entry = await this.#journal.commit(subject, () => {
      this.#checkIsNew(source.arn, target.functionArn);
      const record: MappingRecord = Object.freeze({
        id,
        arn: `arn:${home.partition}:lambda:${home.region}:${home.accountId}:event-source-mapping:${id}`,
        sequence: this.#lastSequence + 1,
        kind: source.kind,
        sourceArn: source.arn,
        ...target,
        settings,
        isEnabled: this.#rules.flag('enabled', isEnabled),
        stateReason: userReason(source.kind),
        lastModifiedMs: clock.now(),
        tags: resolveTags(tags),
        kept,
      });
      return {
        stored: () => ({ put: [mappingDocument(record)] }),
        apply: () => this.#add(record, 'Creating'),
      };
    });
    this.#emit('mapping.created', entry);
    this.#settle(entry);
    return infoOf(entry);
  }

  /** In the order of creation. */
  list(): readonly MappingInfo[] {
    return [...this.#entries.values()]
      .sort((a, b) => a.record.sequence - b.record.sequence)
      .map(infoOf);
  }

  /** @throws MappingNotFoundError */
  get(id: string): MappingInfo {
    return infoOf(this.#need(id));
  }

  find(id: string): MappingInfo | undefined {
    const entry = this.#entries.get(id);
    return entry && infoOf(entry);
  }

  /** Resolves when no change of the mapping is under way; at once when it is gone. */
  async settled(id: string): Promise<void> {
    await this.#entries.get(id)?.settled;
  }

  /**
   * @throws MappingInUseError while another change is under way
   * @throws MappingNotFoundError
   */
  async update(id: string, changes: MappingChanges, kept: KeptMembers = {}): Promise<MappingInfo> {
    checkChangeNames(changes);
    const entry = await this.#journal.commit(subject, () => {
      const found = this.#needIdle(id, 'update');
      const changed = this.#changed(found.record, changes);
      const record = Object.freeze({ ...changed, kept: { ...changed.kept, ...kept } });
      return {
        stored: () => ({ put: [mappingDocument(record)] }),
        apply: () => {
          const was = found.record.isEnabled;
          found.record = record;
          const isToggled = was !== record.isEnabled;
          this.#move(found, isToggled ? (was ? 'Disabling' : 'Enabling') : 'Updating');
          return found;
        },
      };
    });
    this.#emit('mapping.updated', entry);
    this.#settle(entry);
    return infoOf(entry);
  }

  /**
   * @throws MappingInUseError while another change is under way
   * @throws MappingNotFoundError
   */
  async delete(id: string): Promise<MappingInfo> {
    const entry = await this.#journal.commit(subject, () => {
      const found = this.#needIdle(id, 'delete');
      return {
        stored: () => ({ delete: [mappingKey(id)] }),
        apply: () => {
          this.#move(found, 'Deleting');
          return found;
        },
      };
    });
    this.#settle(entry);
    return infoOf(entry);
  }

  /** Replaces the tags; allowed in every state. @throws MappingNotFoundError */
  async setTags(id: string, given: Readonly<Record<string, string>>): Promise<void> {
    const tags = resolveTags(given);
    await this.#journal.commit(subject, () => {
      const entry = this.#need(id);
      const record = Object.freeze({ ...entry.record, tags });
      return {
        stored: () => ({ put: [mappingDocument(record)] }),
        apply: () => {
          entry.record = record;
        },
      };
    });
  }

  /** @throws MappingNotFoundError */
  keptOf(id: string): KeptMembers {
    return this.#need(id).record.kept;
  }

  /** Takes up what the storage kept, when sources and functions are there. */
  async restore(): Promise<void> {
    for (const document of (await this.#options.state?.list(mappingPrefix)) ?? []) {
      const entry = this.#add(readMapping(document), 'Creating');
      this.#settle(entry);
      await entry.settled;
    }
  }

  /** A source was made: what waited for it reads from now on. */
  sourceAdded(arn: string): void {
    for (const entry of this.#entries.values()) {
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
    for (const entry of this.#entries.values()) {
      const { record } = entry;
      if (record.functionName !== functionName) continue;
      if (qualifier !== undefined && record.qualifier !== qualifier) continue;
      this.#switchOff(entry, 'Function does not exist');
    }
  }

  /** Reads nothing more; resolves when running batches have ended. Changes are refused. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#journal.close();
    await Promise.all(
      Array.from(this.#entries.values(), async (entry) => {
        await entry.poller?.stop();
        await entry.settled;
      }),
    );
    await Promise.all(this.#writing);
  }

  #add(record: MappingRecord, state: MappingState): Entry {
    const entry: Entry = {
      record,
      state,
      lastResult: nothingProcessed,
      poller: undefined,
      progress: new StreamProgress(),
      settled: Promise.resolve(),
    };
    this.#lastSequence = Math.max(this.#lastSequence, record.sequence);
    this.#entries.set(record.id, entry);
    return entry;
  }

  #changed(before: MappingRecord, changes: MappingChanges): MappingRecord {
    const { enabled = before.isEnabled } = changes;
    const source = {
      kind: before.kind,
      arn: before.sourceArn,
      isFifo: before.sourceArn.endsWith('.fifo'),
    };
    const settings = changedSettings(before.settings, changes, source);
    const target = this.#rules.target(changes.target ?? before.functionArn);
    if (target.functionArn !== before.functionArn) this.#checkIsNew(source.arn, target.functionArn);
    this.#rules.checkPair(source, target, settings);
    return Object.freeze({
      ...before,
      ...target,
      settings,
      isEnabled: this.#rules.flag('enabled', enabled),
      stateReason: userReason(before.kind),
      lastModifiedMs: this.#options.clock.now(),
    });
  }

  #settle(entry: Entry): void {
    entry.settled = entry.settled.then(() => this.#finish(entry));
  }

  async #finish(entry: Entry): Promise<void> {
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
      this.#entries.delete(entry.record.id);
      this.#emit('mapping.deleted', entry);
      return;
    }
    const { isEnabled } = entry.record;
    if (isEnabled) await this.#start(entry)?.ready;
    this.#move(entry, isEnabled ? 'Enabled' : 'Disabled');
  }

  /** Where there is no source yet, `sourceAdded` starts it. */
  #start(entry: Entry): Poller | undefined {
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
    const poller = pollerFor(source, options);
    entry.poller = poller;
    return poller;
  }

  /** Not its owner's will: what the mapping needs is gone. */
  #switchOff(entry: Entry, stateReason: string): void {
    if (entry.state === 'Deleting' || !entry.record.isEnabled) return;
    entry.record = Object.freeze({ ...entry.record, isEnabled: false, stateReason });
    this.#move(entry, 'Disabling');
    this.#keep(entry);
    this.#settle(entry);
  }

  /** Should it fail, the next restart finds the mapping as it was. */
  #keep({ record }: Entry): void {
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

  #move(entry: Entry, state: MappingState): void {
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

  #emit(type: 'mapping.created' | 'mapping.updated' | 'mapping.deleted', entry: Entry): void {
    this.#options.events.emit({ type, ...this.#facts(entry) });
  }

  #facts({ record }: Entry): {
    readonly at: number;
    readonly mappingId: string;
    readonly functionName: string;
    readonly sourceArn: string;
  } {
    const { id: mappingId, functionName, sourceArn } = record;
    return { at: this.#options.clock.now(), mappingId, functionName, sourceArn };
  }

  #need(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new MappingNotFoundError(id);
    return entry;
  }

  #needIdle(id: string, wanted: 'update' | 'delete'): Entry {
    const entry = this.#need(id);
    if (entry.state === 'Enabled' || entry.state === 'Disabled') return entry;
    throw new MappingInUseError(id, entry.state, wanted);
  }

  #checkIsNew(sourceArn: string, wantedArn: string): void {
    for (const { record } of this.#entries.values()) {
      if (record.sourceArn !== sourceArn || record.functionArn !== wantedArn) continue;
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

function pollerFor(source: Source, options: StreamPollerOptions): Poller {
  if (source instanceof Queue) return new QueuePoller(options, source);
  if (source instanceof TableStream) return new StreamPoller(options, source, tableFormat);
  const { home, target } = options;
  const roleArn = (): string => roleOf(target);
  const format = kinesisFormat({ streamArn: source.arn, region: home.region, roleArn });
  return new StreamPoller(options, source, format);
}

/** A function that was deleted has none; nobody gets such a record. */
function roleOf(target: Target): string {
  try {
    return target.pick().version.config.role;
  } catch (error) {
    if (error instanceof FunctionNotFoundError) return '';
    throw error;
  }
}

function infoOf({ record, state, lastResult }: Entry): MappingInfo {
  const { settings, isEnabled: _wanted, sequence: _place, ...others } = record;
  const { qualifier: _qualifier, kept: _kept, ...rest } = others;
  return Object.freeze({ ...rest, ...settings, state, lastProcessingResult: lastResult });
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
