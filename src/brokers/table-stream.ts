import { limits } from '../core/limits.ts';
import { mapBytes, type AttributeMap } from './attribute-value.ts';
import type { BrokerContext } from './broker-context.ts';
import type {
  GetRecordsOptions,
  RecordPage,
  RecordStream,
  ShardDescription,
  ShardPosition,
} from './record-stream.ts';
import { tableSequenceNumbers } from './sequence-number.ts';
import { ShardReader } from './shard-reader.ts';
import { Shard } from './shard.ts';
import type { StreamViewType } from './table-options.ts';

/**
 * A record of a table's stream, as functions get it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 */
export interface TableStreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: AttributeMap;
    readonly NewImage?: AttributeMap;
    readonly OldImage?: AttributeMap;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: StreamViewType;
  };
  /** Only when an item was deleted because its time was over. */
  readonly userIdentity?: ExpiryIdentity;
  readonly eventSourceARN: string;
}

interface ExpiryIdentity {
  readonly principalId: 'dynamodb.amazonaws.com';
  readonly type: 'Service';
}

/** What happened to an item. */
export interface ItemChange {
  readonly keys: AttributeMap;
  readonly before: AttributeMap | undefined;
  readonly after: AttributeMap | undefined;
  readonly isExpiry: boolean;
}

const expiryIdentity: ExpiryIdentity = Object.freeze({
  principalId: 'dynamodb.amazonaws.com',
  type: 'Service',
});

/**
 * The changes of a table, in one shard that never ends, for 24 hours. Records are frozen and safe to keep.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export class TableStream implements RecordStream<TableStreamRecord> {
  readonly arn: string;
  /** When the stream was made; part of its ARN. */
  readonly label: string;
  readonly viewType: StreamViewType;
  readonly #context: BrokerContext;
  readonly #shard: Shard<TableStreamRecord>;
  readonly #reader: ShardReader<TableStreamRecord>;

  constructor(tableArn: string, viewType: StreamViewType, context: BrokerContext) {
    const createdMs = context.clock.now();
    this.label = new Date(createdMs).toISOString().slice(0, -1);
    this.arn = `${tableArn}/stream/${this.label}`;
    this.viewType = viewType;
    this.#context = context;
    this.#shard = new Shard({
      id: `shardId-${String(createdMs).padStart(20, '0')}-${context.ids.hex32().slice(0, 8)}`,
      numbers: tableSequenceNumbers(createdMs),
      parents: [],
      hashRange: undefined,
    });
    const { retentionMs, iteratorLifetimeMs, getRecords } = limits.table.stream;
    this.#reader = new ShardReader({
      arn: this.arn,
      clock: context.clock,
      retentionMs,
      iteratorLifetimeMs,
      maxRecords: getRecords.count,
      maxBytes: getRecords.bytes,
      positions: ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'],
      trimmedRecords: 'refused',
    });
    this.#reader.add(this.#shard);
  }

  /** Called by the table for each change. */
  append(change: ItemChange): void {
    const images = imagesOf(change, this.viewType);
    const bytes = [change.keys, ...Object.values(images)].reduce(
      (sum, map) => sum + mapBytes(map),
      0,
    );
    this.#reader.trim(this.#shard);
    this.#shard.append(this.#context.clock.now(), bytes, (sequenceNumber, arrivedMs) =>
      Object.freeze({
        eventID: this.#context.ids.hex32(),
        eventName: eventNameOf(change),
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: this.#context.home.region,
        dynamodb: Object.freeze({
          ApproximateCreationDateTime: Math.floor(arrivedMs / 1_000),
          Keys: change.keys,
          ...images,
          SequenceNumber: sequenceNumber,
          SizeBytes: bytes,
          StreamViewType: this.viewType,
        }),
        ...(change.isExpiry && { userIdentity: expiryIdentity }),
        eventSourceARN: this.arn,
      }),
    );
    this.#reader.announce(this.#shard.id);
  }

  async listShards(): Promise<readonly ShardDescription[]> {
    return this.#reader.listShards();
  }

  /**
   * Iterators live 15 minutes. There is no `AT_TIMESTAMP`.
   * @throws BrokerError `TrimmedDataAccessException` for a record that is older than 24 hours
   */
  async getShardIterator(shardId: string, position: ShardPosition): Promise<string> {
    return this.#reader.getShardIterator(shardId, position);
  }

  async latestSequenceNumber(shardId: string): Promise<string> {
    return this.#reader.latestSequenceNumber(shardId);
  }

  /**
   * Up to 1,000 records of 1 MB together.
   * @throws BrokerError `ExpiredIteratorException`, `TrimmedDataAccessException`
   */
  async getRecords(
    iterator: string,
    options: GetRecordsOptions = {},
  ): Promise<RecordPage<TableStreamRecord>> {
    return this.#reader.getRecords(iterator, options, (record) => record);
  }

  onRecords(listener: (shardId: string) => void): () => void {
    return this.#reader.onRecords(listener);
  }
}

function eventNameOf({ before, after }: ItemChange): TableStreamRecord['eventName'] {
  if (before === undefined) return 'INSERT';
  return after === undefined ? 'REMOVE' : 'MODIFY';
}

function imagesOf(
  { before, after }: ItemChange,
  viewType: StreamViewType,
): { readonly NewImage?: AttributeMap; readonly OldImage?: AttributeMap } {
  const hasNew = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';
  const hasOld = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';
  return {
    ...(hasNew && after && { NewImage: after }),
    ...(hasOld && before && { OldImage: before }),
  };
}
