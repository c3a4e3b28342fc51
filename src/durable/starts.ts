import { functionArn, parseFunctionArn, type Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import { checkString } from '../core/options.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';
import type { ResolvedTarget } from '../functions/routing.ts';
import type { Announcements } from './announcements.ts';
import type { ChildRequest } from './chained-invokes.ts';
import { ExecutionAlreadyStartedError } from './durable-errors.ts';
import { executionArn, type ExecutionList } from './execution-list.ts';
import { Execution, type ExecutionFacts } from './execution.ts';
import { eventOf } from './history-event.ts';
import type { Ledger } from './ledger.ts';
import type { Operation } from './operation.ts';

/** What an execution is started with. */
export interface StartRequest {
  readonly name: string | undefined;
  readonly requestId: string;
  readonly eventJson: string;
  readonly tenantId?: string | undefined;
  readonly traceId?: string | undefined;
  /** Whether somebody waits for its end. */
  readonly isSync: boolean;
}

export interface StartsOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ledger: Ledger;
  readonly executions: ExecutionList;
  readonly announcements: Announcements;
}

type OwnFacts = Pick<
  ExecutionFacts,
  'id' | 'name' | 'requestId' | 'tenantId' | 'traceId' | 'isSync' | 'parent'
>;

const namePattern = /^[\w-]+$/;

/** Starts executions, or finds the one that was started under a name before. */
export class Starts {
  readonly #options: StartsOptions;

  constructor(options: StartsOptions) {
    this.#options = options;
  }

  /**
   * One that is there under the name already, with the same input, is given again.
   * @throws {ExecutionAlreadyStartedError} when its input is another
   */
  async start(target: ResolvedTarget, request: StartRequest): Promise<Execution> {
    checkQualified(target);
    const { executions, ids } = this.#options;
    const { name, eventJson, ...others } = request;
    if (name !== undefined) {
      checkExecutionName(name);
      const existing = executions.byName(target.version.functionName, name);
      if (existing !== undefined) return sameAs(existing, eventJson);
    }
    const id = ids.uuid();
    return this.#begin(target, eventJson, { ...others, id, name: name ?? id });
  }

  /** The execution of a chained invoke; a parent that is taken up again finds it. */
  async startChild(target: ResolvedTarget, child: ChildRequest): Promise<Execution> {
    const { executions, ids } = this.#options;
    const existing = executions.byId(child.id);
    if (existing !== undefined) return existing;
    checkQualified(target);
    const { eventJson, ...request } = child;
    const own = { ...request, name: child.id, requestId: ids.uuid(), isSync: false };
    return this.#begin(target, eventJson, own);
  }

  arnOf(target: ResolvedTarget, own: { readonly id: string; readonly name: string }): string {
    const { functionName, version } = target.version;
    return executionArn(this.#options.home, { functionName, version, ...own });
  }

  async #begin(target: ResolvedTarget, input: string, own: OwnFacts): Promise<Execution> {
    const { clock, executions, ledger, announcements } = this.#options;
    const startedMs = clock.now();
    const execution = new Execution(this.#factsOf(target, own, startedMs));
    const { id, timeoutMs } = execution.facts;
    const itself: Operation = Object.freeze({
      id,
      sequence: 0,
      type: 'EXECUTION',
      status: 'STARTED',
      startedMs,
      input,
    });
    // There at once, so that a second start under the name finds it.
    execution.operations.set(id, itself);
    executions.add(execution);
    execution.started = ledger.begin(execution, {
      operations: [itself],
      events: [eventOf('ExecutionStarted', { id }, startedMs, { input, timeoutMs })],
    });
    try {
      await execution.started;
    } catch (error) {
      executions.remove(execution);
      throw error;
    }
    announcements.started(execution);
    return execution;
  }

  #factsOf(target: ResolvedTarget, own: OwnFacts, startedMs: number): ExecutionFacts {
    const { functionName, version, config } = target.version;
    const { executionTimeoutMs: timeoutMs = 0, retentionDays = 0 } = config.durable ?? {};
    return Object.freeze({
      ...own,
      arn: this.arnOf(target, own),
      functionName,
      functionArn: functionArn(this.#options.home, functionName, version),
      version,
      startedMs,
      timeoutMs,
      retentionDays,
    });
  }
}

async function sameAs(execution: Execution, eventJson: string): Promise<Execution> {
  if (execution.input !== eventJson) throw new ExecutionAlreadyStartedError(execution.facts.arn);
  await execution.started;
  return execution;
}

/** @throws {AwsRuleError} for a function alone: replays need code that does not change under them */
function checkQualified({ invokedArn }: ResolvedTarget): void {
  if (parseFunctionArn(invokedArn)?.qualifier !== undefined) return;
  throw new AwsRuleError(
    'functionName',
    'a version, an alias or `$LATEST` of a durable function, such as "orders:1"',
    invokedArn,
    'You cannot invoke a durable function using an unqualified ARN.',
  );
}

export function checkExecutionName(name: unknown): asserts name is string {
  checkString('executionName', name, {
    maxLength: limits.durable.nameLength,
    pattern: namePattern,
    says: `1 to ${limits.durable.nameLength} letters, digits, "-" and "_"`,
  });
}
