import { functionArn, parseFunctionReference, type Home } from '../core/arn.ts';
import { ConflictError, FunctionNotFoundError, InvalidOptionError } from '../core/errors.ts';
import type { AliasRecord } from './aliases.ts';
import type { FunctionSettings } from './function-config.ts';
import { latestVersion, type FunctionVersionRecord } from './function-record.ts';
import type { RuntimeManagementConfig } from './runtime-management-options.ts';

/** One deployed function, as the control plane keeps it; records that leave are frozen. */
export interface FunctionEntry {
  readonly name: string;
  /** Unqualified. */
  readonly arn: string;
  /** Its place in the order of creation. */
  readonly sequence: number;
  config: FunctionSettings;
  latest: FunctionVersionRecord;
  /** Published versions by number, oldest first. */
  readonly versions: Map<string, FunctionVersionRecord>;
  readonly aliases: Map<string, AliasRecord>;
  /** The newest version, while it exists; publishing `$LATEST` unchanged gives it again. */
  lastPublished: FunctionVersionRecord | undefined;
  /** By version; what is not there is `Auto`. */
  runtimeManagement: ReadonlyMap<string, RuntimeManagementConfig>;
  isUpdating: boolean;
}

/**
 * The functions of one `Lambda` by name. `generation` grows with every change of what a name or a
 * qualifier stands for, so that a resolved target knows with one comparison whether it still holds.
 */
export class FunctionDirectory {
  readonly home: Home;
  readonly #entries = new Map<string, FunctionEntry>();
  #generation = 0;
  #lastSequence = 0;

  constructor(home: Home) {
    this.home = home;
  }

  get generation(): number {
    return this.#generation;
  }

  find(name: string): FunctionEntry | undefined {
    return this.#entries.get(name);
  }

  /** The function of a reference; throws when there is none. Qualifiers other than `$LATEST` are refused. */
  need(reference: string): FunctionEntry {
    const name = this.nameOf(reference);
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    const arn = functionArn(this.home, name);
    throw new FunctionNotFoundError(arn, `Function not found: ${arn}`);
  }

  /** As `need`, for a change that must not meet another one half-way. */
  needIdle(reference: string): FunctionEntry {
    const entry = this.need(reference);
    if (!entry.isUpdating) return entry;
    throw new ConflictError(
      `The operation cannot be performed at this time. An update is in progress for resource: ${entry.arn}`,
    );
  }

  nameOf(reference: string): string {
    const { name, qualifier } = parseFunctionReference(reference, this.home);
    if (qualifier === undefined || qualifier === latestVersion) return name;
    throw new InvalidOptionError(
      'functionName',
      'a reference without a version or alias',
      reference,
      'This operation acts on the whole function.',
    );
  }

  /** In the order of creation. */
  all(): readonly FunctionEntry[] {
    return [...this.#entries.values()].sort((a, b) => a.sequence - b.sequence);
  }

  nextSequence(): number {
    this.#lastSequence += 1;
    return this.#lastSequence;
  }

  add(entry: FunctionEntry): void {
    this.#entries.set(entry.name, entry);
    this.#lastSequence = Math.max(this.#lastSequence, entry.sequence);
    this.changed();
  }

  remove(entry: FunctionEntry): void {
    this.#entries.delete(entry.name);
    this.changed();
  }

  /** Tells resolved targets to look again. */
  changed(): void {
    this.#generation += 1;
  }
}

/** `$LATEST` or a published version of one function. */
export function versionOf(
  entry: FunctionEntry,
  version: string,
): FunctionVersionRecord | undefined {
  return version === latestVersion ? entry.latest : entry.versions.get(version);
}
