import type { FunctionFollower } from './control-plane.ts';
import { functionArn, isVersionNumber, type Home } from './core/arn.ts';
import type { Clock } from './core/clock.ts';
import {
  ClosedError,
  ConflictError,
  FunctionNotFoundError,
  InvalidOptionError,
} from './core/errors.ts';
import type { Events } from './core/events.ts';
import { limits } from './core/limits.ts';
import { checkBoolean, checkInteger, checkKnownKeys } from './core/options.ts';
import type { AliasRecord } from './functions/aliases.ts';
import { AwsRuleError } from './functions/aws-rule-error.ts';
import { latestVersion } from './functions/function-record.ts';
import {
  provisionedDocument,
  provisionedKey,
  provisionedPrefix,
  readProvisioned,
  type ProvisionedConfig,
} from './functions/provisioned-config.ts';
import type { FunctionStore } from './functions/store.ts';
import type { Admission } from './invoke/admission.ts';
import type { EnvironmentPool } from './invoke/environment-pool.ts';
import type { EnvironmentStarter } from './invoke/environment-starter.ts';
import {
  initFailure,
  Provision,
  type ProvisionedStatus,
  type ProvisionTargets,
} from './invoke/provision.ts';
import type { StateStore } from './storage/state-store.ts';

/**
 * Provisioned concurrency of a version or an alias, as it is now; frozen.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html
 */
export interface ProvisionedConcurrency {
  /** Of the version or alias. */
  readonly arn: string;
  readonly functionName: string;
  /** The version or alias. */
  readonly qualifier: string;
  readonly status: 'IN_PROGRESS' | 'READY' | 'FAILED';
  /** Why it failed, in AWS's words. */
  readonly statusReason: string | undefined;
  readonly requested: number;
  /** Places that it has: environments that are initialised, and those that are being replaced. */
  readonly allocated: number;
  /** Environments that are initialised, busy ones included. */
  readonly available: number;
  /** ISO 8601 in UTC. */
  readonly lastModified: string;
}

export interface ProvisionOptions {
  /** Waits until all environments are there, or until AWS's tries at init have failed. @default false */
  readonly untilReady?: boolean;
}

export interface ProvisioningOptions {
  readonly home: Home;
  readonly store: FunctionStore;
  readonly state: StateStore;
  readonly admission: Admission;
  readonly pool: EnvironmentPool;
  readonly starter: EnvironmentStarter;
  readonly clock: Clock;
  readonly events: Events;
}

/** One configuration and its environments. */
interface Entry {
  config: ProvisionedConfig;
  readonly provision: Provision;
}

/**
 * Provisioned concurrency of versions and aliases: AWS's rules, what is kept of it, and the environments behind it.
 * https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
export class Provisioning implements FunctionFollower {
  readonly #options: ProvisioningOptions;
  /** By function, then by version or alias. */
  readonly #entries = new Map<string, Map<string, Entry>>();
  #isClosed = false;

  constructor(options: ProvisioningOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the number is kept; environments start, or end, from then on.
   * @throws {AwsRuleError} when too little is left in the account or in the function's reserve
   * @throws {ConflictError} when a version and an alias of it would both have some
   */
  async put(
    functionName: string,
    qualifier: string,
    requested: number,
    options: ProvisionOptions = {},
  ): Promise<ProvisionedConcurrency> {
    if (this.#isClosed) throw new ClosedError();
    const { admission, state, clock } = this.#options;
    checkKnownKeys('options', options, ['untilReady']);
    const { untilReady = false } = options;
    checkBoolean('untilReady', untilReady);
    checkInteger('provisionedConcurrency', requested, limits.provisionedConcurrency);
    this.#check(functionName, qualifier);
    const settled = admission.claimProvisioned(functionName, qualifier, requested);
    try {
      const lastModified = new Date(clock.now()).toISOString();
      const config = { functionName, qualifier, requested, lastModified };
      await state.write({ put: [provisionedDocument(config)] });
      await this.#checkAgain(functionName, qualifier);
      const entry = this.#set(config);
      if (untilReady) await entry.provision.settled;
      return this.#describe(entry);
    } finally {
      settled();
    }
  }

  /**
   * Undefined when nothing is provisioned.
   * @throws {FunctionNotFoundError} when there is no such version or alias
   */
  get(functionName: string, qualifier: string): ProvisionedConcurrency | undefined {
    checkPublished(
      qualifier,
      'The function resource provided must be an alias or a published version.',
    );
    this.#needQualifier(functionName, qualifier);
    const entry = this.#find(functionName, qualifier);
    return entry && this.#describe(entry);
  }

  /** In the order in which they were first put. */
  list(functionName: string): readonly ProvisionedConcurrency[] {
    const { home, store } = this.#options;
    if (store.find(functionName) === undefined) {
      const arn = functionArn(home, functionName);
      throw new FunctionNotFoundError(arn, `Function not found: ${arn}`);
    }
    const entries = this.#entries.get(functionName)?.values() ?? [];
    return Array.from(entries, (entry) => this.#describe(entry));
  }

  /** False when nothing was provisioned. What runs in its environments finishes. */
  async delete(functionName: string, qualifier: string): Promise<boolean> {
    if (this.#isClosed) throw new ClosedError();
    checkPublished(
      qualifier,
      'The function resource provided must be an alias or a published version.',
    );
    this.#needQualifier(functionName, qualifier);
    if (this.#find(functionName, qualifier) === undefined) return false;
    await this.#options.state.write({ delete: [provisionedKey(functionName, qualifier)] });
    return this.#forget(functionName, qualifier);
  }

  /** Takes up what the storage kept for functions that are there; environments start anew. */
  async restore(): Promise<void> {
    const { state, store } = this.#options;
    const strays: string[] = [];
    for (const document of await state.list(provisionedPrefix)) {
      const config = readProvisioned(document);
      if (store.has(config.functionName, config.qualifier)) this.#set(config);
      else strays.push(document.key);
    }
    if (strays.length > 0) await state.write({ delete: strays });
  }

  /** Starts no more environments. */
  close(): void {
    this.#isClosed = true;
    for (const entries of this.#entries.values()) {
      for (const { provision } of entries.values()) provision.stop();
    }
  }

  /** Throws when an alias may not be changed to what `alias` says, because of what is provisioned. */
  checkAlias(alias: AliasRecord): void {
    const { functionName, name, version } = alias;
    if (this.#find(functionName, name) === undefined) return;
    if (version === latestVersion) checkPublished(version, unpublished);
    if (this.#find(functionName, version) !== undefined) throw new ConflictError(versionHasSome);
  }

  deleted(functionName: string): void {
    for (const qualifier of [...(this.#entries.get(functionName)?.keys() ?? [])]) {
      this.qualifierDeleted(functionName, qualifier);
    }
  }

  qualifierDeleted(functionName: string, qualifier: string): void {
    if (!this.#forget(functionName, qualifier)) return;
    // Should it fail, the document is a stray, which the next restart removes.
    const key = provisionedKey(functionName, qualifier);
    this.#options.state.write({ delete: [key] }).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : String(error));
    });
  }

  aliasChanged({ functionName, name }: AliasRecord): void {
    const entry = this.#find(functionName, name);
    if (entry !== undefined) entry.provision.aim(this.#targets(entry.config));
  }

  #check(functionName: string, qualifier: string): void {
    checkPublished(qualifier, unpublished);
    this.#needQualifier(functionName, qualifier);
    const { store } = this.#options;
    const version = store.versions.get(functionName, qualifier);
    checkPublished(version.version, unpublished);
    if (version.config.perTenant) {
      throw new InvalidOptionError(
        'provisionedConcurrency',
        'left out for a function with `perTenant`',
        functionName,
        'Provisioned concurrency is not supported for functions with tenant isolation',
      );
    }
    if (!isVersionNumber(qualifier)) {
      if (this.#find(functionName, version.version) === undefined) return;
      throw new ConflictError(versionHasSome);
    }
    for (const { name } of store.aliases.list(functionName, { version: qualifier })) {
      if (this.#find(functionName, name) === undefined) continue;
      throw new ConflictError('Version is pointed by a Provisioned Concurrency alias');
    }
  }

  /** It may have been deleted while the number was being kept: the next function of that name must not find it. */
  async #checkAgain(functionName: string, qualifier: string): Promise<void> {
    try {
      this.#check(functionName, qualifier);
    } catch (error) {
      const key = provisionedKey(functionName, qualifier);
      const isKept = this.#find(functionName, qualifier) !== undefined;
      if (!isKept) await this.#options.state.write({ delete: [key] });
      throw error;
    }
  }

  #set(config: ProvisionedConfig): Entry {
    const { home, admission } = this.#options;
    const { functionName, qualifier, requested } = config;
    let entries = this.#entries.get(functionName);
    if (entries === undefined) {
      entries = new Map();
      this.#entries.set(functionName, entries);
    }
    let entry = entries.get(qualifier);
    if (entry === undefined) {
      const owner = { functionName, qualifier, arn: functionArn(home, functionName, qualifier) };
      entry = { config, provision: new Provision(owner, this.#options) };
      entries.set(qualifier, entry);
    }
    entry.config = config;
    admission.provision(functionName, qualifier, requested);
    if (!this.#isClosed) entry.provision.aim(this.#targets(config));
    return entry;
  }

  #forget(functionName: string, qualifier: string): boolean {
    const entries = this.#entries.get(functionName);
    const entry = entries?.get(qualifier);
    if (entries === undefined || entry === undefined) return false;
    entries.delete(qualifier);
    if (entries.size === 0) this.#entries.delete(functionName);
    this.#options.admission.provision(functionName, qualifier, 0);
    entry.provision.close();
    return true;
  }

  /** AWS shares the number between the versions of an alias as the alias shares requests. */
  #targets({ functionName, qualifier, requested }: ProvisionedConfig): ProvisionTargets {
    const { versions, aliases } = this.#options.store;
    const first = versions.get(functionName, qualifier);
    if (isVersionNumber(qualifier)) return new Map([[first, requested]]);
    const { weights } = aliases.get(functionName, qualifier);
    const [other] = Object.entries(weights);
    if (other === undefined) return new Map([[first, requested]]);
    const [number, weight] = other;
    const second = Math.round(requested * weight);
    return new Map([
      [first, requested - second],
      [versions.get(functionName, number), second],
    ]);
  }

  #find(functionName: string, qualifier: string): Entry | undefined {
    return this.#entries.get(functionName)?.get(qualifier);
  }

  #needQualifier(functionName: string, qualifier: string): void {
    const { home, store } = this.#options;
    if (store.has(functionName, qualifier)) return;
    const arn = functionArn(home, functionName, qualifier);
    const what = isVersionNumber(qualifier) ? 'Function not found' : 'Cannot find alias arn';
    throw new FunctionNotFoundError(arn, `${what}: ${arn}`);
  }

  #describe({ config, provision }: Entry): ProvisionedConcurrency {
    const { functionName, qualifier, requested, lastModified } = config;
    const status: ProvisionedStatus = provision.status;
    return Object.freeze({
      arn: functionArn(this.#options.home, functionName, qualifier),
      functionName,
      qualifier,
      status,
      statusReason: status === 'FAILED' ? initFailure : undefined,
      requested,
      allocated: provision.allocated,
      available: provision.available,
      lastModified,
    });
  }
}

const unpublished =
  'Provisioned Concurrency Configs cannot be applied to unpublished function versions.';
const versionHasSome =
  "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version";

function checkPublished(qualifier: string, awsMessage: string): void {
  if (qualifier !== latestVersion) return;
  throw new AwsRuleError('qualifier', 'a published version or an alias', qualifier, awsMessage);
}
