import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys, checkOneOf, checkString } from '../core/options.ts';

export interface TableOptions {
  /** What items are found by. */
  readonly partitionKey: KeyAttribute;
  /** What the items of one partition are sorted by. @default one item in a partition */
  readonly sortKey?: KeyAttribute;
  /** Makes `table.stream`, whose records carry this much of each item that changes. @default no stream */
  readonly stream?: StreamViewType;
  /**
   * The attribute (a number, epoch seconds) at which an item is deleted. AWS takes up to some days for it;
   * here it happens at once. What lies more than five years back deletes nothing.
   * @default items stay
   */
  readonly ttlAttribute?: string;
}

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

export type KeyType = 'S' | 'N' | 'B';

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

export interface ResolvedTableOptions {
  readonly keySchema: KeySchema;
  readonly stream: StreamViewType | undefined;
  readonly ttlAttribute: string | undefined;
}

export interface KeySchema {
  readonly partitionKey: KeyAttribute;
  readonly sortKey: KeyAttribute | undefined;
}

const viewTypes = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;
const optionKeys = ['partitionKey', 'sortKey', 'stream', 'ttlAttribute'];

export function resolveTableOptions(options: TableOptions): ResolvedTableOptions {
  checkKnownKeys('options', options, optionKeys);
  const { partitionKey, sortKey, stream, ttlAttribute } = options;
  checkKeyAttribute('partitionKey', partitionKey);
  if (sortKey !== undefined) {
    checkKeyAttribute('sortKey', sortKey);
    if (sortKey.name === partitionKey.name) {
      throw new InvalidOptionError(
        'sortKey.name',
        'another one than the partition key',
        sortKey.name,
      );
    }
  }
  if (stream !== undefined) checkOneOf('stream', stream, viewTypes);
  if (ttlAttribute !== undefined) checkAttributeName('ttlAttribute', ttlAttribute);
  const keySchema = Object.freeze({ partitionKey, sortKey });
  return Object.freeze({ keySchema, stream, ttlAttribute });
}

function checkKeyAttribute(option: string, value: unknown): asserts value is KeyAttribute {
  checkKnownKeys(option, value, ['name', 'type']);
  const { name, type } = value as Partial<KeyAttribute>;
  checkAttributeName(`${option}.name`, name);
  checkOneOf(`${option}.type`, type, ['S', 'N', 'B']);
}

function checkAttributeName(option: string, value: unknown): void {
  checkString(option, value, {
    maxLength: limits.table.keyNameLength,
    pattern: /./s,
    says: `the name of an attribute: 1 to ${limits.table.keyNameLength} characters`,
  });
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
export function checkTableName(value: unknown): asserts value is string {
  const { min, max } = limits.table.nameLength;
  checkString('name', value, {
    maxLength: max,
    pattern: /^[\w.-]{3,}$/,
    says: `${min} to ${max} letters, digits, "-", "_" and "."`,
  });
}
