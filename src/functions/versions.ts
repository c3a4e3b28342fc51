import { checkQualifier, functionArn } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ConflictError, FunctionNotFoundError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { checkKnownKeys } from '../core/options.ts';
import { AwsRuleError } from './aws-rule-error.ts';
import type { CodeStorage, Reservation } from './code-storage.ts';
import { versionOf, type FunctionDirectory, type FunctionEntry } from './directory.ts';
import { checkDescription } from './description.ts';
import {
  isSameDeployment,
  publishedRecord,
  type FunctionVersionRecord,
} from './function-record.ts';
import {
  functionDocument,
  lastNumberDocument,
  versionDocument,
  versionKey,
} from './function-state.ts';
import type { Change, Journal } from './journal.ts';
import { checkRevision } from './revision.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html */
export interface PublishOptions {
  /** @default the description of `$LATEST` */
  readonly description?: string;
  /** Publish only if `$LATEST` has this code. */
  readonly codeSha256?: string;
  /** Publish only if `$LATEST` is at this revision. */
  readonly revisionId?: string;
}

export interface Published {
  readonly record: FunctionVersionRecord;
  /** False when nothing had changed and the record was there already. */
  readonly isNew: boolean;
}

/** Why a version's environments are of no more use. */
export type RetireReason = 'updated' | 'deleted';
export type OnRetired = (record: FunctionVersionRecord, reason: RetireReason) => void;

const publishKeys = Object.keys({
  description: true,
  codeSha256: true,
  revisionId: true,
} satisfies Record<keyof PublishOptions, true>);

export interface VersionsContext {
  readonly directory: FunctionDirectory;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly onRetired: OnRetired;
  readonly codeStorage: CodeStorage;
}

/** The numbered versions of functions. https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html */
export class Versions {
  readonly #directory: FunctionDirectory;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #onRetired: OnRetired;
  readonly #codeStorage: CodeStorage;
  /** Outlives the functions: a number never comes back, not even under a name that was deleted. */
  readonly #lastNumbers = new Map<string, number>();

  constructor(context: VersionsContext) {
    this.#directory = context.directory;
    this.#journal = context.journal;
    this.#clock = context.clock;
    this.#ids = context.ids;
    this.#onRetired = context.onRetired;
    this.#codeStorage = context.codeStorage;
  }

  /** Freezes `$LATEST` under the next number; without changes since the last time, gives that version. */
  async publish(reference: string, options: PublishOptions = {}): Promise<Published> {
    checkKnownKeys('options', options, publishKeys);
    const reservation = this.#codeStorage.reservation();
    return this.#journal
      .commit(this.#directory.nameOf(reference), () =>
        this.#planPublish(reference, options, reservation),
      )
      .finally(() => reservation.release());
  }

  /** The version of a number, of `$LATEST`, or the one that an alias sends requests to first. */
  get(reference: string, qualifier: string): FunctionVersionRecord {
    checkQualifier('qualifier', qualifier);
    const entry = this.#directory.need(reference);
    const record = versionOf(entry, entry.aliases.get(qualifier)?.version ?? qualifier);
    if (record === undefined) throw this.#notFound(entry, qualifier);
    return record;
  }

  /** `$LATEST` first, then the published ones, oldest first. */
  list(reference: string): readonly FunctionVersionRecord[] {
    const { latest, versions } = this.#directory.need(reference);
    return [latest, ...versions.values()];
  }

  /** Rejects with `ConflictError` while an alias sends requests to it. */
  async delete(reference: string, version: string): Promise<void> {
    checkQualifier('version', version);
    return this.#journal.commit(this.#directory.nameOf(reference), () =>
      this.#planDelete(reference, version),
    );
  }

  /** After a restart, numbers go on where they stopped. */
  restoreLastNumber(name: string, last: number): void {
    this.#lastNumbers.set(name, Math.max(last, this.#lastNumbers.get(name) ?? 0));
  }

  #planPublish(
    reference: string,
    options: PublishOptions,
    reservation: Reservation,
  ): Change<Published> {
    const entry = this.#directory.needIdle(reference);
    const { name, latest } = entry;
    const { description = latest.description, codeSha256, revisionId } = options;
    checkDescription(description);
    checkCodeSha256(codeSha256, latest);
    checkRevision(revisionId, latest.revisionId);
    const unchanged = publishedBefore(entry);
    if (unchanged !== undefined) return { apply: () => ({ record: unchanged, isNew: false }) };

    reservation.add(latest.codeSize);
    const number = (this.#lastNumbers.get(name) ?? 0) + 1;
    const record = publishedRecord(this.#directory.home, latest, String(number), description, {
      revisionId: this.#ids.uuid(),
      lastModified: new Date(this.#clock.now()).toISOString(),
    });
    return {
      stored: () => ({
        put: [
          versionDocument(record),
          functionDocument({ ...entry, lastPublished: record }),
          lastNumberDocument(name, number),
        ],
      }),
      apply: () => {
        this.#lastNumbers.set(name, number);
        entry.versions.set(record.version, record);
        entry.lastPublished = record;
        this.#directory.changed();
        return { record, isNew: true };
      },
    };
  }

  #planDelete(reference: string, version: string): Change<void> {
    const entry = this.#directory.need(reference);
    const record = versionOf(entry, version);
    if (record === entry.latest) {
      throw new AwsRuleError(
        'version',
        'the number of a published version',
        version,
        '$LATEST version cannot be deleted without deleting the function.',
      );
    }
    if (record === undefined) throw this.#notFound(entry, version);
    const aliases = aliasesOn(entry, version);
    if (aliases.length > 0) {
      throw new ConflictError(
        `Unable to delete version because the following aliases reference it: [${aliases.join(', ')}]`,
      );
    }

    // Without it, the next number may hold the same again.
    const lastPublished = entry.lastPublished === record ? undefined : entry.lastPublished;
    return {
      stored: () => ({
        put: [functionDocument({ ...entry, lastPublished })],
        delete: [versionKey(entry.name, version)],
      }),
      apply: () => {
        entry.versions.delete(version);
        entry.lastPublished = lastPublished;
        this.#directory.changed();
        this.#onRetired(record, 'deleted');
      },
    };
  }

  #notFound(entry: FunctionEntry, version: string): FunctionNotFoundError {
    const arn = functionArn(this.#directory.home, entry.name, version);
    return new FunctionNotFoundError(arn, `Function not found: ${arn}`);
  }
}

/** The version that publishing again would only repeat. */
function publishedBefore(entry: FunctionEntry): FunctionVersionRecord | undefined {
  const { latest, lastPublished } = entry;
  if (lastPublished === undefined || !isSameDeployment(lastPublished, latest)) return undefined;
  return lastPublished;
}

function aliasesOn(entry: FunctionEntry, version: string): readonly string[] {
  return [...entry.aliases.values()]
    .filter((alias) => alias.version === version || Object.hasOwn(alias.weights, version))
    .map((alias) => alias.name);
}

function checkCodeSha256(given: string | undefined, latest: FunctionVersionRecord): void {
  if (given === undefined || given === latest.codeSha256) return;
  throw new AwsRuleError(
    'codeSha256',
    'the SHA-256 of the code of $LATEST',
    given,
    `CodeSHA256 (${given}) is different from current CodeSHA256 in $LATEST (${latest.codeSha256}). ` +
      'Please try again with the CodeSHA256 in $LATEST.',
  );
}
