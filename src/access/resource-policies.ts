import type { Home } from '../core/arn.ts';
import { ConflictError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { checkKnownKeys } from '../core/options.ts';
import { Journal, type Change } from '../functions/journal.ts';
import type { StateStore } from '../storage/state-store.ts';
import type { PolicyDocument, PolicyStatement } from './policy-document.ts';
import { policyKey, policyPrefix, policyStateDocument, readPolicyState } from './policy-state.ts';
import { checkPolicyRevision } from './policy-revision.ts';
import { isPublic } from './public-policy.ts';
import {
  keepPolicy,
  PolicyNotFoundError,
  PublicPolicyError,
  type KeptPolicy,
} from './resource-policy.ts';

export interface ResourcePoliciesOptions {
  readonly home: Home;
  readonly ids: Ids;
  /** Throws when a resource that somebody names is not there. */
  readonly checkExists: (arn: string) => void;
  /** Revision of a resource itself, which stands for that of its policy until it has one. @default none */
  readonly revisionOf?: (arn: string) => string | undefined;
  /** Keeps every change before anybody sees it. @default changes live as long as this object */
  readonly state?: StateStore | undefined;
}

export interface PolicyChangeOptions {
  /** Change only if the policy is at this revision. */
  readonly revisionId?: string | undefined;
}

/** @throws {InvalidOptionError} */
export function checkChangeOptions(options: PolicyChangeOptions): void {
  checkKnownKeys('options', options, ['revisionId']);
}

const noDocument = { Version: '2012-10-17', Id: 'default' } as const;

/**
 * Who may use functions, versions, aliases and layer versions: one policy each, which says nothing of the others.
 * https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export class ResourcePolicies {
  readonly #options: ResourcePoliciesOptions;
  readonly #journal: Journal;
  readonly #arnPrefix: string;
  /** By what the ARN ends with, such as `function:orders:live`. */
  readonly #policies = new Map<string, KeptPolicy>();
  /** Deletions that are being written; they settle, never reject. */
  readonly #forgetting = new Set<Promise<void>>();

  constructor(options: ResourcePoliciesOptions) {
    const { partition, region, accountId } = options.home;
    this.#options = options;
    this.#journal = new Journal(options.state);
    this.#arnPrefix = `arn:${partition}:lambda:${region}:${accountId}:`;
  }

  /** How many resources have one. */
  get size(): number {
    return this.#policies.size;
  }

  /** Undefined when the resource has none. */
  find(arn: string): KeptPolicy | undefined {
    return this.#policies.get(this.#resourceOf(arn));
  }

  /** @throws {ConflictError} when the policy has a statement of that `Sid` */
  async add(
    arn: string,
    statement: PolicyStatement,
    { revisionId }: PolicyChangeOptions = {},
  ): Promise<KeptPolicy> {
    return this.#change(arn, revisionId, (current) => {
      const { document } = current ?? {};
      const present = document?.Statement ?? [];
      const sid = statement.Sid;
      if (present.some(({ Sid }) => Sid === sid)) {
        throw new ConflictError(
          `The statement id (${sid}) provided already exists. ` +
            'Please provide a new statement id, or remove the existing statement.',
        );
      }
      return { ...noDocument, ...document, Statement: [...present, statement] };
    });
  }

  /** The policy goes with its last statement. @throws {PolicyNotFoundError} */
  async remove(arn: string, statementId: string, options: PolicyChangeOptions = {}): Promise<void> {
    await this.#journal.commit(arn, () => {
      const current = this.#need(arn, 'No policy is associated with the given resource.');
      const kept = current.document.Statement.filter(({ Sid }) => Sid !== statementId);
      if (kept.length === current.document.Statement.length) {
        throw new PolicyNotFoundError(`Statement ${statementId} is not found in resource policy.`);
      }
      checkPolicyRevision(arn, options.revisionId, current.revisionId);
      if (kept.length === 0) return this.#planToForget(arn);
      const document = { ...current.document, Statement: kept };
      return this.#planToKeep(arn, keepPolicy(document, this.#options.ids.uuid()));
    });
  }

  /**
   * Replaces the whole policy.
   * @throws {PublicPolicyError} when it would let everybody in
   */
  async put(
    arn: string,
    document: PolicyDocument,
    { revisionId }: PolicyChangeOptions = {},
  ): Promise<KeptPolicy> {
    return this.#change(arn, revisionId, () => {
      // Reads it first: what is no policy is not public either.
      keepPolicy(document, '');
      if (isPublic(document)) throw new PublicPolicyError();
      return document;
    });
  }

  /** @throws {PolicyNotFoundError} when there is none */
  async delete(arn: string, options: PolicyChangeOptions = {}): Promise<void> {
    await this.#journal.commit(arn, () => {
      const current = this.#need(arn, 'The resource you requested does not exist.');
      checkPolicyRevision(arn, options.revisionId, current.revisionId);
      return this.#planToForget(arn);
    });
  }

  /** Takes up what the storage has; `isThere` says whose resources are still there. */
  async restore(isThere: (arn: string) => boolean): Promise<void> {
    const { state } = this.#options;
    if (state === undefined) return;
    const strays: string[] = [];
    for (const document of await state.list(policyPrefix)) {
      const { resource, kept } = readPolicyState(document);
      if (isThere(`${this.#arnPrefix}${resource}`)) this.#policies.set(resource, kept);
      else strays.push(document.key);
    }
    if (strays.length > 0) await state.write({ delete: strays });
  }

  /** Follows functions. */
  deleted(functionName: string): void {
    const own = `function:${functionName}`;
    this.#forgetAll((resource) => resource === own || resource.startsWith(`${own}:`));
  }

  /** Follows versions and aliases. */
  qualifierDeleted(functionName: string, qualifier: string): void {
    this.#forgetAll((resource) => resource === `function:${functionName}:${qualifier}`);
  }

  /** Follows layers. */
  layerVersionDeleted(arn: string): void {
    const gone = this.#resourceOf(arn);
    this.#forgetAll((resource) => resource === gone);
  }

  /** Refuses further changes; resolves when those on their way are kept. */
  async close(): Promise<void> {
    await Promise.all([this.#journal.close(), ...this.#forgetting]);
  }

  async #change(
    arn: string,
    revisionId: string | undefined,
    next: (current: KeptPolicy | undefined) => PolicyDocument,
  ): Promise<KeptPolicy> {
    const { ids, checkExists, revisionOf } = this.#options;
    const kept = await this.#journal.commit(arn, () => {
      checkExists(arn);
      const current = this.find(arn);
      checkPolicyRevision(arn, revisionId, current?.revisionId ?? revisionOf?.(arn));
      return this.#planToKeep(arn, keepPolicy(next(current), ids.uuid()));
    });
    this.#forgetIfGone(arn);
    return kept;
  }

  #planToKeep(arn: string, kept: KeptPolicy): Change<KeptPolicy> {
    const resource = this.#resourceOf(arn);
    return {
      stored: () => ({ put: [policyStateDocument(resource, kept)] }),
      apply: () => {
        this.#policies.set(resource, kept);
        return kept;
      },
    };
  }

  #planToForget(arn: string): Change<undefined> {
    const resource = this.#resourceOf(arn);
    return {
      stored: () => ({ delete: [policyKey(resource)] }),
      apply: () => void this.#policies.delete(resource),
    };
  }

  /** Deleted while the change was written: the next resource of that name must not find it. */
  #forgetIfGone(arn: string): void {
    try {
      this.#options.checkExists(arn);
    } catch (error) {
      const gone = this.#resourceOf(arn);
      this.#forgetAll((resource) => resource === gone);
      throw error;
    }
  }

  /** Should it fail, the documents are strays, which the next restart removes. */
  #forgetAll(isGone: (resource: string) => boolean): void {
    const gone = [...this.#policies.keys()].filter(isGone);
    if (gone.length === 0) return;
    for (const resource of gone) this.#policies.delete(resource);
    const { state } = this.#options;
    if (state === undefined) return;
    const written = state
      .write({ delete: gone.map(policyKey) })
      .catch((error: unknown) => {
        process.emitWarning(error instanceof Error ? error : String(error));
      })
      .finally(() => this.#forgetting.delete(written));
    this.#forgetting.add(written);
  }

  #need(arn: string, message: string): KeptPolicy {
    this.#options.checkExists(arn);
    const current = this.find(arn);
    if (current === undefined) throw new PolicyNotFoundError(message);
    return current;
  }

  #resourceOf(arn: string): string {
    return arn.startsWith(this.#arnPrefix) ? arn.slice(this.#arnPrefix.length) : arn;
  }
}
