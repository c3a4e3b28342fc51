import type { Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { AccessError } from './access-error.ts';
import { accessDenied } from './access-error.ts';
import type { ResolvedAccess, ResolvedPrincipal } from './access-options.ts';
import { authenticate } from './authenticate.ts';
import { rootOf, type AccountCaller, type AnonymousCaller, type ServiceCaller } from './caller.ts';
import { evaluate, type Decision, type PolicySet } from './evaluate.ts';
import type { Policy } from './policy.ts';
import { requestContext, type ContextValues } from './request-context.ts';
import type { ResourcePolicies } from './resource-policies.ts';
import type { HttpRequestFacts } from './signed-request.ts';

export interface AccessParts {
  readonly home: Home;
  readonly clock: Clock;
  readonly options: ResolvedAccess;
  readonly policies: ResourcePolicies;
}

/** Somebody with keys, or the root of the account where no keys are asked for. */
export interface Principal extends AccountCaller {
  readonly accessKeyId: string | undefined;
}

/** What somebody wants to do to what. */
export interface Subject {
  /** Such as `lambda:GetFunction`; see `actionOf`. */
  readonly action: string;
  /** ARN, qualified where the request is; `*` for operations that are about no single resource. */
  readonly resource: string;
  /** Condition keys of this request, such as `lambda:FunctionArn` or `aws:SourceIp`. */
  readonly conditions?: ContextValues;
}

/** Stands at the AWS door: finds who asks and whether they may. */
export class Access {
  readonly #home: Home;
  readonly #clock: Clock;
  readonly #options: ResolvedAccess;
  readonly #policies: ResourcePolicies;
  readonly #root: Principal;

  constructor({ home, clock, options, policies }: AccessParts) {
    this.#home = home;
    this.#clock = clock;
    this.#options = options;
    this.#policies = policies;
    this.#root = Object.freeze({ ...rootOf(home), accessKeyId: undefined });
  }

  /** Whether everybody may do everything, so that there is nothing to ask. */
  get isOpen(): boolean {
    const { principals, scp, rcp } = this.#options;
    const hasLimits = scp !== undefined || rcp !== undefined || this.#policies.size > 0;
    return principals === undefined && !hasLimits;
  }

  /**
   * Gives who signed a request; the root of the account, and at once, where signatures are not read.
   * @throws {AccessError} in AWS's words
   */
  authenticate(request: HttpRequestFacts): Principal | Promise<Principal> {
    const { principals } = this.#options;
    if (principals === undefined) return this.#root;
    const { region } = this.#home;
    const facts = { principals, region, nowMs: this.#clock.now() };
    return authenticate(request, facts).then(({ caller, credentials }) => ({
      ...caller,
      accessKeyId: credentials.accessKeyId,
    }));
  }

  /** @throws {AccessError} in AWS's words, when the policies do not let them */
  check(caller: Principal | ServiceCaller | AnonymousCaller, subject: Subject): void {
    const denial = this.#denialOf(caller, subject);
    if (denial !== undefined) throw denial;
  }

  /**
   * Whether a service may invoke a function for one of its resources. Always, unless services need a permission.
   * @param service such as `s3.amazonaws.com`
   */
  mayInvoke(service: string, functionArn: string, sourceArn: string): boolean {
    if (!this.#options.enforceServices) return true;
    const conditions = {
      'aws:SourceArn': sourceArn,
      'aws:SourceAccount': this.#home.accountId,
      'aws:PrincipalServiceName': service,
      'aws:PrincipalIsAWSService': 'true',
    };
    const subject = { action: 'lambda:InvokeFunction', resource: functionArn, conditions };
    return this.#denialOf({ kind: 'service', service }, subject) === undefined;
  }

  #denialOf(
    caller: Principal | ServiceCaller | AnonymousCaller,
    { action, resource, conditions = {} }: Subject,
  ): AccessError | undefined {
    const nowMs = this.#clock.now();
    const principal = 'accessKeyId' in caller ? this.#principalOf(caller) : undefined;
    const question = {
      caller,
      action,
      resource,
      resourceAccountId: accountOf(resource) ?? this.#home.accountId,
      context: requestContext({
        'aws:CurrentTime': new Date(nowMs).toISOString(),
        'aws:EpochTime': String(Math.floor(nowMs / 1_000)),
        'aws:RequestedRegion': this.#home.region,
        'aws:ViaAWSService': 'false',
        'aws:PrincipalIsAWSService': 'false',
        ...('accountId' in caller && aboutCaller(caller)),
        ...(principal !== undefined && aboutPrincipal(principal)),
        ...conditions,
      }),
    };
    const decision: Decision = evaluate(question, this.#policiesFor(caller, principal, resource));
    return decision.isAllowed ? undefined : accessDenied(caller, { action, resource }, decision);
  }

  #policiesFor(
    caller: Principal | ServiceCaller | AnonymousCaller,
    principal: ResolvedPrincipal | undefined,
    resource: string,
  ): PolicySet {
    const { scp, rcp } = this.#options;
    const isOfThisAccount = 'accountId' in caller && caller.accountId === this.#home.accountId;
    return {
      identity: principal?.policies ?? [],
      resource: this.#policyOf(resource),
      boundary: principal?.boundary,
      session: principal?.session,
      scp: isOfThisAccount ? scp : undefined,
      rcp,
    };
  }

  /** `$LATEST` has no policy of its own, though its ARN is another than that of the function. */
  #policyOf(resource: string): Policy | undefined {
    return this.#policies.find(resource.replace(/:\$LATEST$/, ''))?.policy;
  }

  #principalOf({ accessKeyId }: Principal): ResolvedPrincipal | undefined {
    return accessKeyId === undefined ? undefined : this.#options.principals?.get(accessKeyId);
  }
}

function accountOf(arn: string): string | undefined {
  const account = arn.split(':')[4];
  return account === '' ? undefined : account;
}

const principalTypes = { root: 'Account', user: 'User', role: 'AssumedRole' } as const;

function aboutCaller({ kind, arn, accountId, userName }: AccountCaller): ContextValues {
  return {
    'aws:PrincipalArn': arn,
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalType': principalTypes[kind],
    'aws:username': userName,
  };
}

function aboutPrincipal({ organizationId, tags }: ResolvedPrincipal): ContextValues {
  const ofTags = Object.entries(tags).map(([name, value]) => [`aws:PrincipalTag/${name}`, value]);
  return { 'aws:PrincipalOrgID': organizationId, ...Object.fromEntries(ofTags) };
}
