import type { BatchFacts } from '../core/events.ts';
import { limits } from '../core/limits.ts';
import { readItemFailures } from './item-failures.ts';
import { mappingFacts, type StreamPollerOptions } from './poller.ts';
import type { LaneRecord } from './stream-records.ts';
import { stateOf, windowJson, type OpenWindow, type WindowFlags } from './tumbling-window.ts';

/** How one attempt at some records ended. */
export type Attempt =
  | { readonly kind: 'dealt' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'not-run'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly requestId: string;
      readonly executedVersion: string;
      readonly functionError: 'Unhandled' | null;
      /** How many records at the front were dealt with. */
      readonly done: number;
    };

export type FailedAttempt = Extract<Attempt, { kind: 'failed' }>;

const open = '{"Records":[';

/** An invocation in the middle of its window, or without one. */
export const usual: WindowFlags = { isFinal: false, isEarly: false };

/** Invokes the function with records of one shard, and carries the state of its window. */
export class LaneInvocation {
  window: OpenWindow | undefined;
  readonly #options: StreamPollerOptions;
  readonly #shardId: string;

  constructor(options: StreamPollerOptions, shardId: string, window: OpenWindow | undefined) {
    this.#options = options;
    this.#shardId = shardId;
    this.window = window;
  }

  /** Bytes of an event besides its records. */
  get envelopeBytes(): number {
    return Buffer.byteLength(this.eventJson([], usual));
  }

  /** The state is more than AWS carries on. */
  get isStateTooLarge(): boolean {
    const { stateJson = '' } = this.window ?? {};
    return Buffer.byteLength(stateJson) > limits.mapping.windowStateBytes;
  }

  async attempt(records: readonly LaneRecord[], flags: WindowFlags): Promise<Attempt> {
    const { caller, clock, events, ids, mapping, target, onResult } = this.#options;
    const requestId = ids.uuid();
    const last = records.at(-1);
    events.emit({
      type: 'mapping.batchInvoked',
      ...this.#facts(requestId, records.length),
      iteratorAgeMs: last === undefined ? undefined : Math.max(clock.now() - last.arrivedMs, 0),
    });
    const eventJson = this.eventJson(records, flags);
    const result = await caller.call(target, { requestId, eventJson, traceId: undefined });
    if (result.kind === 'stopped') return result;
    if (result.kind === 'not-run') return result;
    const failed = { kind: 'failed', requestId, executedVersion: result.executedVersion } as const;
    if (result.kind === 'error') {
      this.#tellFailed(requestId, records.length, 'function-error', records.length);
      return { ...failed, functionError: 'Unhandled', done: 0 };
    }
    const stateJson = this.window === undefined ? '{}' : stateOf(result.payloadJson);
    const report =
      mapping.settings.reportItemFailures && records.length > 0
        ? readItemFailures(
            result.payloadJson,
            new Set(records.map(({ sequenceNumber }) => sequenceNumber)),
          )
        : ({ kind: 'success' } as const);
    if (stateJson === undefined || report.kind === 'invalid') {
      this.#tellFailed(requestId, records.length, 'invalid-response', records.length);
      return { ...failed, functionError: null, done: 0 };
    }
    if (this.window !== undefined) this.window = { ...this.window, stateJson };
    if (report.kind === 'failures') {
      const { identifiers } = report;
      const done = records.findIndex(({ sequenceNumber }) => identifiers.has(sequenceNumber));
      this.#tellFailed(requestId, records.length, 'item-failures', records.length - done);
      return { ...failed, functionError: null, done };
    }
    onResult(true);
    events.emit({ type: 'mapping.batchSucceeded', ...this.#facts(requestId, records.length) });
    return { kind: 'dealt' };
  }

  /** What the function gets. */
  eventJson(records: readonly LaneRecord[], flags: WindowFlags): string {
    return `${open}${records.map(({ json }) => json).join(',')}]${this.#tail(flags)}}`;
  }

  #tail(flags: WindowFlags): string {
    const { sourceArn } = this.#options.mapping;
    return this.window === undefined
      ? ''
      : windowJson(this.window, { shardId: this.#shardId, sourceArn }, flags);
  }

  #tellFailed(
    requestId: string,
    records: number,
    reason: 'function-error' | 'item-failures' | 'invalid-response',
    failed: number,
  ): void {
    const { events, onResult } = this.#options;
    onResult(false);
    const facts = this.#facts(requestId, records);
    events.emit({ type: 'mapping.batchFailed', ...facts, reason, failed });
  }

  #facts(requestId: string, records: number): BatchFacts {
    return { ...mappingFacts(this.#options), requestId, records, shardId: this.#shardId };
  }
}
