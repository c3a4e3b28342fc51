import { InvalidOptionError } from '../../core/errors.ts';
import { checkKnownKeys, checkOneOf } from '../../core/options.ts';
import { resourceArn } from '../../core/resource-arn.ts';
import { mapBytes, type AttributeMap } from '../../brokers/attribute-value.ts';
import { marshallItem, type Item } from '../../brokers/marshall.ts';
import { tableSequenceNumbers } from '../../brokers/sequence-number.ts';
import { exampleHex, originOf, type EventOrigin, type Origin } from './event-origin.ts';
import { overridden, type Overrides } from './overrides.ts';

/** A value as DynamoDB writes it; in event records, binary values are base64. */
export type DynamoDbValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: boolean }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { L: DynamoDbValue[] }
  | { M: Record<string, DynamoDbValue> };

export type DynamoDbImage = Record<string, DynamoDbValue>;

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export interface DynamoDbStreamEvent {
  readonly Records: DynamoDbStreamRecord[];
}

export interface DynamoDbStreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: DynamoDbImage;
    readonly NewImage?: DynamoDbImage;
    readonly OldImage?: DynamoDbImage;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: StreamViewType;
  };
  /** Only when an item was deleted because its time was over. */
  readonly userIdentity?: {
    readonly principalId: 'dynamodb.amazonaws.com';
    readonly type: 'Service';
  };
  readonly eventSourceARN: string;
}

type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** One change: with `newItem` alone an INSERT, with both a MODIFY, with `oldItem` alone a REMOVE. */
export interface ItemChangeOptions {
  /** The attributes of the key, in plain JavaScript. */
  readonly keys: Item;
  /** The whole item or what it has besides the key, in plain JavaScript. */
  readonly newItem?: Item;
  readonly oldItem?: Item;
  /** The item was deleted because its time was over. @default false */
  readonly isExpiry?: boolean;
  readonly overrides?: Overrides<DynamoDbStreamRecord>;
}

export interface DynamoDbStreamEventOptions extends EventOrigin {
  /** Name of the table. @default 'my-table' */
  readonly table?: string;
  /** @default 'NEW_AND_OLD_IMAGES' */
  readonly viewType?: StreamViewType;
}

const viewTypes = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;
const changeKeys = Object.keys({
  keys: true,
  newItem: true,
  oldItem: true,
  isExpiry: true,
  overrides: true,
} satisfies Record<keyof ItemChangeOptions, true>);

/**
 * A batch of changes of a table; items are given in plain JavaScript.
 * @example
 * dynamoDbStreamEvent([{ keys: { id: 1 }, oldItem: { total: 10 }, newItem: { total: 12 } }])
 */
export function dynamoDbStreamEvent(
  changes: readonly ItemChangeOptions[],
  options: DynamoDbStreamEventOptions = {},
): DynamoDbStreamEvent {
  const origin = originOf(options, ['table', 'viewType']);
  const { table = 'my-table', viewType = 'NEW_AND_OLD_IMAGES' } = options;
  checkOneOf('viewType', viewType, viewTypes);
  if (!Array.isArray(changes)) throw new InvalidOptionError('changes', 'an array', changes);
  return {
    Records: changes.map((change: ItemChangeOptions, index) => {
      checkKnownKeys(`changes[${index}]`, change, changeKeys);
      return overridden(recordOf(change, index, { table, viewType, origin }), change.overrides);
    }),
  };
}

function recordOf(
  change: ItemChangeOptions,
  index: number,
  from: { readonly table: string; readonly viewType: StreamViewType; readonly origin: Origin },
): DynamoDbStreamRecord {
  const { table, viewType, origin } = from;
  const { home, atMs } = origin;
  const at = `changes[${index}]`;
  const { keys, newItem, oldItem, isExpiry = false } = change;
  if (newItem === undefined && oldItem === undefined) {
    throw new InvalidOptionError(at, 'a change with `newItem`, `oldItem` or both', change);
  }
  const keyImage = marshallItem(`${at}.keys`, keys);
  const image = (name: string, item: Item | undefined): AttributeMap | undefined =>
    item === undefined ? undefined : { ...keyImage, ...marshallItem(`${at}.${name}`, item) };
  const newImage = viewType.startsWith('NEW') ? image('newItem', newItem) : undefined;
  const oldImage = viewType.includes('OLD') ? image('oldItem', oldItem) : undefined;
  const maps = [keyImage, newImage, oldImage].filter((map) => map !== undefined);
  return {
    eventID: exampleHex(32, 'change', keys, index),
    eventName: oldItem === undefined ? 'INSERT' : newItem === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: home.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(atMs / 1_000),
      Keys: keyImage as DynamoDbImage,
      ...(newImage !== undefined && { NewImage: newImage as DynamoDbImage }),
      ...(oldImage !== undefined && { OldImage: oldImage as DynamoDbImage }),
      SequenceNumber: tableSequenceNumbers(atMs).of(index + 1, atMs),
      SizeBytes: maps.reduce((bytes, map) => bytes + mapBytes(map), 0),
      StreamViewType: viewType,
    },
    ...(isExpiry && {
      userIdentity: { principalId: 'dynamodb.amazonaws.com', type: 'Service' } as const,
    }),
    eventSourceARN: `${resourceArn(home, 'table', table)}/stream/${new Date(atMs).toISOString().slice(0, -1)}`,
  };
}
