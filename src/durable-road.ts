import { sendDeadLetter } from './async/dead-letter.ts';
import { UndeliverableError } from './async/delivery-target.ts';
import { backoffMs } from './async/next-step.ts';
import type { FunctionFollower } from './control-plane.ts';
import type { Home } from './core/arn.ts';
import type { Clock } from './core/clock.ts';
import type { Events } from './core/events.ts';
import type { Ids } from './core/ids.ts';
import { limits } from './core/limits.ts';
import { withRound } from './core/lineage.ts';
import { DurableEndpoint } from './durable-endpoint.ts';
import { DurableEngine } from './durable/engine.ts';
import type { ExecutionFacts } from './durable/execution.ts';
import type { DurableError } from './durable/operation.ts';
import type { ResolvedTarget } from './functions/routing.ts';
import type { FunctionStore } from './functions/store.ts';
import type { Invocation, Invoker } from './invoke/invoker.ts';
import { InvokeSuccess, type InvokeOutcome } from './invoke/outcome.ts';
import { Report } from './invoke/report.ts';
import type { InterceptorChain } from './network/interceptor-chain.ts';
import type { Resources } from './resources.ts';
import type { Storage } from './storage/storage.ts';

export interface DurableRoadOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  readonly storage: Storage;
  readonly store: FunctionStore;
  readonly invoker: Invoker;
  readonly resources: Resources;
  readonly interceptors: InterceptorChain;
}

/** Wires executions of durable functions to the rest. */
export class DurableRoad implements FunctionFollower {
  readonly engine: DurableEngine;
  readonly #options: DurableRoadOptions;

  constructor(options: DurableRoadOptions) {
    const { home, storage, store, invoker, interceptors } = options;
    const { router } = store;
    this.#options = options;
    this.engine = new DurableEngine({
      home,
      clock: options.clock,
      ids: options.ids,
      events: options.events,
      // What dies with the process needs no second copy in it.
      state: storage.isDurable ? storage.state : undefined,
      pick: (functionName, version) => router.resolveTarget(functionName, version),
      resolve: (reference) => router.resolveTarget(reference),
      invoke: (target, invocation) => invoker.invoke(target, invocation),
      deadLetterOf: (functionName) => store.find(functionName)?.settings.deadLetter ?? undefined,
      sendLetter: (facts, input, error) => this.#sendLetter(facts, input, error),
    });
    const suffix = home.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    interceptors.add(new DurableEndpoint(this.engine, `lambda.${home.region}.${suffix}`));
  }

  /**
   * An event of the queue is dealt with when its execution is started: the queue would not wait for a year. A second
   * delivery finds the execution of the first.
   */
  async accept(target: ResolvedTarget, invocation: Invocation): Promise<InvokeOutcome> {
    const { requestId, eventJson, tenantId, extras } = invocation;
    const traceId = extras?.traceId;
    const request = { name: requestId, requestId, eventJson, tenantId, traceId, isSync: false };
    const { facts } = await this.engine.start(target, request);
    const { memoryMb } = target.version.config;
    const report = new Report({
      requestId,
      durationMs: 0,
      initDurationMs: undefined,
      cpuMs: 0,
      memoryMb,
      peakMemoryBytes: 0,
      status: 'success',
      errorType: undefined,
    });
    return new InvokeSuccess(requestId, facts.version, 'null', report);
  }

  deleted(functionName: string): void {
    this.engine.functionGone(functionName);
  }

  qualifierDeleted(functionName: string, qualifier: string): void {
    this.engine.functionGone(functionName, qualifier);
  }

  /** Tries again, ever later, for as long as AWS keeps an asynchronous event. */
  async #sendLetter(
    facts: ExecutionFacts,
    eventJson: string,
    error: DurableError | undefined,
  ): Promise<void> {
    const { clock, store, resources, events } = this.#options;
    const { functionName, requestId, version: qualifier, startedMs } = facts;
    const record = store.find(functionName);
    const to = record?.settings.deadLetter ?? undefined;
    if (record === undefined || to === undefined) return;
    const message = error?.errorMessage ?? '';
    const traceHeader = withRound(facts.traceId, record.arn, { requestId, atMs: startedMs });
    const letter = { requestId, eventJson, error: { statusCode: 200, message }, traceHeader };
    const about = { requestId, functionName, qualifier, condition: 'RetriesExhausted', to };
    events.emit({ type: 'async.dropped', at: clock.now(), ...about, invokeCount: 1 });
    const giveUpMs = clock.now() + limits.asyncEventAgeMs.max;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await sendDeadLetter(to, letter, (arn) => resources.target(arn));
        events.emit({ type: 'deadLetter.sent', at: clock.now(), ...about });
        return;
      } catch (problem) {
        if (problem instanceof UndeliverableError || clock.now() >= giveUpMs) {
          const reason = problem instanceof Error ? problem.message : String(problem);
          const at = clock.now();
          events.emit({ type: 'deadLetter.failed', at, ...about, reason, body: eventJson });
          return;
        }
      }
      await this.#pause(backoffMs(attempt), `the dead letter of request ${requestId}`);
    }
  }

  #pause(ms: number, label: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#options.clock.setTimer(() => resolve(), ms, { label });
    return promise;
  }
}
