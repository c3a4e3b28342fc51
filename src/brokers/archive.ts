import type { Clock } from '../core/clock.ts';
import { checkInteger, checkKnownKeys } from '../core/options.ts';
import type { AcceptedEvent } from './bus-event.ts';
import { checkDescription } from './event-bus-options.ts';
import { compileEventPattern, type EventPattern } from './event-pattern.ts';

export interface ArchiveOptions {
  /** Which events it keeps. @default all of them */
  readonly pattern?: object | string;
  /** How long it keeps them, on the bus's clock. @default without end */
  readonly retentionMs?: number;
  /** Up to 512 characters. @default '' */
  readonly description?: string;
}

/** Keeps the events of a bus, so that they can be replayed. In memory; gone when the process ends. */
export class Archive {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly #pattern: EventPattern | undefined;
  readonly #retentionMs: number;
  readonly #clock: Clock;
  /** In the order in which they came. */
  #events: AcceptedEvent[] = [];

  constructor(name: string, arn: string, options: ArchiveOptions, clock: Clock) {
    checkKnownKeys('options', options, ['pattern', 'retentionMs', 'description']);
    const { pattern, retentionMs, description = '' } = options;
    checkDescription(description);
    if (retentionMs !== undefined) {
      checkInteger('retentionMs', retentionMs, { min: 1, max: Number.MAX_SAFE_INTEGER });
    }
    this.name = name;
    this.arn = arn;
    this.description = description;
    this.#pattern = pattern === undefined ? undefined : compileEventPattern(pattern);
    this.#retentionMs = retentionMs ?? Infinity;
    this.#clock = clock;
  }

  /** Events that it keeps. */
  get eventCount(): number {
    this.#forget();
    return this.#events.length;
  }

  /** Of the events as JSON, in bytes of UTF-8. */
  get sizeBytes(): number {
    this.#forget();
    return this.#events.reduce((total, { json }) => total + Buffer.byteLength(json), 0);
  }

  /** Takes an event if it is one of its own; buses do that by themselves. */
  offer(accepted: AcceptedEvent): void {
    this.#forget();
    if (this.#pattern?.matches(accepted.event) === false) return;
    this.#events.push(accepted);
  }

  /** Events that carry a time from `fromMs` on and before `toMs`, the oldest first. */
  between(fromMs: number, toMs: number): readonly AcceptedEvent[] {
    this.#forget();
    const timed = this.#events.map((accepted) => ({
      accepted,
      atMs: Date.parse(accepted.event.time),
    }));
    return timed
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ accepted }) => accepted);
  }

  #forget(): void {
    const oldestMs = this.#clock.now() - this.#retentionMs;
    const kept = this.#events.findIndex(({ acceptedMs }) => acceptedMs > oldestMs);
    if (kept === -1) this.#events = [];
    else if (kept > 0) this.#events = this.#events.slice(kept);
  }
}
