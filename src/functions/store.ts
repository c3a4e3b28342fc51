import { functionArn, type Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ConflictError, FunctionNotFoundError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import type { Random } from '../core/random.ts';
import { resolveNetworkOptions, type ResolvedNetwork } from '../network/network-options.ts';
import { Aliases, type CheckAlias } from './aliases.ts';
import type { StateStore } from '../storage/state-store.ts';
import type { CodeLoader, LayerLoader } from './code-loader.ts';
import { CodeSigning } from './code-signing.ts';
import { CodeStorage, type CodeUsage } from './code-storage.ts';
import type { FindBucket } from './code/object-source.ts';
import type { DeployedCode } from './deployed-code.ts';
import { Deployer } from './deployer.ts';
import { FunctionDirectory, type FunctionEntry } from './directory.ts';
import {
  changeFunctionConfig,
  resolveFunctionOptions,
  settingsOf,
  type FunctionDefaults,
  type FunctionSettings,
} from './function-config.ts';
import type { FunctionChanges, FunctionOptions } from './function-options.ts';
import {
  functionLevelOf,
  latestRecord,
  type FunctionLevelConfig,
  type FunctionRecord,
  type FunctionVersionRecord,
  type Revision,
} from './function-record.ts';
import { functionDocument, functionKey, versionKey } from './function-state.ts';
import { Journal, type Change } from './journal.ts';
import { Layers } from './layers.ts';
import { nothingRestored, restoreFunctions, type RestoredFunctions } from './restore-functions.ts';
import { checkRevision } from './revision.ts';
import { routeOf, Router } from './routing.ts';
import { RuntimeManagement } from './runtime-management.ts';
import { StoredPackages } from './stored-packages.ts';
import { Versions, type OnRetired } from './versions.ts';

export interface FunctionStoreOptions {
  readonly home: Home;
  readonly loadCode: CodeLoader;
  readonly loadLayer: LayerLoader;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Draws for weighted aliases. */
  readonly random: Random;
  /** Told at once, and in order, which versions no new request can reach any more. */
  readonly onRetired?: OnRetired;
  /** @default 1769 */
  readonly memoryMbPerVcpu?: number;
  /** What functions may reach that do not say. @default public addresses */
  readonly network?: ResolvedNetwork;
  /**
   * Throws when settings of a function do not fit to those of the rest; asked before anything is done. What it
   * returns is called when they are in force, or refused.
   */
  readonly checkSettings?: CheckSettings;
  /** Throws when an alias may not become what is asked for; asked before it is changed. */
  readonly checkAlias?: CheckAlias;
  /** Keeps every change before anybody sees it. @default changes live as long as the store */
  readonly state?: StateStore;
  /** Finds the buckets of `{ s3 }`. @default there are none */
  readonly findBucket?: FindBucket;
  /** Room for all packages. @default 75 GB */
  readonly codeStorageBytes?: number;
}

type CheckSettings = (functionName: string, settings: FunctionLevelConfig) => () => void;

/** Gets a new `$LATEST` ready before it takes the place of the old one; what it throws refuses the change. */
export type Prepare = (latest: FunctionVersionRecord) => Promise<void>;

/** The control plane: creates, changes and deletes functions; versions, aliases and routing hang on it. */
export class FunctionStore {
  readonly versions: Versions;
  readonly aliases: Aliases;
  readonly router: Router;
  readonly layers: Layers;
  readonly codeSigning: CodeSigning;
  readonly runtimeManagement: RuntimeManagement;
  readonly #options: FunctionStoreOptions;
  readonly #directory: FunctionDirectory;
  readonly #defaults: FunctionDefaults;
  readonly #journal: Journal;
  readonly #deployer: Deployer;
  readonly #codeStorage: CodeStorage;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #onRetired: OnRetired;
  readonly #checkSettings: CheckSettings;
  /** Names whose code is being loaded; a function shows only when it is whole. */
  readonly #creating = new Set<string>();

  constructor(options: FunctionStoreOptions) {
    const { home, loadCode, loadLayer, clock, ids, random, state, onRetired = () => {} } = options;
    this.#checkSettings = options.checkSettings ?? (() => () => {});
    const { memoryMbPerVcpu = limits.memoryMbPerVcpu, network = resolveNetworkOptions() } = options;
    const directory = new FunctionDirectory(home);
    const journal = new Journal(state);
    this.#options = options;
    this.#directory = directory;
    this.#journal = journal;
    this.#defaults = { home, memoryMbPerVcpu, network };
    this.#clock = clock;
    this.#ids = ids;
    this.#onRetired = onRetired;
    const { findBucket = () => undefined, codeStorageBytes = limits.codeStorageBytes } = options;
    const codeStorage = new CodeStorage(codeStorageBytes, () => this.codeUsage().totalBytes);
    this.#codeStorage = codeStorage;
    this.layers = new Layers({ home, loadLayer, journal, clock, codeStorage, findBucket });
    this.versions = new Versions({ directory, journal, clock, ids, onRetired, codeStorage });
    this.aliases = new Aliases(directory, journal, ids, options.checkAlias);
    this.codeSigning = new CodeSigning({ home, directory, journal, clock, ids });
    this.runtimeManagement = new RuntimeManagement(directory, journal);
    this.router = new Router(directory, random);
    this.#deployer = new Deployer(loadCode, this.layers, findBucket);
  }

  /** Rejects with `ConflictError` when the name is taken, also by a creation that is still loading. */
  async create(
    options: FunctionOptions,
    prepare: Prepare = async () => {},
  ): Promise<FunctionRecord> {
    const config = resolveFunctionOptions(options, this.#defaults);
    const { name } = config;
    if (this.#directory.find(name) !== undefined || this.#creating.has(name)) {
      throw new ConflictError(`Function already exist: ${name}`);
    }
    this.codeSigning.check(config, { attaches: true, deploys: true });
    const settled = this.#checkSettings(name, functionLevelOf(config));
    const reservation = this.#codeStorage.reservation();

    this.#creating.add(name);
    try {
      const code = await this.#deployer.deploy(config);
      reservation.add(code.codeSize);
      const entry = this.#newEntry(settingsOf(config), code);
      await prepare(entry.latest);
      return await this.#journal.commit(name, () => ({
        stored: () => ({ put: [functionDocument(entry)], blobs: packagesOf(entry.latest) }),
        apply: () => {
          this.#directory.add(entry);
          return recordOf(entry);
        },
      }));
    } finally {
      this.#creating.delete(name);
      reservation.release();
      settled();
    }
  }

  /** Undefined when there is no function of that name, or not yet. */
  get(reference: string): FunctionRecord | undefined {
    const entry = this.#directory.find(this.#directory.nameOf(reference));
    return entry && recordOf(entry);
  }

  /** As `get`, by the plain name, for those who ask often. */
  find(name: string): FunctionRecord | undefined {
    const entry = this.#directory.find(name);
    return entry && recordOf(entry);
  }

  /** `$LATEST` of the function of that plain name. */
  latestOf(name: string): FunctionVersionRecord | undefined {
    return this.#directory.find(name)?.latest;
  }

  /** Whether a function has that version or alias. */
  has(name: string, qualifier: string | undefined): boolean {
    const entry = this.#directory.find(name);
    return entry !== undefined && routeOf(entry, qualifier) !== undefined;
  }

  /** In the order of creation. */
  list(): readonly FunctionRecord[] {
    return Array.from(this.#directory.all(), recordOf);
  }

  /** What packages take of what an account may have, and how many functions there are. */
  codeUsage(): CodeUsage {
    let totalBytes = this.layers.totalBytes;
    const entries = this.#directory.all();
    for (const { latest, versions } of entries) {
      totalBytes += latest.codeSize;
      for (const { codeSize } of versions.values()) totalBytes += codeSize;
    }
    return { totalBytes, functionCount: entries.length };
  }

  /**
   * Makes a new `$LATEST` and retires the one before; published versions stay as they are. A change of
   * tags or of other settings of the whole function alone keeps `$LATEST`. Until the promise settles, requests run on the old one.
   */
  async update(
    reference: string,
    changes: FunctionChanges,
    options: { readonly revisionId?: string } = {},
    prepare: Prepare = async () => {},
  ): Promise<FunctionRecord> {
    const name = this.#directory.nameOf(reference);
    // An update is checked against what the changes before it leave.
    let earlier = this.#journal.settled(name);
    while (earlier !== undefined) {
      await earlier;
      earlier = this.#journal.settled(name);
    }
    const entry = this.#directory.needIdle(reference);
    const config = changeFunctionConfig(entry.config, changes, this.#defaults);
    const settings = settingsOf(config);
    checkRevision(options.revisionId, entry.latest.revisionId);
    this.codeSigning.check(config, {
      attaches: config.codeSigningConfigArn !== entry.config.codeSigningConfigArn,
      deploys: changes.code !== undefined || config.layers.length > 0,
    });
    const settled = this.#checkSettings(entry.name, functionLevelOf(config));
    if (isOnlyFunctionLevel(changes, settings)) {
      return this.#journal
        .commit(name, () => this.#planSettings(entry, settings))
        .finally(() => settled());
    }

    entry.isUpdating = true;
    const reservation = this.#codeStorage.reservation();
    try {
      const code = await this.#deployer.redeploy(entry.latest, config, changes);
      reservation.add(code.codeSize - entry.latest.codeSize);
      const latest = latestRecord(this.#defaults.home, settings, code, this.#newRevision());
      await prepare(latest);
      return await this.#journal.commit(name, () => this.#planLatest(entry, settings, latest));
    } finally {
      entry.isUpdating = false;
      reservation.release();
      settled();
    }
  }

  /** What an update would make of `$LATEST`: it is checked and its code is read, and nothing changes. */
  async rehearseUpdate(
    reference: string,
    changes: FunctionChanges,
    options: { readonly revisionId?: string } = {},
  ): Promise<FunctionVersionRecord> {
    const { config: before, latest } = this.#directory.needIdle(reference);
    const config = changeFunctionConfig(before, changes, this.#defaults);
    checkRevision(options.revisionId, latest.revisionId);
    this.codeSigning.check(config, { attaches: false, deploys: changes.code !== undefined });
    const code = await this.#deployer.redeploy(latest, config, changes);
    return latestRecord(this.#defaults.home, settingsOf(config), code, latest);
  }

  /** Deletes the function with its versions and aliases; what still runs may finish. */
  async delete(reference: string): Promise<void> {
    const name = this.#directory.nameOf(reference);
    return this.#journal.commit(name, () => {
      const entry = this.#directory.need(reference);
      const versions = [...entry.versions.keys()].map((version) => versionKey(name, version));
      return {
        stored: () => ({ delete: [functionKey(name), ...versions] }),
        apply: () => {
          this.#directory.remove(entry);
          for (const record of [entry.latest, ...entry.versions.values()]) {
            this.#onRetired(record, 'deleted');
          }
        },
      };
    });
  }

  /**
   * Brings back what the storage has; before anything is created. Tells nobody, since nothing has happened.
   * Rejects with a `StateError` that names what cannot be used.
   */
  async restore(): Promise<RestoredFunctions> {
    const { state, loadCode, loadLayer } = this.#options;
    if (state === undefined) return nothingRestored;
    return restoreFunctions(state, {
      directory: this.#directory,
      versions: this.versions,
      layers: this.layers,
      codeSigning: this.codeSigning,
      defaults: this.#defaults,
      packages: new StoredPackages(state, loadCode, loadLayer),
    });
  }

  /** Refuses further changes; resolves when those on their way are kept. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  #planSettings(entry: FunctionEntry, config: FunctionSettings): Change<FunctionRecord> {
    return {
      stored: () => ({ put: [functionDocument({ ...entry, config })] }),
      apply: () => {
        entry.config = config;
        return recordOf(entry);
      },
    };
  }

  #planLatest(
    entry: FunctionEntry,
    config: FunctionSettings,
    latest: FunctionVersionRecord,
  ): Change<FunctionRecord> {
    this.#checkStillThere(entry);
    const before = entry.latest;
    return {
      stored: () => ({
        put: [functionDocument({ ...entry, config, latest })],
        ...(latest.code !== before.code && { blobs: packagesOf(latest) }),
      }),
      apply: () => {
        entry.config = config;
        entry.latest = latest;
        this.#directory.changed();
        this.#onRetired(before, 'updated');
        return recordOf(entry);
      },
    };
  }

  #newEntry(config: FunctionSettings, code: DeployedCode): FunctionEntry {
    const { home } = this.#defaults;
    return {
      name: config.name,
      arn: functionArn(home, config.name),
      sequence: this.#directory.nextSequence(),
      config,
      latest: latestRecord(home, config, code, this.#newRevision()),
      versions: new Map(),
      aliases: new Map(),
      lastPublished: undefined,
      runtimeManagement: new Map(),
      isUpdating: false,
    };
  }

  /** The function may have been deleted, even created anew, while its code was loading. */
  #checkStillThere(entry: FunctionEntry): void {
    if (this.#directory.find(entry.name) === entry) return;
    throw new FunctionNotFoundError(entry.arn, `Function not found: ${entry.arn}`);
  }

  #newRevision(): Revision {
    return {
      revisionId: this.#ids.uuid(),
      lastModified: new Date(this.#clock.now()).toISOString(),
    };
  }
}

/** The bytes that the storage may not have yet. */
function packagesOf({ code }: FunctionVersionRecord): ReadonlyMap<string, Uint8Array> {
  if (code.loaded === undefined) return new Map();
  const { zip, codeSha256, layers } = code.loaded.code;
  return new Map([
    [codeSha256, zip],
    ...layers.map((layer) => [layer.codeSha256, layer.zip] as const),
  ]);
}

function recordOf(entry: FunctionEntry): FunctionRecord {
  const { name, arn, config, latest } = entry;
  return Object.freeze({ name, arn, settings: functionLevelOf(config), latest });
}

function isOnlyFunctionLevel(changes: FunctionChanges, settings: FunctionSettings): boolean {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const ofFunction = functionLevelOf(settings);
  return given.length > 0 && given.every(([name]) => Object.hasOwn(ofFunction, name));
}
