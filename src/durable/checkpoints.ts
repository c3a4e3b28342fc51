import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import type { ChainedInvokes } from './chained-invokes.ts';
import { planCheckpoint } from './checkpoint-plan.ts';
import { CheckpointError } from './durable-errors.ts';
import type { ExecutionList } from './execution-list.ts';
import type { Execution } from './execution.ts';
import { endingChange, type Ledger } from './ledger.ts';
import type { Operation } from './operation.ts';
import type { OperationUpdate } from './operation-update.ts';
import { pageOf, replayed, type OperationPage } from './replay-state.ts';
import { callbackId, checkpointToken, readCheckpointToken } from './tokens.ts';

export interface CheckpointsOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ledger: Ledger;
  readonly executions: ExecutionList;
  readonly chained: ChainedInvokes;
  owesLetter(execution: Execution): boolean;
}

export interface CheckpointRequest {
  readonly executionArn: string;
  readonly token: string;
  readonly updates: readonly OperationUpdate[];
  /** The same request sent again has the same, and gets the same answer for 15 minutes. */
  readonly clientToken?: string | undefined;
}

export interface CheckpointAnswer {
  /** For the next checkpoint; none when this one has ended the execution. */
  readonly token: string | undefined;
  /** What has changed since the last checkpoint, by this one or from outside. */
  readonly operations: readonly Operation[];
}

export interface StateRequest {
  readonly executionArn: string;
  readonly token: string;
  /** `next` of the page before. @default the first page */
  readonly from?: number | undefined;
  readonly maxItems?: number | undefined;
}

interface Remembered {
  readonly atMs: number;
  readonly answer: Promise<CheckpointAnswer>;
}

/** What an answer of the API may have. */
const pageBytes = 5_242_880;

/** What a handler asks while it runs: to keep what it did, and what was kept before. */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  readonly #answers = new WeakMap<Execution, Map<string, Remembered>>();

  constructor(options: CheckpointsOptions) {
    this.#options = options;
  }

  /**
   * Applies all updates or none, and uses the token up.
   * @throws {CheckpointError} for a token of another time, or an update that is not allowed
   */
  async checkpoint(request: CheckpointRequest): Promise<CheckpointAnswer> {
    const execution = this.#executionOf(request);
    const { clientToken } = request;
    if (clientToken === undefined) return this.#apply(execution, request);
    const nowMs = this.#options.clock.now();
    const answers = this.#recent(execution, nowMs);
    const before = answers.get(clientToken);
    if (before !== undefined) return before.answer;
    const answer = this.#apply(execution, request);
    answers.set(clientToken, { atMs: nowMs, answer });
    // What was refused is asked for anew.
    answer.catch(() => answers.delete(clientToken));
    return answer;
  }

  /** Operations that a replay needs, page by page. @throws {CheckpointError} for a token of another time */
  state(request: StateRequest): OperationPage {
    const execution = this.#executionOf(request);
    const { from = 0, maxItems = 0, token } = request;
    const facts = readCheckpointToken(token);
    const { head } = execution;
    if (!head.isInvoking || facts?.invocation !== head.invocation) throw invalidToken();
    const items = maxItems === 0 ? limits.durable.pageItems.default : maxItems;
    return pageOf(replayed(execution.operations), from, { items, bytes: pageBytes });
  }

  #executionOf({
    executionArn,
    token,
  }: Pick<CheckpointRequest, 'executionArn' | 'token'>): Execution {
    const execution = this.#options.executions.byArn(executionArn);
    const facts = readCheckpointToken(token);
    if (execution === undefined || facts?.executionId !== execution.facts.id) throw invalidToken();
    return execution;
  }

  async #apply(
    execution: Execution,
    { token, updates }: CheckpointRequest,
  ): Promise<CheckpointAnswer> {
    const { clock, ids, ledger, chained } = this.#options;
    const { facts } = execution;
    const used = readCheckpointToken(token);
    let operations: readonly Operation[] = [];
    let started: readonly Operation[] = [];
    await ledger.change(execution, ({ head, operations: before }) => {
      const isCurrent =
        head.isInvoking &&
        used?.invocation === head.invocation &&
        used.sequence === head.checkpoint;
      if (!isCurrent) throw invalidToken();
      const nowMs = clock.now();
      const resultBytes = facts.isSync
        ? limits.durable.syncResultBytes
        : limits.durable.payloadBytes;
      const plan = planCheckpoint(
        { operations: before, writtenBytes: head.writtenBytes, resultBytes },
        updates,
        {
          nowMs,
          callbackId: (operationId) =>
            callbackId({ executionId: facts.id, operationId }, ids.uuid()),
          chainedTarget: (functionName) => chained.describe(functionName),
        },
      );
      const { writtenBytes, ending, events } = plan;
      const touched = new Set(plan.operations.map(({ id }) => id));
      const news = head.changed.flatMap((id) => (touched.has(id) ? [] : (before.get(id) ?? [])));
      operations = [...news, ...plan.operations];
      started = plan.operations.filter(
        ({ type, status }) => type === 'CHAINED_INVOKE' && status === 'STARTED',
      );
      const next = { checkpoint: head.checkpoint + 1, changed: [], writtenBytes };
      if (ending === undefined) return { operations: plan.operations, events, head: next };
      const owes = ending.status !== 'SUCCEEDED' && this.#options.owesLetter(execution);
      const end = endingChange(execution, ending, nowMs, owes);
      return {
        operations: [...plan.operations, ...end.operations],
        events: [...events, ...end.events],
        head: { ...next, ...end.head },
      };
    });
    for (const operation of started) chained.launch(execution, operation);
    const { invocation, checkpoint: sequence } = execution.head;
    return {
      token: execution.isRunning
        ? checkpointToken({ executionId: facts.id, invocation, sequence })
        : undefined,
      operations,
    };
  }

  /** Client tokens that are still known. */
  #recent(execution: Execution, nowMs: number): Map<string, Remembered> {
    let answers = this.#answers.get(execution);
    if (answers === undefined) {
      answers = new Map();
      this.#answers.set(execution, answers);
    }
    // The oldest come first.
    for (const [clientToken, { atMs }] of answers) {
      if (nowMs - atMs <= limits.durable.clientTokenMs) break;
      answers.delete(clientToken);
    }
    return answers;
  }
}

/** AWS's words; SDKs know them by their beginning. */
function invalidToken(): CheckpointError {
  return new CheckpointError('Invalid checkpoint token');
}
