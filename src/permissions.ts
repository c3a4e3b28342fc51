import {
  checkStatementId,
  layerPermissionStatement,
  permissionStatement,
  type LayerPermissionOptions,
  type PermissionOptions,
} from './access/permission-options.ts';
import type { PolicyDocument, PolicyStatement } from './access/policy-document.ts';
import {
  checkChangeOptions,
  type PolicyChangeOptions,
  type ResourcePolicies,
} from './access/resource-policies.ts';
import type { ResourcePolicy } from './access/resource-policy.ts';
import { isVersionNumber, parseFunctionArn, type Home } from './core/arn.ts';
import { FunctionNotFoundError, InvalidOptionError } from './core/errors.ts';
import { AwsRuleError } from './functions/aws-rule-error.ts';
import type { LayerVersion } from './functions/layer-options.ts';
import type { Target } from './functions/routing.ts';
import type { FunctionStore } from './functions/store.ts';
import { Invocable, type Calls } from './invocable.ts';

/** What permissions of functions need from the `Lambda` that made the handle. */
export interface PermissionContext {
  readonly calls: Calls;
  readonly store: FunctionStore;
  readonly policies: ResourcePolicies;
}

/**
 * A function, version or alias with the policy that says who may use it from outside: clients of AWS's API, and
 * services where `access.enforceServices` is set. Each has its own; that of a function does not count for its
 * versions and aliases. https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export abstract class Permitted<Event = unknown, Result = unknown> extends Invocable<
  Event,
  Result
> {
  readonly #context: PermissionContext;
  readonly #qualifier: string | undefined;

  constructor(context: PermissionContext, target: Target) {
    super(context.calls, target);
    this.#context = context;
    this.#qualifier = target.qualifier;
  }

  /** Undefined when nobody was given a permission. */
  get policy(): ResourcePolicy | undefined {
    const kept = this.#context.policies.find(this.arn);
    return kept && shown(kept);
  }

  /**
   * Gives a permission. Gives the statement that it became.
   * @throws {ConflictError} when the policy has a statement of that id
   * @throws {PolicyLengthError} when the policy would have more than 20,480 bytes
   * @example await resize.addPermission({ statementId: 's3', principal: 's3.amazonaws.com', sourceArn: photos.arn })
   */
  async addPermission(options: PermissionOptions): Promise<PolicyStatement> {
    checkNotLatest(this.#qualifier);
    const { partition } = parseFunctionArn(this.arn) ?? { partition: 'aws' };
    const statement = permissionStatement(options, this.arn, partition);
    await this.#context.policies.add(this.arn, statement, options);
    return statement;
  }

  /** Takes a permission away. @throws {PolicyNotFoundError} when there is no statement of that id */
  async removePermission(statementId: string, options: PolicyChangeOptions = {}): Promise<void> {
    checkNotLatest(this.#qualifier);
    checkStatementId(statementId);
    checkChangeOptions(options);
    await this.#context.policies.remove(this.arn, statementId, options);
  }

  /**
   * Replaces the whole policy.
   * @throws {PublicPolicyError} when it would let everybody in
   * @throws {PolicyLengthError} when it has more than 20,480 bytes
   */
  async putPolicy(
    document: PolicyDocument,
    options: PolicyChangeOptions = {},
  ): Promise<ResourcePolicy> {
    checkNotLatest(this.#qualifier);
    checkChangeOptions(options);
    return shown(await this.#context.policies.put(this.arn, document, options));
  }

  /** @throws {PolicyNotFoundError} when there is none */
  async deletePolicy(options: PolicyChangeOptions = {}): Promise<void> {
    checkNotLatest(this.#qualifier);
    checkChangeOptions(options);
    await this.#context.policies.delete(this.arn, options);
  }
}

/** Who may use one version of a layer. `Lambda.layerPermissions` gives it. */
export class LayerPermissions {
  readonly arn: string;
  readonly #policies: ResourcePolicies;
  readonly #partition: string;

  constructor(policies: ResourcePolicies, home: Home, layer: LayerVersion | string) {
    const arn = typeof layer === 'string' ? layer : layer?.arn;
    if (typeof arn !== 'string') {
      const rule = 'the ARN of a layer version, or what `publishLayer` returned';
      throw new InvalidOptionError('layer', rule, layer);
    }
    this.arn = arn;
    this.#policies = policies;
    this.#partition = home.partition;
  }

  /** Undefined when nobody was given a permission. */
  get policy(): ResourcePolicy | undefined {
    const kept = this.#policies.find(this.arn);
    return kept && shown(kept);
  }

  /**
   * Gives a permission. Gives the statement that it became.
   * @throws {ConflictError} when the policy has a statement of that id
   */
  async add(options: LayerPermissionOptions): Promise<PolicyStatement> {
    const statement = layerPermissionStatement(options, this.arn, this.#partition);
    await this.#policies.add(this.arn, statement, options);
    return statement;
  }

  /** Takes a permission away. @throws {PolicyNotFoundError} when there is no statement of that id */
  async remove(statementId: string, options: PolicyChangeOptions = {}): Promise<void> {
    checkStatementId(statementId);
    checkChangeOptions(options);
    await this.#policies.remove(this.arn, statementId, options);
  }
}

/** Whether a function, version, alias or layer version is there. */
export function hasResource(store: FunctionStore, arn: string): boolean {
  const named = parseFunctionArn(arn);
  if (named === undefined) return store.layers.get(arn) !== undefined;
  return store.has(named.name, named.qualifier);
}

/** Revision of a function, version or alias; layer versions have none of their own. */
export function revisionOfResource(store: FunctionStore, arn: string): string | undefined {
  const named = parseFunctionArn(arn);
  if (named === undefined || !hasResource(store, arn)) return undefined;
  const { name, qualifier } = named;
  const isAlias = qualifier !== undefined && !isVersionNumber(qualifier);
  const record = isAlias
    ? store.aliases.get(name, qualifier)
    : store.versions.get(name, qualifier ?? '$LATEST');
  return record.revisionId;
}

/** @throws {FunctionNotFoundError} as AWS says it */
export function checkResourceExists(store: FunctionStore, arn: string): void {
  if (hasResource(store, arn)) return;
  const what =
    parseFunctionArn(arn) === undefined
      ? `Layer version ${arn} does not exist.`
      : `Function not found: ${arn}`;
  throw new FunctionNotFoundError(arn, what);
}

function checkNotLatest(qualifier: string | undefined): void {
  if (qualifier !== '$LATEST') return;
  throw new AwsRuleError(
    'qualifier',
    'a version or an alias',
    qualifier,
    'We currently do not support adding policies for $LATEST.',
  );
}

function shown({ document, revisionId }: ResourcePolicy): ResourcePolicy {
  return Object.freeze({ document, revisionId });
}
