import type {
  DynamoDbStreamEventOptions,
  FirehoseEventOptions,
  ItemChangeOptions,
  KafkaEventOptions,
  KafkaRecordOptions,
  KinesisEventOptions,
  KinesisRecordOptions,
} from '../../testing/index.ts';
import { picked, type ServiceKinds, type Values } from './event-kind.ts';
import { contentOf, integer, jsonValue, many, pair, text, type SpecsOf } from './option-specs.ts';

const change = {
  keys: jsonValue('--keys <json>', 'attributes of the key, plain (default: {"Id":101})'),
  newItem: jsonValue('--new-item <json>', 'the item after the change, plain'),
  oldItem: jsonValue('--old-item <json>', 'the item before the change, plain'),
  isExpiry: { flags: '--is-expiry', says: 'deleted because its time was over' },
} satisfies SpecsOf<ItemChangeOptions>;
const table = {
  table: text('--table <name>', 'name of the table (default: my-table)'),
  viewType: text('--view-type <type>', 'KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES'),
} satisfies SpecsOf<DynamoDbStreamEventOptions>;

const kinesisRecord = {
  data: many('--data <text>', 'what the record holds'),
  partitionKey: text('--partition-key <key>', 'partition key (default: 1)'),
} satisfies SpecsOf<KinesisRecordOptions>;
const stream = {
  stream: text('--stream <name>', 'name of the stream (default: my-stream)'),
  shard: integer('--shard <number>', 'number of the shard (default: 0)'),
} satisfies SpecsOf<KinesisEventOptions>;

const kafkaRecord = {
  value: many('--value <text>', 'what the record holds'),
  key: text('--key <text>', 'key of the record'),
  topic: text('--topic <name>', 'topic (default: my-topic)'),
  partition: integer('--partition <number>', 'partition (default: 0)'),
  headers: pair('--header <NAME=value>', 'header of the record'),
} satisfies SpecsOf<KafkaRecordOptions>;
const cluster = {
  cluster: text('--cluster <name>', 'name of the cluster (default: my-cluster)'),
} satisfies SpecsOf<KafkaEventOptions>;

const delivery = {
  deliveryStream: text('--delivery-stream <name>', 'name of the delivery stream'),
} satisfies SpecsOf<FirehoseEventOptions>;

/** The keys and items of a change; without any it is the one that SAM has. */
function changeOf(values: Values): ItemChangeOptions {
  const { keys = { Id: 101 }, ...others } = picked(values, change);
  const hasItem = others['newItem'] !== undefined || others['oldItem'] !== undefined;
  return { keys, ...(!hasItem && { newItem: { Message: 'New item!' } }), ...others };
}

function texts(values: Values, name: string, fallback: string): unknown[] {
  const given = (values[name] as readonly string[] | undefined) ?? [fallback];
  return given.map(contentOf);
}

/** Batches of records of streams. */
export const streamKinds: ServiceKinds = {
  dynamodb: {
    update: {
      summary: 'a change of a table; --new-item and --old-item say which one',
      options: { ...change, ...table },
      build: ({ dynamoDbStreamEvent }, values, origin) =>
        dynamoDbStreamEvent([changeOf(values)], { ...picked(values, table), ...origin }),
    },
  },
  firehose: {
    transform: {
      summary: 'records that a delivery stream wants transformed',
      options: { ...delivery, data: many('--data <text>', 'what the record holds') },
      build: ({ firehoseEvent }, values, origin) => {
        const records = texts(values, 'data', 'Hello from Firehose!');
        return firehoseEvent(records, { ...picked(values, delivery), ...origin });
      },
    },
  },
  kafka: {
    'get-records': {
      summary: 'records of a topic of a managed cluster',
      options: { ...kafkaRecord, ...cluster },
      build: ({ kafkaEvent }, values, origin) => {
        const shared = picked(values, kafkaRecord);
        const records = texts(values, 'value', 'Hello from Kafka!');
        return kafkaEvent(
          records.map((value) => ({ ...shared, value })),
          { ...picked(values, cluster), ...origin },
        );
      },
    },
  },
  kinesis: {
    'get-records': {
      summary: 'records of a stream',
      options: { ...kinesisRecord, ...stream },
      build: ({ kinesisEvent }, values, origin) => {
        const shared = picked(values, kinesisRecord);
        const records = texts(values, 'data', 'Hello from Kinesis!');
        return kinesisEvent(
          records.map((data) => ({ ...shared, data })),
          { ...picked(values, stream), ...origin },
        );
      },
    },
  },
};
