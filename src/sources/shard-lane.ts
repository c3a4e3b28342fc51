import type { BatchFacts } from '../core/events.ts';
import { limits } from '../core/limits.ts';
import { failureStep, type Piece } from './failure-step.ts';
import { failureDelivery, type GiveUpCondition } from './failure-record.ts';
import { readItemFailures } from './item-failures.ts';
import { backoffMs, mappingFacts, pauseOn, type StreamPollerOptions } from './poller.ts';
import type { LaneProgress } from './stream-progress.ts';
import type { LaneRecord, RecordFormat } from './stream-records.ts';
import {
  idleWindowMs,
  stateOf,
  windowJson,
  windowOf,
  type OpenWindow,
  type WindowFlags,
} from './tumbling-window.ts';

export interface ShardLaneParts {
  readonly options: StreamPollerOptions;
  readonly format: Pick<RecordFormat<never>, 'batchInfo' | 'timeText'>;
  readonly shardId: string;
  /** Ends the lane after the batch that runs. */
  readonly signal: AbortSignal;
  readonly begin: LaneProgress;
  /** Sequence number of the oldest record that the shard still has; undefined when it has none. */
  readonly oldestKept: () => Promise<string | undefined>;
  /** There is room for more records. */
  readonly onTaken: () => void;
}

/** How one attempt at some records ended. */
type Attempt =
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

type Failed = Extract<Attempt, { kind: 'failed' }>;

const open = '{"Records":[';

/**
 * Records of one shard, or of some of its partition keys, one batch after the other. Nothing overtakes a batch that
 * fails: it is tried again, split or given up first.
 */
export class ShardLane {
  readonly done: Promise<void>;
  readonly #parts: ShardLaneParts;
  readonly #label: string;
  #buffer: LaneRecord[];
  #bufferedBytes: number;
  /** Of a batch that was interrupted. */
  #left: readonly LaneRecord[] = [];
  #window: OpenWindow | undefined;
  #isEnding = false;
  /** Set while the lane waits for records. */
  #onWake: (() => void) | undefined;

  constructor(parts: ShardLaneParts) {
    const { options, shardId, begin, signal } = parts;
    this.#parts = parts;
    this.#buffer = [...begin.left];
    this.#bufferedBytes = begin.left.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#window = begin.window;
    this.#label = `mapping of ${shardId} to ${options.mapping.functionName}`;
    signal.addEventListener('abort', () => this.#onWake?.(), { once: true });
    this.done = this.#run();
  }

  /** Records that wait for their batch. */
  get waiting(): number {
    return this.#buffer.length;
  }

  get progress(): LaneProgress {
    return { left: [...this.#left, ...this.#buffer], window: this.#window };
  }

  push(record: LaneRecord): void {
    this.#buffer.push(record);
    this.#bufferedBytes += record.bytes;
    this.#onWake?.();
  }

  /** Nothing comes any more; the lane ends when it has dealt with the rest. */
  end(): void {
    this.#isEnding = true;
    this.#onWake?.();
  }

  async #run(): Promise<void> {
    const { signal } = this.#parts;
    while (!signal.aborted) {
      if (this.#buffer.length > 0) {
        await this.#gather();
        if (!signal.aborted) await this.#deal(await this.#take());
      } else if (this.#isEnding) {
        break;
      } else {
        await this.#untilRecords();
      }
    }
    if (!signal.aborted) await this.#closeWindow(false);
  }

  /** A window that stays without newer records is closed after a while. */
  async #untilRecords(): Promise<void> {
    const window = this.#window;
    if (window === undefined) {
      await this.#wake();
      return;
    }
    const { clock } = this.#parts.options;
    await this.#wake(window.endMs + idleWindowMs - clock.now());
    const isOver = clock.now() >= window.endMs + idleWindowMs;
    if (isOver && this.#buffer.length === 0) await this.#closeWindow(false);
  }

  async #gather(): Promise<void> {
    const { options, signal } = this.#parts;
    const { batchSize, windowMs } = options.mapping.settings;
    const untilMs = options.clock.now() + windowMs;
    while (!signal.aborted && !this.#isEnding) {
      const leftMs = untilMs - options.clock.now();
      if (leftMs <= 0 || this.#buffer.length >= batchSize) return;
      if (this.#bufferedBytes >= limits.syncRequestBytes) return;
      await this.#wake(leftMs);
    }
  }

  /** Records of one batch; they leave the lane only when they are dealt with or given up. */
  async #take(): Promise<readonly LaneRecord[]> {
    const { batchSize, tumblingWindowMs } = this.#parts.options.mapping.settings;
    const [first] = this.#buffer;
    if (first === undefined) return [];
    if (tumblingWindowMs > 0) await this.#openWindow(windowOf(first.arrivedMs, tumblingWindowMs));
    if (this.#parts.signal.aborted) return [];
    const window = this.#window;
    let bytes = open.length + this.#tail(usual).length + 16;
    let count = 0;
    for (const record of this.#buffer) {
      bytes += record.bytes + 1;
      if (count === batchSize || (count > 0 && bytes > limits.syncRequestBytes)) break;
      if (tumblingWindowMs > 0 && window !== undefined && record.arrivedMs >= window.endMs) break;
      count += 1;
    }
    const taken = this.#buffer.splice(0, count);
    this.#bufferedBytes -= taken.reduce((sum, record) => sum + record.bytes, 0);
    return taken;
  }

  async #deal(records: readonly LaneRecord[]): Promise<void> {
    const { options, signal, onTaken } = this.#parts;
    const { maxRetries, bisectOnError: bisects } = options.mapping.settings;
    const pieces: Piece[] = [{ from: 0, to: records.length, failures: 0 }];
    let delays = 0;
    let last: Failed | undefined;
    for (let next = pieces.shift(); next !== undefined; next = pieces.shift()) {
      const isAgain = next.failures > 0 || delays > 0;
      const piece = await this.#withoutOld(records, next, last, isAgain);
      if (piece.from === piece.to) continue;
      const attempt: Attempt = signal.aborted
        ? { kind: 'stopped' }
        : await this.#attempt(records.slice(piece.from, piece.to), usual);
      if (attempt.kind === 'stopped') {
        this.#left = records.slice(piece.from);
        return;
      }
      if (attempt.kind === 'not-run') {
        await this.#delay(piece.to - piece.from, attempt.reason, delays);
        delays += 1;
        pieces.unshift(piece);
        continue;
      }
      delays = 0;
      if (attempt.kind === 'dealt') continue;
      last = attempt;
      const step = failureStep(piece, piece.from + attempt.done, { maxRetries, bisects });
      if (step.kind === 'split') pieces.unshift(...step.pieces);
      else if (step.kind === 'retry') {
        pieces.unshift(step.piece);
        await this.#pause(backoffMs(step.piece.failures - 1));
      } else {
        const { from, to, failures } = step.piece;
        await this.#giveUp(records.slice(from, to), 'RetryAttemptsExhausted', failures, attempt);
      }
    }
    onTaken();
  }

  /** Gives up what is too old by now, or has left the stream; these stand in front. */
  async #withoutOld(
    records: readonly LaneRecord[],
    piece: Piece,
    last: Failed | undefined,
    isAgain: boolean,
  ): Promise<Piece> {
    const { options, shardId, oldestKept } = this.#parts;
    const { maxRecordAgeMs } = options.mapping.settings;
    let { from } = piece;
    if (isAgain) {
      const kept = await oldestKept();
      const isGone = ({ sequenceNumber }: LaneRecord): boolean =>
        kept === undefined || BigInt(sequenceNumber) < BigInt(kept);
      from = indexWhere(records, piece, (record) => !isGone(record));
      if (from > piece.from) {
        options.events.emit({
          type: 'mapping.recordsDropped',
          ...mappingFacts(options),
          ...spanOf(records.slice(piece.from, from)),
          shardId,
          condition: 'RecordExpired',
        });
      }
    }
    if (maxRecordAgeMs < 0) return { ...piece, from };
    const oldestMs = options.clock.now() - maxRecordAgeMs;
    const young = indexWhere(records, { ...piece, from }, ({ arrivedMs }) => arrivedMs >= oldestMs);
    if (young > from) {
      const count = Math.max(piece.failures, 1);
      await this.#giveUp(records.slice(from, young), 'RecordAgeExceeded', count, last);
    }
    return { ...piece, from: young };
  }

  async #attempt(records: readonly LaneRecord[], flags: WindowFlags): Promise<Attempt> {
    const { options } = this.#parts;
    const { caller, clock, events, ids, mapping, target, onResult } = options;
    const requestId = ids.uuid();
    const last = records.at(-1);
    events.emit({
      type: 'mapping.batchInvoked',
      ...this.#facts(requestId, records.length),
      iteratorAgeMs: last === undefined ? undefined : Math.max(clock.now() - last.arrivedMs, 0),
    });
    const eventJson = this.#eventJson(records, flags);
    const result = await caller.call(target, { requestId, eventJson, traceId: undefined });
    if (result.kind === 'stopped') return result;
    if (result.kind === 'not-run') return result;
    const failed = { kind: 'failed', requestId, executedVersion: result.executedVersion } as const;
    if (result.kind === 'error') {
      this.#tellFailed(requestId, records.length, 'function-error', records.length);
      return { ...failed, functionError: 'Unhandled', done: 0 };
    }
    const isValid = this.#window === undefined || this.#keepState(result.payloadJson);
    const report =
      mapping.settings.reportItemFailures && records.length > 0
        ? readItemFailures(
            result.payloadJson,
            new Set(records.map(({ sequenceNumber }) => sequenceNumber)),
          )
        : ({ kind: 'success' } as const);
    if (!isValid || report.kind === 'invalid') {
      this.#tellFailed(requestId, records.length, 'invalid-response', records.length);
      return { ...failed, functionError: null, done: 0 };
    }
    if (report.kind === 'failures') {
      const { identifiers } = report;
      const done = records.findIndex(({ sequenceNumber }) => identifiers.has(sequenceNumber));
      this.#tellFailed(requestId, records.length, 'item-failures', records.length - done);
      return { ...failed, functionError: null, done };
    }
    onResult(true);
    events.emit({ type: 'mapping.batchSucceeded', ...this.#facts(requestId, records.length) });
    if (!flags.isFinal && this.#isStateTooLarge()) await this.#closeWindow(true);
    return { kind: 'dealt' };
  }

  #tellFailed(
    requestId: string,
    records: number,
    reason: 'function-error' | 'item-failures' | 'invalid-response',
    failed: number,
  ): void {
    const { events, onResult } = this.#parts.options;
    onResult(false);
    const facts = this.#facts(requestId, records);
    events.emit({ type: 'mapping.batchFailed', ...facts, reason, failed });
  }

  async #giveUp(
    records: readonly LaneRecord[],
    condition: GiveUpCondition,
    invokeCount: number,
    last: Failed | undefined,
  ): Promise<void> {
    const { options, shardId, format } = this.#parts;
    const { clock, deliverFailure, events, ids, mapping } = options;
    events.emit({
      type: 'mapping.recordsDropped',
      ...mappingFacts(options),
      ...spanOf(records),
      shardId,
      condition,
    });
    const { onFailure } = mapping.settings;
    if (onFailure === null) return;
    const batch = {
      requestId: last?.requestId ?? ids.uuid(),
      functionArn: mapping.functionArn,
      condition,
      invokeCount,
      response: condition === 'RecordAgeExceeded' ? undefined : last,
      atMs: clock.now(),
      mappingId: mapping.id,
      shardId,
      streamArn: mapping.sourceArn,
      records,
      eventJson: this.#eventJson(records, usual),
    };
    await deliverFailure(failureDelivery(onFailure, batch, format, ids.uuid()), batch);
  }

  async #delay(records: number, reason: string, delays: number): Promise<void> {
    const { events, ids, onResult } = this.#parts.options;
    const delayMs = backoffMs(delays);
    const facts = this.#facts(ids.uuid(), records);
    events.emit({ type: 'mapping.batchDelayed', ...facts, reason, delayMs });
    onResult(false);
    await this.#pause(delayMs);
  }

  async #openWindow(window: OpenWindow): Promise<void> {
    if (this.#window !== undefined && this.#window.endMs < window.endMs) {
      await this.#closeWindow(false);
    }
    if (!this.#parts.signal.aborted) this.#window ??= window;
  }

  /** The last invocation of a window; nothing goes on until it succeeds, or its retries are used up. */
  async #closeWindow(isEarly: boolean): Promise<void> {
    const { options, signal } = this.#parts;
    const { maxRetries } = options.mapping.settings;
    let failures = 0;
    let delays = 0;
    while (this.#window !== undefined && !signal.aborted) {
      const attempt = await this.#attempt([], { isFinal: true, isEarly });
      if (attempt.kind === 'stopped') return;
      if (attempt.kind === 'not-run') {
        await this.#delay(0, attempt.reason, delays);
        delays += 1;
        continue;
      }
      if (attempt.kind === 'failed') {
        failures += 1;
        if (maxRetries < 0 || failures <= maxRetries) {
          await this.#pause(backoffMs(failures - 1));
          continue;
        }
        await this.#giveUp([], 'RetryAttemptsExhausted', failures, attempt);
      }
      this.#window = isEarly ? { ...this.#window, stateJson: '{}' } : undefined;
      return;
    }
  }

  /** False where the function gave no state. */
  #keepState(payloadJson: string): boolean {
    const stateJson = stateOf(payloadJson);
    if (stateJson === undefined || this.#window === undefined) return false;
    this.#window = { ...this.#window, stateJson };
    return true;
  }

  #isStateTooLarge(): boolean {
    const { stateJson = '' } = this.#window ?? {};
    return Buffer.byteLength(stateJson) > limits.mapping.windowStateBytes;
  }

  #eventJson(records: readonly LaneRecord[], flags: WindowFlags): string {
    return `${open}${records.map(({ json }) => json).join(',')}]${this.#tail(flags)}}`;
  }

  #tail(flags: WindowFlags): string {
    const { options, shardId } = this.#parts;
    const { sourceArn } = options.mapping;
    return this.#window === undefined
      ? ''
      : windowJson(this.#window, { shardId, sourceArn }, flags);
  }

  async #pause(pauseMs: number): Promise<void> {
    const { options, signal } = this.#parts;
    await pauseOn(options.clock, pauseMs, signal, `${this.#label}: a batch is tried again`);
  }

  /** Resolves with the next record, at the end of the lane, or after some time. */
  async #wake(mostMs?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#parts.signal.aborted) return;
    this.#onWake = resolve;
    const timer =
      mostMs === undefined
        ? undefined
        : this.#parts.options.clock.setTimer(resolve, mostMs, {
            label: `${this.#label}: a window ends`,
          });
    await promise;
    timer?.cancel();
    this.#onWake = undefined;
  }

  #facts(requestId: string, records: number): BatchFacts {
    const { options, shardId } = this.#parts;
    return { ...mappingFacts(options), requestId, records, shardId };
  }
}

const usual: WindowFlags = { isFinal: false, isEarly: false };

/** The first index of a piece whose record fits, or its end. */
function indexWhere(
  records: readonly LaneRecord[],
  { from, to }: Pick<Piece, 'from' | 'to'>,
  fits: (record: LaneRecord) => boolean,
): number {
  const found = records.slice(from, to).findIndex(fits);
  return found < 0 ? to : from + found;
}

function spanOf(records: readonly LaneRecord[]): {
  readonly records: number;
  readonly startSequenceNumber: string | undefined;
  readonly endSequenceNumber: string | undefined;
} {
  return {
    records: records.length,
    startSequenceNumber: records[0]?.sequenceNumber,
    endSequenceNumber: records.at(-1)?.sequenceNumber,
  };
}
