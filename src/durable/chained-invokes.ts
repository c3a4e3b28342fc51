import type { Clock } from '../core/clock.ts';
import {
  ClosedError,
  FunctionNotFoundError,
  InvalidOptionError,
  ThrottledError,
} from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';
import type { ResolvedTarget } from '../functions/routing.ts';
import type { Invocation } from '../invoke/invoker.ts';
import type { InvokeOutcome } from '../invoke/outcome.ts';
import { warn } from './announcements.ts';
import { errorOf } from './driver.ts';
import type { Execution } from './execution.ts';
import type { DurableError, Operation } from './operation.ts';
import type { Answer } from './outside-transitions.ts';
import type { ChainedTarget } from './transitions.ts';

export interface ChainedInvokesOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** @throws for a reference that leads nowhere, or that cannot be invoked */
  resolve(reference: string): ResolvedTarget;
  invoke(target: ResolvedTarget, invocation: Invocation): InvokeOutcome | Promise<InvokeOutcome>;
  /** Starts the execution of a durable function, or finds the one that was started before. */
  start(target: ResolvedTarget, child: ChildRequest): Promise<Execution>;
  arnOf(target: ResolvedTarget, child: { readonly id: string; readonly name: string }): string;
  answer(parent: Execution, operationId: string, answer: Answer): Promise<unknown>;
}

/** What a chained invoke of a durable function starts. */
export interface ChildRequest {
  readonly id: string;
  readonly eventJson: string;
  readonly tenantId: string | undefined;
  readonly traceId: string | undefined;
  readonly parent: { readonly executionId: string; readonly operationId: string };
}

/** Runs other functions for executions and hands over what comes of them. */
export class ChainedInvokes {
  readonly #options: ChainedInvokesOptions;
  #isStopped = false;

  constructor(options: ChainedInvokesOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Where a chained invoke leads that is about to start; what is wrong with it comes out when it runs. */
  describe(functionName: string): ChainedTarget {
    let target: ResolvedTarget;
    try {
      target = this.#options.resolve(functionName);
    } catch {
      return {};
    }
    const { version, config } = target.version;
    if (config.durable === null) return { executedVersion: version };
    const id = this.#options.ids.uuid();
    const executionArn = this.#options.arnOf(target, { id, name: id });
    return { executedVersion: version, executionId: id, executionArn };
  }

  /** Runs it, or takes it up again after a restart. */
  launch(parent: Execution, operation: Operation): void {
    this.#run(parent, operation).catch(warn);
  }

  async #run(parent: Execution, operation: Operation): Promise<void> {
    const answer = await this.#answerOf(parent, operation);
    if (answer === undefined || this.#isStopped) return;
    await this.#options.answer(parent, operation.id, answer);
  }

  /** `undefined` when the answer comes later: with the end of the other execution, or after a restart. */
  async #answerOf(parent: Execution, operation: Operation): Promise<Answer | undefined> {
    const { chained, input = '{}', id: operationId } = operation;
    const {
      functionName = '',
      tenantId,
      traceId = parent.facts.traceId,
      executionId,
    } = chained ?? {};
    try {
      const target = this.#options.resolve(functionName);
      if (target.version.config.durable !== null) {
        const child = await this.#options.start(target, {
          id: executionId ?? this.#options.ids.uuid(),
          eventJson: input,
          tenantId,
          traceId,
          parent: { executionId: parent.facts.id, operationId },
        });
        return child.isRunning ? undefined : answerFrom(child);
      }
      return await this.#invoke(target, input, { tenantId, traceId });
    } catch (error) {
      if (error instanceof ClosedError) return undefined;
      return { status: 'FAILED', error: refusalOf(error) };
    }
  }

  /** Without end while no concurrency is left: the execution's timeout bounds it. */
  async #invoke(
    target: ResolvedTarget,
    eventJson: string,
    {
      tenantId,
      traceId,
    }: { readonly tenantId: string | undefined; readonly traceId: string | undefined },
  ): Promise<Answer | undefined> {
    for (let refusals = 0; !this.#isStopped; refusals += 1) {
      try {
        const outcome = await this.#options.invoke(target, {
          requestId: this.#options.ids.uuid(),
          eventJson,
          tenantId,
          extras: {
            ...(tenantId !== undefined && { tenantId }),
            ...(traceId !== undefined && { traceId }),
          },
          isForcedCold: false,
        });
        if (outcome.status === 'ok') return { status: 'SUCCEEDED', result: outcome.payloadJson };
        if (!outcome.isSystemFault) return { status: 'FAILED', error: errorOf(outcome) };
      } catch (error) {
        if (!(error instanceof ThrottledError)) throw error;
      }
      await this.#pause(Math.min(1_000 * 2 ** refusals, 300_000), target.version.functionName);
    }
    return undefined;
  }

  #pause(ms: number, functionName: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const label = `a chained invoke of ${functionName} after it was throttled`;
    this.#options.clock.setTimer(() => resolve(), ms, { label });
    return promise;
  }
}

/** What an execution that has ended says to the one that started it. */
export function answerFrom({ head }: Execution): Answer {
  if (head.status === 'SUCCEEDED') return { status: 'SUCCEEDED', result: head.result };
  if (head.status === 'RUNNING') throw new TypeError('The execution has not ended');
  return { status: head.status, error: head.error };
}

/** In the words of AWS, for a handler that looks at them. */
function refusalOf(error: unknown): DurableError {
  if (error instanceof FunctionNotFoundError) {
    return { errorType: 'ResourceNotFoundException', errorMessage: error.message };
  }
  if (error instanceof InvalidOptionError) {
    const errorMessage = error instanceof AwsRuleError ? error.awsMessage : error.message;
    return { errorType: 'InvalidParameterValueException', errorMessage };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message };
}
