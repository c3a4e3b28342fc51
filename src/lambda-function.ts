import type { AliasChanges, AliasOptions, AliasRecord } from './functions/aliases.ts';
import { checkKnownKeys } from './core/options.ts';
import { DurableExecution } from './durable/durable-execution.ts';
import type { ExecutionFilter } from './durable/execution-list.ts';
import type { LayerInfo } from './functions/deployed-code.ts';
import type { FunctionChanges } from './functions/function-options.ts';
import type {
  FunctionRecord,
  FunctionVersionRecord,
  VersionConfig,
} from './functions/function-record.ts';
import type {
  RuntimeManagementConfig,
  RuntimeManagementOptions,
} from './functions/runtime-management-options.ts';
import type { FunctionStore } from './functions/store.ts';
import type { PublishOptions } from './functions/versions.ts';
import type { ResourcePolicies } from './access/resource-policies.ts';
import type { Calls } from './invocable.ts';
import { Permitted } from './permissions.ts';
import { Provisionable } from './provisionable.ts';
import type { ControlPlane } from './control-plane.ts';
import type { HttpFront } from './http-front.ts';
import type { FunctionUrlOptions } from './sources/function-url-options.ts';
import type { FunctionUrl } from './sources/function-url.ts';
import type { ProvisionedConcurrency, Provisioning } from './provisioning.ts';

const searchKeys = Object.keys({
  version: true,
  name: true,
  statuses: true,
  startedAfterMs: true,
  startedBeforeMs: true,
} satisfies Record<keyof ExecutionSearch, true>);

export type { LayerInfo } from './functions/deployed-code.ts';

/** What the handles need from the `Lambda` that made them. */
export interface HandleContext {
  readonly store: FunctionStore;
  readonly calls: Calls;
  readonly control: ControlPlane;
  readonly http: HttpFront;
  readonly policies: ResourcePolicies;
  readonly provisioning: Provisioning;
}

/**
 * A deployed function. Invoking it runs `$LATEST`, or the version or alias that `getFunction` was asked
 * for; everything else is about the function as a whole. Stays right when the function is updated.
 */
export class LambdaFunction<Event = unknown, Result = unknown> extends Permitted<Event, Result> {
  readonly name: string;
  readonly arn: string;
  readonly #context: HandleContext;

  constructor(context: HandleContext, record: FunctionRecord, qualifier?: string) {
    super(context, context.store.router.target(record.name, qualifier));
    this.name = record.name;
    this.arn = qualifier === undefined ? record.arn : `${record.arn}:${qualifier}`;
    this.#context = context;
  }

  /** `$LATEST` as it is now: settings, CodeSha256, revision. */
  get latest(): VersionInfo {
    return versionInfo(this.#context.store.versions.get(this.name, '$LATEST'));
  }

  /**
   * Host files that `$LATEST` was made of, absolute: what was bundled for `{ file }`, all of a `{ dir }`, the file
   * of a `{ zip }`. Empty for text, bytes and objects of a bucket, and for code that came out of a storage.
   */
  get codeInputs(): readonly string[] {
    const { loaded } = this.#context.store.versions.get(this.name, '$LATEST').code;
    return loaded?.code.inputFiles ?? [];
  }

  /** When AWS would give a version another build of its runtime. @default of `$LATEST` */
  runtimeManagement(version?: string): RuntimeManagementConfig {
    return this.#context.store.runtimeManagement.get(this.name, version);
  }

  /** Sets that of one version; others stay as they are. @default of `$LATEST` */
  async configureRuntime(options: RuntimeManagementOptions, version?: string): Promise<void> {
    await this.#context.store.runtimeManagement.put(this.name, options, version);
  }

  get tags(): Readonly<Record<string, string>> {
    return this.#context.store.get(this.name)?.settings.tags ?? {};
  }

  /** Changes code or settings of `$LATEST`. Environments of the old one finish what they run, then go. */
  async update(
    changes: FunctionChanges,
    options?: { readonly revisionId?: string },
  ): Promise<void> {
    await this.#context.control.update(this.name, changes, options);
  }

  /** Deletes the function with its versions and aliases. */
  async delete(): Promise<void> {
    await this.#context.control.delete(this.name);
  }

  /** Executions of a durable function, whatever its version, the newest first. */
  listExecutions(search: ExecutionSearch = {}): DurableExecution<Result>[] {
    checkKnownKeys('search', search, searchKeys);
    const { durable } = this.#context.calls;
    const found = durable.executions.find({ ...search, functionName: this.name });
    return found.toReversed().map((execution) => new DurableExecution(durable, execution));
  }

  /** Freezes `$LATEST` as a numbered version; an unchanged `$LATEST` gives the version that is there. */
  async publishVersion(options?: PublishOptions): Promise<FunctionVersion<Event, Result>> {
    const record = await this.#context.control.publish(this.name, options);
    return new FunctionVersion(this.#context, record);
  }

  getVersion(version: string): FunctionVersion<Event, Result> {
    return new FunctionVersion(this.#context, this.#context.store.versions.get(this.name, version));
  }

  /** `$LATEST` first, then the published versions in order. */
  listVersions(): VersionInfo[] {
    return this.#context.store.versions.list(this.name).map(versionInfo);
  }

  /** Of its versions and aliases, in the order in which they were first provisioned. */
  listProvisioned(): readonly ProvisionedConcurrency[] {
    return this.#context.provisioning.list(this.name);
  }

  async createAlias(name: string, options: AliasOptions): Promise<Alias<Event, Result>> {
    const record = await this.#context.control.createAlias(this.name, name, options);
    return new Alias(this.#context, record);
  }

  getAlias(name: string): Alias<Event, Result> {
    return new Alias(this.#context, this.#context.store.aliases.get(this.name, name));
  }

  listAliases(): readonly AliasRecord[] {
    return this.#context.store.aliases.list(this.name);
  }

  async updateAlias(name: string, changes: AliasChanges): Promise<Alias<Event, Result>> {
    const record = await this.#context.control.updateAlias(this.name, name, changes);
    return new Alias(this.#context, record);
  }

  /** Gives `false` when there was none; AWS answers both the same way. */
  async deleteAlias(name: string): Promise<boolean> {
    return this.#context.control.deleteAlias(this.name, name);
  }

  /**
   * Gives the function a URL of its own, which `lambda.fetch`, `isolambda serve` and other functions reach.
   * https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
   * @throws {ConflictError} when it has one
   */
  async createUrl(options?: FunctionUrlOptions): Promise<FunctionUrl> {
    return this.#context.http.createUrl(this.name, undefined, options);
  }

  /** `undefined` when it has none; that of an alias is the alias's. */
  getUrl(): FunctionUrl | undefined {
    return this.#context.http.urlOf(this.name, undefined);
  }
}

/** Which executions `listExecutions` gives. */
export type ExecutionSearch = Omit<ExecutionFilter, 'functionName'>;

/** One version: settings and code as they were when it was published. */
export class FunctionVersion<Event = unknown, Result = unknown> extends Provisionable<
  Event,
  Result
> {
  readonly arn: string;
  readonly version: string;
  readonly info: VersionInfo;
  readonly #context: HandleContext;

  constructor(context: HandleContext, record: FunctionVersionRecord) {
    super(context, context.store.router.target(record.functionName, record.version));
    this.arn = record.arn;
    this.version = record.version;
    this.info = versionInfo(record);
    this.#context = context;
  }

  /** Refused while an alias points at it. */
  async delete(): Promise<void> {
    await this.#context.control.deleteVersion(this.info.functionName, this.version);
  }
}

/** A name for a version, or for two with weights. */
export class Alias<Event = unknown, Result = unknown> extends Provisionable<Event, Result> {
  readonly arn: string;
  readonly name: string;
  readonly #functionName: string;
  readonly #context: HandleContext;

  constructor(context: HandleContext, record: AliasRecord) {
    super(context, context.store.router.target(record.functionName, record.name));
    this.arn = record.arn;
    this.name = record.name;
    this.#functionName = record.functionName;
    this.#context = context;
  }

  /** Version, weights and description as they are now. */
  get info(): AliasRecord {
    return this.#context.store.aliases.get(this.#functionName, this.name);
  }

  async update(changes: AliasChanges): Promise<void> {
    await this.#context.control.updateAlias(this.#functionName, this.name, changes);
  }

  async delete(): Promise<void> {
    await this.#context.control.deleteAlias(this.#functionName, this.name);
  }

  /** As `LambdaFunction.createUrl`, for this alias alone. */
  async createUrl(options?: FunctionUrlOptions): Promise<FunctionUrl> {
    return this.#context.http.createUrl(this.#functionName, this.name, options);
  }

  getUrl(): FunctionUrl | undefined {
    return this.#context.http.urlOf(this.#functionName, this.name);
  }
}

/** What is known of a version; plain data. */
export interface VersionInfo {
  readonly functionName: string;
  readonly version: string;
  readonly arn: string;
  readonly settings: VersionConfig;
  /** SHA-256 of the deployment package, in base64. */
  readonly codeSha256: string;
  /** Bytes of the deployment package. */
  readonly codeSize: number;
  readonly layers: readonly LayerInfo[];
  readonly revisionId: string;
  readonly lastModified: string;
  readonly description: string;
}

function versionInfo(record: FunctionVersionRecord): VersionInfo {
  const { functionName, version, arn, codeSha256, codeSize } = record;
  const { revisionId, lastModified, description, config: settings } = record;
  return Object.freeze({
    functionName,
    version,
    arn,
    settings,
    codeSha256,
    codeSize,
    layers: record.code.layers,
    revisionId,
    lastModified,
    description,
  });
}
