import type { Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { Events, MappingFacts } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import type { Target } from '../functions/routing.ts';
import type { BatchCaller } from './batch-caller.ts';
import type { FailureDelivery, GivenUpBatch } from './failure-record.ts';
import type { MappingRecord } from './mapping-record.ts';
import type { StreamProgress } from './stream-progress.ts';

/** Reads a source for one mapping until it is stopped. */
export interface Poller {
  /** From when on nothing that comes is missed; never rejects. */
  readonly ready: Promise<void>;
  /** Takes nothing more; resolves when the batches that run have ended. Nothing that was taken is lost. */
  stop(): Promise<void>;
}

/** What a poller is given for one mapping, as it is now. */
export interface PollerOptions {
  readonly mapping: MappingRecord;
  readonly target: Target;
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  readonly caller: BatchCaller;
  /** What became of the last batch. */
  readonly onResult: (isSuccess: boolean) => void;
  /** The source is gone; the poller has ended. */
  readonly onSourceGone: (reason: string) => void;
}

/** What pollers of streams need besides. */
export interface StreamPollerOptions extends PollerOptions {
  readonly progress: StreamProgress;
  /** Tells of a batch that was given up; never rejects. */
  readonly deliverFailure: (delivery: FailureDelivery, batch: GivenUpBatch) => Promise<void>;
}

/** What a batch that could not be invoked, or a source that could not be read, waits for its next try. */
export function backoffMs(failures: number): number {
  return Math.min(firstPauseMs * 2 ** Math.min(failures, 10), longestPauseMs);
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export function mappingFacts({ mapping, clock }: PollerOptions): MappingFacts {
  const { id: mappingId, functionName, sourceArn } = mapping;
  return { at: clock.now(), mappingId, functionName, sourceArn };
}

/** Waits on the clock, or until the signal says so. */
export async function pauseOn(
  clock: Clock,
  pauseMs: number,
  signal: AbortSignal,
  label: string,
): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const timer = clock.setTimer(end, pauseMs, { label });
  signal.addEventListener('abort', end, { once: true });
  await promise;
  signal.removeEventListener('abort', end);
  timer.cancel();
}
