import { latestVersion } from './functions/function-record.ts';
import type { Target } from './functions/routing.ts';
import { Permitted, type PermissionContext } from './permissions.ts';
import type { ProvisionedConcurrency, Provisioning, ProvisionOptions } from './provisioning.ts';

export interface ProvisionContext extends PermissionContext {
  readonly provisioning: Provisioning;
}

/** What versions and aliases have in common: environments can be initialised ahead of their invocations. */
export abstract class Provisionable<Event = unknown, Result = unknown> extends Permitted<
  Event,
  Result
> {
  readonly #provisioning: Provisioning;
  readonly #functionName: string;
  readonly #qualifier: string;

  constructor(context: ProvisionContext, target: Target) {
    super(context, target);
    this.#provisioning = context.provisioning;
    this.#functionName = target.functionName;
    this.#qualifier = target.qualifier ?? latestVersion;
  }

  /**
   * Keeps so many environments initialised; invocations take them first. Replaces the number of before. They count
   * within the function's `reservedConcurrency`, or are taken from what all functions share, of which 100 must be
   * left. https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
   * @throws {InvalidOptionError} when there is no room for them, or for `$LATEST`
   * @throws {ConflictError} when a version and an alias of it would both have some
   */
  async provision(
    concurrency: number,
    options?: ProvisionOptions,
  ): Promise<ProvisionedConcurrency> {
    return this.#provisioning.put(this.#functionName, this.#qualifier, concurrency, options);
  }

  /** What is provisioned, and how far it is; `undefined` when nothing is. */
  get provisioned(): ProvisionedConcurrency | undefined {
    if (this.#qualifier === latestVersion) return undefined;
    return this.#provisioning.get(this.#functionName, this.#qualifier);
  }

  /** Ends the environments; what runs in them finishes. False when nothing was provisioned. */
  async unprovision(): Promise<boolean> {
    return this.#provisioning.delete(this.#functionName, this.#qualifier);
  }
}
