import { functionArn, type Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ConflictError, LambdaError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { Journal } from '../functions/journal.ts';
import type { StateStore } from '../storage/state-store.ts';
import {
  resolveUrlOptions,
  type FunctionUrlChanges,
  type FunctionUrlConfig,
  type FunctionUrlOptions,
} from './function-url-options.ts';
import { readUrl, urlDocument, urlKey, urlPrefix } from './function-url-state.ts';

/** The function or alias has no URL. AWS: ResourceNotFoundException. */
export class FunctionUrlNotFoundError extends LambdaError<'ERR_FUNCTION_URL_NOT_FOUND'> {
  override readonly name: string = 'FunctionUrlNotFoundError';
  readonly awsCode = 'ResourceNotFoundException';
  readonly awsStatus = 404;
  readonly awsMessage = 'The resource you requested does not exist.';

  constructor(arn: string) {
    super('ERR_FUNCTION_URL_NOT_FOUND', `${arn} has no function URL`);
  }
}

export interface FunctionUrlsOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Keeps every change before anybody sees it. @default changes live as long as the object */
  readonly state?: StateStore;
  /** Throws when that function or alias is not there, or cannot have a URL. */
  readonly checkTarget: (functionName: string, alias: string | undefined) => void;
  readonly hasFunction: (functionName: string) => boolean;
}

/** The function URLs of one `Lambda`: at most one for each function, and one for each of its aliases. */
export class FunctionUrls {
  readonly #options: FunctionUrlsOptions;
  readonly #journal: Journal;
  readonly #byId = new Map<string, FunctionUrlConfig>();
  readonly #byKey = new Map<string, FunctionUrlConfig>();

  constructor(options: FunctionUrlsOptions) {
    this.#options = options;
    this.#journal = new Journal(options.state);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** @throws {ConflictError} when there is one already */
  async create(
    functionName: string,
    alias: string | undefined,
    options: FunctionUrlOptions = {},
  ): Promise<FunctionUrlConfig> {
    const settings = resolveUrlOptions(options);
    const config = await this.#journal.commit(functionName, () => {
      this.#options.checkTarget(functionName, alias);
      const arn = this.#arnOf(functionName, alias);
      if (this.find(functionName, alias) !== undefined) {
        throw new ConflictError(
          `Failed to create function url config for [functionArn = ${arn}]. Error message:  ` +
            'FunctionUrlConfig exists for this Lambda function',
        );
      }
      const createdAt = this.#now();
      const id = this.#options.ids.hex32();
      const whole = { id, functionName, alias, ...settings, createdAt, lastModified: createdAt };
      return this.#planToKeep(Object.freeze(whole));
    });
    if (this.#options.hasFunction(functionName)) return config;
    // Deleted meanwhile: the next function of that name must not find it.
    await this.delete(functionName, alias);
    this.#options.checkTarget(functionName, alias);
    return config;
  }

  find(functionName: string, alias: string | undefined): FunctionUrlConfig | undefined {
    return this.#byKey.get(urlKey(functionName, alias));
  }

  /** @throws {FunctionUrlNotFoundError} when there is none */
  get(functionName: string, alias: string | undefined): FunctionUrlConfig {
    const config = this.find(functionName, alias);
    if (config === undefined) throw new FunctionUrlNotFoundError(this.#arnOf(functionName, alias));
    return config;
  }

  byId(id: string): FunctionUrlConfig | undefined {
    return this.#byId.get(id);
  }

  /** Of a function and its aliases, in the order of creation. */
  list(functionName: string): readonly FunctionUrlConfig[] {
    return [...this.#byKey.values()].filter((config) => config.functionName === functionName);
  }

  /** @throws {FunctionUrlNotFoundError} when there is none */
  async update(
    functionName: string,
    alias: string | undefined,
    changes: FunctionUrlChanges,
  ): Promise<FunctionUrlConfig> {
    return this.#journal.commit(functionName, () => {
      const current = this.get(functionName, alias);
      const settings = resolveUrlOptions(changes, current);
      return this.#planToKeep(
        Object.freeze({ ...current, ...settings, lastModified: this.#now() }),
      );
    });
  }

  /** @throws {FunctionUrlNotFoundError} when there is none */
  async delete(functionName: string, alias: string | undefined): Promise<void> {
    return this.#journal.commit(functionName, () => {
      const config = this.get(functionName, alias);
      return {
        stored: () => ({ delete: [urlKey(functionName, alias)] }),
        apply: () => this.#forget(config),
      };
    });
  }

  /** URLs go with their function. That of an alias outlives the alias and lets nobody in until there is one again. */
  async functionDeleted(functionName: string): Promise<void> {
    const gone = this.list(functionName);
    if (gone.length === 0) return;
    for (const config of gone) this.#forget(config);
    const keys = gone.map(({ alias }) => urlKey(functionName, alias));
    await this.#options.state?.write({ delete: keys });
  }

  /** Brings back what the storage has for functions that are there. */
  async restore(): Promise<void> {
    const { state, hasFunction } = this.#options;
    if (state === undefined) return;
    const strays: string[] = [];
    for (const document of await state.list(urlPrefix)) {
      const config = readUrl(document);
      if (hasFunction(config.functionName)) this.#remember(config);
      else strays.push(document.key);
    }
    if (strays.length > 0) await state.write({ delete: strays });
  }

  /** Refuses further changes; resolves when those on their way are kept. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  #planToKeep(config: FunctionUrlConfig) {
    return {
      stored: () => ({ put: [urlDocument(config)] }),
      apply: () => {
        this.#remember(config);
        return config;
      },
    };
  }

  #remember(config: FunctionUrlConfig): void {
    this.#byId.set(config.id, config);
    this.#byKey.set(urlKey(config.functionName, config.alias), config);
  }

  #forget({ id, functionName, alias }: FunctionUrlConfig): void {
    this.#byId.delete(id);
    this.#byKey.delete(urlKey(functionName, alias));
  }

  #arnOf(functionName: string, alias: string | undefined): string {
    return functionArn(this.#options.home, functionName, alias);
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}
