import type { Clock } from '../core/clock.ts';
import {
  ClosedError,
  FunctionNotFoundError,
  PayloadTooLargeError,
  ThrottledError,
} from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import { isEndless, roundsOf, withRound } from '../core/lineage.ts';
import type { FunctionRecord } from '../functions/function-record.ts';
import type { ResolvedTarget, Target } from '../functions/routing.ts';
import type { Invocation } from '../invoke/invoker.ts';
import type { InvokeOutcome } from '../invoke/outcome.ts';

/** What became of one invocation with a batch. */
export type CallResult =
  | { readonly kind: 'ok'; readonly executedVersion: string; readonly payloadJson: string }
  | { readonly kind: 'error'; readonly executedVersion: string }
  /** No handler ran to its end: throttled, a fault of the system, or no function there. */
  | { readonly kind: 'not-run'; readonly reason: string }
  /** The host ends; this says nothing of the batch. */
  | { readonly kind: 'stopped' };

export interface BatchCallerOptions {
  readonly find: (functionName: string) => FunctionRecord | undefined;
  readonly invoke: (
    target: ResolvedTarget,
    invocation: Invocation,
  ) => InvokeOutcome | Promise<InvokeOutcome>;
  readonly clock: Clock;
  readonly events: Events;
}

export interface BatchCall {
  readonly requestId: string;
  readonly eventJson: string;
  /** With which the function's own requests go on. */
  readonly traceId: string | undefined;
}

/** Invokes functions synchronously with batches; knows which messages went round too often. */
export class BatchCaller {
  readonly #options: BatchCallerOptions;
  #isStopping = false;

  constructor(options: BatchCallerOptions) {
    this.#options = options;
  }

  /** From now on a fault of the system may be the host's end. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Never rejects. */
  async call(target: Target, { requestId, eventJson, traceId }: BatchCall): Promise<CallResult> {
    const extras = traceId === undefined ? undefined : { traceId };
    try {
      const invocation = { requestId, eventJson, tenantId: undefined, extras, isForcedCold: false };
      const outcome = await this.#options.invoke(target.pick(), invocation);
      return this.#resultOf(outcome);
    } catch (error) {
      if (error instanceof ClosedError) return { kind: 'stopped' };
      if (error instanceof ThrottledError) return { kind: 'not-run', reason: 'throttled' };
      if (error instanceof PayloadTooLargeError) {
        // A single record that no request takes; trying again is for the mapping to decide.
        return { kind: 'error', executedVersion: target.qualifier ?? '$LATEST' };
      }
      if (error instanceof FunctionNotFoundError) {
        return { kind: 'not-run', reason: error.message };
      }
      return { kind: 'not-run', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Whether a message came through the function so often that it must not do so again. Tells of it. */
  isEndless(functionName: string, traceHeader: string | undefined, requestId: string): boolean {
    const found = this.#options.find(functionName);
    if (found === undefined || found.settings.recursiveLoop === 'Allow') return false;
    const rounds = roundsOf(traceHeader, found.arn);
    if (!isEndless(rounds)) return false;
    const at = this.#options.clock.now();
    this.#options.events.emit({ type: 'recursion.stopped', at, requestId, functionName, rounds });
    return true;
  }

  /** The header for one batch: it carries on the chain that came through the function most often. */
  traceOf(
    functionName: string,
    traceHeaders: readonly (string | undefined)[],
    requestId: string,
  ): string | undefined {
    const found = this.#options.find(functionName);
    if (found === undefined) return undefined;
    let longest: string | undefined;
    for (const header of traceHeaders) {
      if (longest === undefined || roundsOf(header, found.arn) > roundsOf(longest, found.arn)) {
        longest = header;
      }
    }
    return withRound(longest, found.arn, { requestId, atMs: this.#options.clock.now() });
  }

  #resultOf(outcome: InvokeOutcome): CallResult {
    const { executedVersion } = outcome;
    if (outcome.status === 'ok') {
      return { kind: 'ok', executedVersion, payloadJson: outcome.payloadJson };
    }
    if (!outcome.isSystemFault) return { kind: 'error', executedVersion };
    if (this.#isStopping) return { kind: 'stopped' };
    return { kind: 'not-run', reason: outcome.error.errorMessage };
  }
}
