import type { Queue } from '../brokers/queue.ts';
import type { Stream } from '../brokers/stream.ts';
import type { Table } from '../brokers/table.ts';

/** Where reading begins in a stream that nobody has read for this mapping yet. */
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';

/** One filter: an event pattern as an object or as JSON text. */
export type FilterPattern = string | object;

/** A queue, topic or bucket, or its ARN. */
export type FailureDestinationOption = string | { readonly arn: string };

/**
 * What a mapping reads from and how it invokes its function.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
 */
export interface MappingOptions extends MappingTuning {
  /** A queue, a stream, a table with a stream, or the ARN of a queue, a stream or the stream of a table. */
  readonly source: Queue | Stream | Table | string;
  /** A function, version or alias, or a reference to one: `name`, `name:alias`, an ARN. */
  readonly target: string | { readonly arn: string };
  /** Streams only, and required there; streams of tables know no `AT_TIMESTAMP`. */
  readonly startingPosition?: StartingPosition;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
  /** Epoch milliseconds, not in the future; with `AT_TIMESTAMP`, and required there. */
  readonly startingAtMs?: number;
}

/** What can be changed later; what is left out stays as it is. */
export interface MappingChanges extends MappingTuning {
  readonly target?: string | { readonly arn: string };
}

export interface MappingTuning {
  /** Whether records are read. @default true */
  readonly enabled?: boolean;
  /**
   * Most records of one invocation, 1 to 10,000; 10 in FIFO queues. More than 10 messages of a queue need a `windowMs`
   * of at least one second.
   * @default 10 for queues, 100 for streams
   */
  readonly batchSize?: number;
  /** How long records are gathered after the first one, 0 to 300,000 ms; not in FIFO queues. @default 0 */
  readonly windowMs?: number;
  /**
   * At most 10 event patterns, one of which a record must satisfy. What does not is deleted from its queue, or passed
   * over in its stream. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
   * @default [] (every record)
   */
  readonly filters?: readonly FilterPattern[];
  /** Whether the function's result says which records failed: `{ batchItemFailures: [{ itemIdentifier }] }`. @default false */
  readonly reportItemFailures?: boolean;
  /** Queues only: most batches at one time, 2 to 1,000; `null` for AWS's own scaling. @default null */
  readonly maxConcurrency?: number | null;
  /** Streams only: attempts after the first one, 0 to 10,000; -1 until the record expires. @default -1 */
  readonly maxRetries?: number;
  /** Streams only: an older record is given up, 60,000 to 604,800,000 ms; -1 for none. @default -1 */
  readonly maxRecordAgeMs?: number;
  /** Streams only: a batch that fails is split in two before it uses up retries. @default false */
  readonly bisectOnError?: boolean;
  /** Streams only: batches of one shard at one time, 1 to 10; records of one partition key stay in order. @default 1 */
  readonly parallelizationFactor?: number;
  /** Streams only: length of a tumbling window, 0 (none) to 900,000 ms. @default 0 */
  readonly tumblingWindowMs?: number;
  /** Streams only: gets a record of each batch that was given up; `null` for none. @default null */
  readonly onFailure?: FailureDestinationOption | null;
}

/** The options of a mapping with every default in its place; plain data. */
export interface MappingSettings {
  readonly batchSize: number;
  readonly windowMs: number;
  /** JSON texts. */
  readonly filters: readonly string[];
  readonly reportItemFailures: boolean;
  readonly maxConcurrency: number | null;
  readonly startingPosition: StartingPosition | null;
  readonly startingAtMs: number | null;
  /** -1 for no limit. */
  readonly maxRetries: number;
  /** -1 for no limit. */
  readonly maxRecordAgeMs: number;
  readonly bisectOnError: boolean;
  readonly parallelizationFactor: number;
  readonly tumblingWindowMs: number;
  /** ARN of a queue, topic or bucket. */
  readonly onFailure: string | null;
}
