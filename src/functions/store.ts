import { functionArn, type Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ConflictError, FunctionNotFoundError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import type { Program } from '../core/program.ts';
import type { Random } from '../core/random.ts';
import { resolveNetworkOptions, type ResolvedNetwork } from '../network/network-options.ts';
import { Aliases } from './aliases.ts';
import type { CodeLoader, LayerLoader, LoadedCode, LoadedLayer } from './code-loader.ts';
import { FunctionDirectory, type FunctionEntry } from './directory.ts';
import {
  changeFunctionConfig,
  functionLevelNames,
  resolveFunctionOptions,
  type FunctionConfig,
  type FunctionDefaults,
} from './function-config.ts';
import type { FunctionChanges, FunctionOptions } from './function-options.ts';
import { Layers } from './layers.ts';
import {
  functionLevelOf,
  latestRecord,
  type FunctionLevelConfig,
  type FunctionRecord,
  type Revision,
} from './function-record.ts';
import { checkRevision } from './revision.ts';
import { routeOf, Router } from './routing.ts';
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
  /** Throws when settings of a function do not fit to those of the rest; asked before anything is done. */
  readonly checkSettings?: (functionName: string, settings: FunctionLevelConfig) => void;
}

/** The control plane: creates, changes and deletes functions; versions, aliases and routing hang on it. */
export class FunctionStore {
  readonly versions: Versions;
  readonly aliases: Aliases;
  readonly router: Router;
  readonly layers: Layers;
  readonly #directory: FunctionDirectory;
  readonly #defaults: FunctionDefaults;
  readonly #loadCode: CodeLoader;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #onRetired: OnRetired;
  readonly #checkSettings: (functionName: string, settings: FunctionLevelConfig) => void;
  /** Names whose code is being loaded; a function shows only when it is whole. */
  readonly #creating = new Set<string>();

  constructor(options: FunctionStoreOptions) {
    const { home, loadCode, loadLayer, clock, ids, random, onRetired = () => {} } = options;
    this.#checkSettings = options.checkSettings ?? (() => {});
    const { memoryMbPerVcpu = limits.memoryMbPerVcpu, network = resolveNetworkOptions() } = options;
    this.#defaults = { home, memoryMbPerVcpu, network };
    this.#loadCode = loadCode;
    this.#clock = clock;
    this.#ids = ids;
    this.#onRetired = onRetired;
    this.#directory = new FunctionDirectory(home);
    this.layers = new Layers(home, loadLayer, clock);
    this.versions = new Versions(this.#directory, clock, ids, onRetired);
    this.aliases = new Aliases(this.#directory, ids);
    this.router = new Router(this.#directory, random);
  }

  /** Rejects with `ConflictError` when the name is taken, also by a creation that is still loading. */
  async create(options: FunctionOptions): Promise<FunctionRecord> {
    const config = resolveFunctionOptions(options, this.#defaults);
    const { name } = config;
    if (this.#directory.find(name) !== undefined || this.#creating.has(name)) {
      throw new ConflictError(`Function already exist: ${name}`);
    }
    this.#checkSettings(name, functionLevelOf(config));

    this.#creating.add(name);
    try {
      const layers = config.layers.length === 0 ? [] : await this.layers.load(config.layers);
      const loaded = await this.#load(config, layers);
      const entry = this.#newEntry(config, loaded);
      this.#directory.add(entry);
      return recordOf(entry);
    } finally {
      this.#creating.delete(name);
    }
  }

  /** Undefined when there is no function of that name, or not yet. */
  get(reference: string): FunctionRecord | undefined {
    const entry = this.#directory.find(this.#directory.nameOf(reference));
    return entry && recordOf(entry);
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

  /**
   * Makes a new `$LATEST` and retires the one before; published versions stay as they are. A change of
   * tags or of other settings of the whole function alone keeps `$LATEST`. Until the promise settles, requests run on the old one.
   */
  async update(
    reference: string,
    changes: FunctionChanges,
    options: { readonly revisionId?: string } = {},
  ): Promise<FunctionRecord> {
    const entry = this.#directory.needIdle(reference);
    const config = changeFunctionConfig(entry.config, changes, this.#defaults);
    checkRevision(options.revisionId, entry.latest.revisionId);
    this.#checkSettings(entry.name, functionLevelOf(config));
    if (isOnlyFunctionLevel(changes)) {
      entry.config = config;
      return recordOf(entry);
    }

    entry.isUpdating = true;
    try {
      const loaded = await this.#reload(entry, config, changes);
      this.#checkStillThere(entry);
      this.#replaceLatest(entry, config, loaded);
      return recordOf(entry);
    } finally {
      entry.isUpdating = false;
    }
  }

  /** Deletes the function with its versions and aliases; what still runs may finish. */
  delete(reference: string): void {
    const entry = this.#directory.need(reference);
    this.#directory.remove(entry);
    for (const record of [entry.latest, ...entry.versions.values()]) {
      this.#onRetired(record, 'deleted');
    }
  }

  async #load(config: FunctionConfig, layers: readonly LoadedLayer[]): Promise<LoadedProgram> {
    const code = await this.#loadCode(config.code, { ...config, layers });
    return { code, program: code.program(config.handler) };
  }

  /** Reads the source again only when a new one is given: a change of memory must not deploy new code. */
  async #reload(
    entry: FunctionEntry,
    config: FunctionConfig,
    changes: FunctionChanges,
  ): Promise<LoadedProgram> {
    const { code, program } = entry.latest;
    const layers =
      changes.layers === undefined ? code.layers : await this.layers.load(config.layers);
    if (changes.code !== undefined) return this.#load(config, layers);
    if (config.runtime !== entry.config.runtime || changes.layers !== undefined) {
      const repacked = await this.#loadCode({ zip: code.zip }, { ...config, layers });
      return {
        code: { ...repacked, inputFiles: code.inputFiles },
        program: repacked.program(config.handler),
      };
    }
    if (config.handler !== entry.config.handler) {
      return { code, program: code.program(config.handler) };
    }
    return { code, program };
  }

  #newEntry(config: FunctionConfig, loaded: LoadedProgram): FunctionEntry {
    const { home } = this.#defaults;
    return {
      name: config.name,
      arn: functionArn(home, config.name),
      config,
      latest: latestRecord(home, config, loaded, this.#newRevision()),
      versions: new Map(),
      aliases: new Map(),
      lastPublish: undefined,
      isUpdating: false,
    };
  }

  #replaceLatest(entry: FunctionEntry, config: FunctionConfig, loaded: LoadedProgram): void {
    const before = entry.latest;
    entry.config = config;
    entry.latest = latestRecord(this.#defaults.home, config, loaded, this.#newRevision());
    this.#directory.changed();
    this.#onRetired(before, 'updated');
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

interface LoadedProgram {
  readonly code: LoadedCode;
  readonly program: Program;
}

function recordOf(entry: FunctionEntry): FunctionRecord {
  const { name, arn, config, latest } = entry;
  return Object.freeze({ name, arn, settings: functionLevelOf(config), latest });
}

function isOnlyFunctionLevel(changes: FunctionChanges): boolean {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const names: readonly string[] = functionLevelNames;
  return given.length > 0 && given.every(([name]) => names.includes(name));
}
