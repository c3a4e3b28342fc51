import type { Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { Events } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import { Journal } from '../functions/journal.ts';
import type { FunctionStore } from '../functions/store.ts';
import { resolveTags } from '../functions/tags.ts';
import type { StateStore } from '../storage/state-store.ts';
import type { BatchCaller } from './batch-caller.ts';
import type { FailureDelivery, GivenUpBatch } from './failure-record.ts';
import { infoOf, MappingEntries } from './mapping-entries.ts';
import type { MappingChanges, MappingOptions } from './mapping-options.ts';
import {
  userReason,
  type KeptMembers,
  type MappingInfo,
  type MappingRecord,
} from './mapping-record.ts';
import {
  changedSettings,
  checkChangeNames,
  checkOptionNames,
  resolveSettings,
} from './mapping-rules.ts';
import { MappingRunner } from './mapping-runner.ts';
import { mappingDocument, mappingKey, mappingPrefix, readMapping } from './mapping-state.ts';
import type { Source } from './poller-of.ts';
import { SourceRules } from './source-rules.ts';

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
  readonly #entries = new MappingEntries();
  readonly #runner: MappingRunner;

  constructor(options: MappingsOptions) {
    this.#options = options;
    this.#journal = new Journal(options.state);
    this.#rules = new SourceRules(options);
    this.#runner = new MappingRunner(options, this.#entries);
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
      this.#entries.checkIsNew(source.arn, target.functionArn);
      const record: MappingRecord = Object.freeze({
        id,
        arn: `arn:${home.partition}:lambda:${home.region}:${home.accountId}:event-source-mapping:${id}`,
        sequence: this.#entries.nextSequence,
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
        apply: () => this.#entries.add(record),
      };
    });
    this.#runner.emit('mapping.created', entry);
    this.#runner.settle(entry);
    return infoOf(entry);
  }

  /** In the order of creation. */
  list(): readonly MappingInfo[] {
    return this.#entries.all().map(infoOf);
  }

  /** @throws MappingNotFoundError */
  get(id: string): MappingInfo {
    return infoOf(this.#entries.need(id));
  }

  find(id: string): MappingInfo | undefined {
    const entry = this.#entries.find(id);
    return entry && infoOf(entry);
  }

  /** Resolves when no change of the mapping is under way; at once when it is gone. */
  async settled(id: string): Promise<void> {
    await this.#entries.find(id)?.settled;
  }

  /**
   * @throws MappingInUseError while another change is under way
   * @throws MappingNotFoundError
   */
  async update(id: string, changes: MappingChanges, kept: KeptMembers = {}): Promise<MappingInfo> {
    checkChangeNames(changes);
    const entry = await this.#journal.commit(subject, () => {
      const found = this.#entries.needIdle(id, 'update');
      const changed = this.#changed(found.record, changes);
      const record = Object.freeze({ ...changed, kept: { ...changed.kept, ...kept } });
      return {
        stored: () => ({ put: [mappingDocument(record)] }),
        apply: () => {
          const was = found.record.isEnabled;
          found.record = record;
          const isToggled = was !== record.isEnabled;
          this.#runner.move(found, isToggled ? (was ? 'Disabling' : 'Enabling') : 'Updating');
          return found;
        },
      };
    });
    this.#runner.emit('mapping.updated', entry);
    this.#runner.settle(entry);
    return infoOf(entry);
  }

  /**
   * @throws MappingInUseError while another change is under way
   * @throws MappingNotFoundError
   */
  async delete(id: string): Promise<MappingInfo> {
    const entry = await this.#journal.commit(subject, () => {
      const found = this.#entries.needIdle(id, 'delete');
      return {
        stored: () => ({ delete: [mappingKey(id)] }),
        apply: () => {
          this.#runner.move(found, 'Deleting');
          return found;
        },
      };
    });
    this.#runner.settle(entry);
    return infoOf(entry);
  }

  /** Replaces the tags; allowed in every state. @throws MappingNotFoundError */
  async setTags(id: string, given: Readonly<Record<string, string>>): Promise<void> {
    const tags = resolveTags(given);
    await this.#journal.commit(subject, () => {
      const entry = this.#entries.need(id);
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
    return this.#entries.need(id).record.kept;
  }

  /** Takes up what the storage kept, when sources and functions are there. */
  async restore(): Promise<void> {
    for (const document of (await this.#options.state?.list(mappingPrefix)) ?? []) {
      const entry = this.#entries.add(readMapping(document));
      this.#runner.settle(entry);
      await entry.settled;
    }
  }

  sourceAdded(arn: string): void {
    this.#runner.sourceAdded(arn);
  }

  functionDeleted(functionName: string, qualifier?: string): void {
    this.#runner.functionDeleted(functionName, qualifier);
  }

  /** Reads nothing more; resolves when running batches have ended. Changes are refused. */
  async stop(): Promise<void> {
    // Reading ends at once, whatever is still being written.
    const ended = this.#runner.stop();
    await this.#journal.close();
    await ended;
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
    if (target.functionArn !== before.functionArn) {
      this.#entries.checkIsNew(source.arn, target.functionArn);
    }
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
}
