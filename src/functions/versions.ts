import { checkQualifier, functionArn } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ConflictError, FunctionNotFoundError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { checkKnownKeys } from '../core/options.ts';
import { AwsRuleError } from './aws-rule-error.ts';
import type { FunctionDirectory, FunctionEntry } from './directory.ts';
import { checkDescription } from './description.ts';
import {
  isSameDeployment,
  latestVersion,
  publishedRecord,
  type FunctionVersionRecord,
} from './function-record.ts';
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

/** Why a version's environments are of no more use. */
export type RetireReason = 'updated' | 'deleted';
export type OnRetired = (record: FunctionVersionRecord, reason: RetireReason) => void;

const publishKeys = Object.keys({
  description: true,
  codeSha256: true,
  revisionId: true,
} satisfies Record<keyof PublishOptions, true>);

/** The numbered versions of functions. https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html */
export class Versions {
  readonly #directory: FunctionDirectory;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #onRetired: OnRetired;
  /** Outlives the functions: a number never comes back, not even under a name that was deleted. */
  readonly #lastNumbers = new Map<string, number>();

  constructor(directory: FunctionDirectory, clock: Clock, ids: Ids, onRetired: OnRetired) {
    this.#directory = directory;
    this.#clock = clock;
    this.#ids = ids;
    this.#onRetired = onRetired;
  }

  /** Freezes `$LATEST` under the next number; without changes since the last time, returns that version. */
  publish(reference: string, options: PublishOptions = {}): FunctionVersionRecord {
    checkKnownKeys('options', options, publishKeys);
    const entry = this.#directory.needIdle(reference);
    const { latest } = entry;
    const { description = latest.description, codeSha256, revisionId } = options;
    checkDescription(description);
    checkCodeSha256(codeSha256, latest);
    checkRevision(revisionId, latest.revisionId);
    const unchanged = publishedBefore(entry);
    if (unchanged !== undefined) return unchanged;

    const number = (this.#lastNumbers.get(entry.name) ?? 0) + 1;
    const record = publishedRecord(this.#directory.home, latest, String(number), description, {
      revisionId: this.#ids.uuid(),
      lastModified: new Date(this.#clock.now()).toISOString(),
    });
    this.#lastNumbers.set(entry.name, number);
    entry.versions.set(record.version, record);
    entry.lastPublish = { from: latest, to: record };
    this.#directory.changed();
    return record;
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

  /** Throws `ConflictError` while an alias sends requests to it. */
  delete(reference: string, version: string): void {
    checkQualifier('version', version);
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

    entry.versions.delete(version);
    // The next number may then hold the same again.
    if (entry.lastPublish?.to === record) entry.lastPublish = undefined;
    this.#directory.changed();
    this.#onRetired(record, 'deleted');
  }

  #notFound(entry: FunctionEntry, version: string): FunctionNotFoundError {
    const arn = functionArn(this.#directory.home, entry.name, version);
    return new FunctionNotFoundError(arn, `Function not found: ${arn}`);
  }
}

/** `$LATEST` or a published version of one function. */
export function versionOf(
  entry: FunctionEntry,
  version: string,
): FunctionVersionRecord | undefined {
  return version === latestVersion ? entry.latest : entry.versions.get(version);
}

/** The version that publishing again would only repeat. */
function publishedBefore(entry: FunctionEntry): FunctionVersionRecord | undefined {
  const { latest, lastPublish } = entry;
  if (lastPublish === undefined || !isSameDeployment(lastPublish.from, latest)) return undefined;
  return lastPublish.to;
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
