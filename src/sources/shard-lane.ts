import { limits } from '../core/limits.ts';
import { failureStep, type Piece } from './failure-step.ts';
import { GivenUp } from './given-up.ts';
import { LaneInvocation, usual, type Attempt, type FailedAttempt } from './lane-invocation.ts';
import { backoffMs, mappingFacts, pauseOn, type StreamPollerOptions } from './poller.ts';
import type { LaneProgress } from './stream-progress.ts';
import type { LaneRecord, RecordFormat } from './stream-records.ts';
import { idleWindowMs, windowOf, type OpenWindow } from './tumbling-window.ts';

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

/**
 * Records of one shard, or of some of its partition keys, one batch after the other. Nothing overtakes a batch that
 * fails: it is tried again, split or given up first.
 */
export class ShardLane {
  readonly done: Promise<void>;
  readonly #parts: ShardLaneParts;
  readonly #invocation: LaneInvocation;
  readonly #givenUp: GivenUp;
  readonly #label: string;
  #buffer: LaneRecord[];
  #bufferedBytes: number;
  /** Of a batch that was interrupted. */
  #left: readonly LaneRecord[] = [];
  #isEnding = false;
  /** Set while the lane waits for records. */
  #onWake: (() => void) | undefined;

  constructor(parts: ShardLaneParts) {
    const { options, shardId, begin, signal } = parts;
    this.#parts = parts;
    this.#buffer = [...begin.left];
    this.#bufferedBytes = begin.left.reduce((sum, { bytes }) => sum + bytes, 0);
    const invocation = new LaneInvocation(options, shardId, begin.window);
    this.#invocation = invocation;
    this.#givenUp = new GivenUp({ ...parts, invocation });
    this.#label = `mapping of ${shardId} to ${options.mapping.functionName}`;
    signal.addEventListener('abort', () => this.#onWake?.(), { once: true });
    this.done = this.#run();
  }

  /** Records that wait for their batch. */
  get waiting(): number {
    return this.#buffer.length;
  }

  get progress(): LaneProgress {
    return { left: [...this.#left, ...this.#buffer], window: this.#invocation.window };
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
    const { signal, options } = this.#parts;
    // The mapping had windows before it was changed.
    if (options.mapping.settings.tumblingWindowMs === 0) await this.#closeWindow(false);
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
    const window = this.#invocation.window;
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
    const { window, envelopeBytes } = this.#invocation;
    let bytes = envelopeBytes;
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
    let last: FailedAttempt | undefined;
    for (let next = pieces.shift(); next !== undefined; next = pieces.shift()) {
      const isAgain = next.failures > 0 || delays > 0;
      const piece = await this.#givenUp.withoutOld(records, next, last, isAgain);
      if (piece.from === piece.to) continue;
      const attempt: Attempt = signal.aborted
        ? { kind: 'stopped' }
        : await this.#invocation.attempt(records.slice(piece.from, piece.to), usual);
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
      if (attempt.kind === 'dealt') {
        if (this.#invocation.isStateTooLarge) await this.#closeWindow(true);
        continue;
      }
      last = attempt;
      const step = failureStep(piece, piece.from + attempt.done, { maxRetries, bisects });
      if (step.kind === 'split') pieces.unshift(...step.pieces);
      else if (step.kind === 'retry') {
        pieces.unshift(step.piece);
        await this.#pause(backoffMs(step.piece.failures - 1));
      } else {
        const { from, to, failures } = step.piece;
        await this.#givenUp.giveUp(
          records.slice(from, to),
          'RetryAttemptsExhausted',
          failures,
          attempt,
        );
      }
    }
    onTaken();
  }

  async #delay(records: number, reason: string, delays: number): Promise<void> {
    const { options, shardId } = this.#parts;
    const { events, ids, onResult } = options;
    const delayMs = backoffMs(delays);
    const facts = { ...mappingFacts(options), requestId: ids.uuid(), records, shardId };
    events.emit({ type: 'mapping.batchDelayed', ...facts, reason, delayMs });
    onResult(false);
    await this.#pause(delayMs);
  }

  async #openWindow(window: OpenWindow): Promise<void> {
    if (this.#invocation.window !== undefined && this.#invocation.window.endMs < window.endMs) {
      await this.#closeWindow(false);
    }
    if (!this.#parts.signal.aborted) this.#invocation.window ??= window;
  }

  /** The last invocation of a window; nothing goes on until it succeeds, or its retries are used up. */
  async #closeWindow(isEarly: boolean): Promise<void> {
    const { options, signal } = this.#parts;
    const { maxRetries } = options.mapping.settings;
    let failures = 0;
    let delays = 0;
    while (this.#invocation.window !== undefined && !signal.aborted) {
      const attempt = await this.#invocation.attempt([], { isFinal: true, isEarly });
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
        await this.#givenUp.giveUp([], 'RetryAttemptsExhausted', failures, attempt);
      }
      this.#invocation.window = isEarly
        ? { ...this.#invocation.window, stateJson: '{}' }
        : undefined;
      return;
    }
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
}
