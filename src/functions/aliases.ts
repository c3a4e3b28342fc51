import { checkAliasName, functionArn } from '../core/arn.ts';
import { ConflictError, FunctionNotFoundError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { checkKnownKeys } from '../core/options.ts';
import { resolveWeights } from './alias-weights.ts';
import { versionOf, type FunctionDirectory, type FunctionEntry } from './directory.ts';
import { checkDescription } from './description.ts';
import { functionDocument } from './function-state.ts';
import type { Change, Journal } from './journal.ts';
import { checkRevision } from './revision.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html */
export interface AliasOptions {
  /** `$LATEST` or the number of a published version. */
  readonly version: string;
  /**
   * Share of the requests, 0 to 1, that goes to one other version; the rest goes to `version`.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
   * @default {}
   */
  readonly weights?: Readonly<Record<string, number>>;
  /** @default '' */
  readonly description?: string;
}

/** What is left out stays; `weights: {}` ends weighted routing. */
export interface AliasChanges extends Partial<AliasOptions> {
  /** Change only if the alias is at this revision. */
  readonly revisionId?: string;
}

/** An alias as it is now; frozen. */
export interface AliasRecord {
  readonly functionName: string;
  readonly name: string;
  readonly arn: string;
  readonly version: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly description: string;
  readonly revisionId: string;
}

/** Throws when an alias may not become that. */
export type CheckAlias = (alias: AliasRecord) => void;

const optionKeys = Object.keys({
  version: true,
  weights: true,
  description: true,
} satisfies Record<keyof AliasOptions, true>);

/** Names for versions. https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html */
export class Aliases {
  readonly #directory: FunctionDirectory;
  readonly #journal: Journal;
  readonly #ids: Ids;
  readonly #check: CheckAlias;

  constructor(
    directory: FunctionDirectory,
    journal: Journal,
    ids: Ids,
    check: CheckAlias = () => {},
  ) {
    this.#directory = directory;
    this.#journal = journal;
    this.#ids = ids;
    this.#check = check;
  }

  async create(reference: string, name: string, options: AliasOptions): Promise<AliasRecord> {
    checkAliasName('name', name);
    checkKnownKeys('options', options, optionKeys);
    return this.#journal.commit(this.#directory.nameOf(reference), () => {
      const entry = this.#directory.need(reference);
      const record = this.#record(entry, name, options);
      if (entry.aliases.has(name)) throw new ConflictError(`Alias already exists: ${record.arn}`);
      return this.#planToKeep(entry, record);
    });
  }

  get(reference: string, name: string): AliasRecord {
    checkAliasName('name', name);
    const alias = this.#directory.need(reference).aliases.get(name);
    if (alias === undefined) throw this.#notFound('Cannot find alias arn', reference, name);
    return alias;
  }

  /** In the order of creation; with `version`, only those that send requests to it first. */
  list(reference: string, options: { readonly version?: string } = {}): readonly AliasRecord[] {
    const { version } = options;
    const aliases = [...this.#directory.need(reference).aliases.values()];
    return version === undefined ? aliases : aliases.filter((alias) => alias.version === version);
  }

  async update(reference: string, name: string, changes: AliasChanges): Promise<AliasRecord> {
    checkAliasName('name', name);
    checkKnownKeys('changes', changes, [...optionKeys, 'revisionId']);
    return this.#journal.commit(this.#directory.nameOf(reference), () => {
      const entry = this.#directory.need(reference);
      const current = entry.aliases.get(name);
      if (current === undefined) throw this.#notFound('Alias not found', reference, name);
      checkRevision(changes.revisionId, current.revisionId);

      const { version = current.version, weights = current.weights } = changes;
      const { description = current.description } = changes;
      const record = this.#record(entry, name, { version, weights, description });
      this.#check(record);
      return this.#planToKeep(entry, record);
    });
  }

  /** Deleting an alias that does not exist is no error, as in AWS; gives whether there was one. */
  async delete(reference: string, name: string): Promise<boolean> {
    checkAliasName('name', name);
    return this.#journal.commit(this.#directory.nameOf(reference), () => {
      const entry = this.#directory.need(reference);
      if (!entry.aliases.has(name)) return { apply: () => false };
      return {
        stored: () => {
          const aliases = new Map(entry.aliases);
          aliases.delete(name);
          return { put: [functionDocument({ ...entry, aliases })] };
        },
        apply: () => {
          entry.aliases.delete(name);
          this.#directory.changed();
          return true;
        },
      };
    });
  }

  #record(entry: FunctionEntry, name: string, options: AliasOptions): AliasRecord {
    const { version, weights = {}, description = '' } = options;
    checkDescription(description);
    return Object.freeze({
      functionName: entry.name,
      name,
      arn: functionArn(this.#directory.home, entry.name, name),
      version,
      weights: resolveWeights(
        { version, weights },
        (number) => versionOf(entry, number),
        entry.arn,
      ),
      description,
      revisionId: this.#ids.uuid(),
    });
  }

  #planToKeep(entry: FunctionEntry, record: AliasRecord): Change<AliasRecord> {
    return {
      stored: () => {
        const aliases = new Map(entry.aliases).set(record.name, record);
        return { put: [functionDocument({ ...entry, aliases })] };
      },
      apply: () => {
        entry.aliases.set(record.name, record);
        this.#directory.changed();
        return record;
      },
    };
  }

  #notFound(text: string, reference: string, name: string): FunctionNotFoundError {
    const arn = functionArn(this.#directory.home, this.#directory.nameOf(reference), name);
    return new FunctionNotFoundError(arn, `${text}: ${arn}`);
  }
}
