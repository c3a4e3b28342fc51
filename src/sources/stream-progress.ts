import type { LaneRecord } from './stream-records.ts';
import type { OpenWindow } from './tumbling-window.ts';

/** How far one lane of a shard has come. */
export interface LaneProgress {
  /** Read and not dealt with, in order. */
  readonly left: readonly LaneRecord[];
  readonly window: OpenWindow | undefined;
}

/** How far a mapping has come in one shard. */
export interface ShardProgress {
  /** Of the last record that was read. */
  after: string | undefined;
  lanes: readonly LaneProgress[];
  /** Read to its end, and everything was dealt with. */
  isDone: boolean;
}

/**
 * How far a mapping has come in its stream. It outlives the pollers of the mapping, so that one that was disabled goes
 * on where it stopped; it ends with the process, as the stream does.
 */
export class StreamProgress {
  readonly shards: Map<string, ShardProgress> = new Map();
  /** Whether the starting position was taken. */
  hasBegun = false;
}
