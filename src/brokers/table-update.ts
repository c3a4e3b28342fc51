import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys } from '../core/options.ts';
import type { AttributeMap, AttributeValue } from './attribute-value.ts';
import { BrokerError } from './broker-error.ts';
import { addDecimals, checkDecimalRange, formatDecimal, parseDecimal } from './decimal.ts';
import { marshallItem, sorted, type Item, type ItemSet } from './marshall.ts';
import type { KeySchema } from './table-options.ts';

/** What an update does to the attributes at the top of an item; each may be named once. */
export interface TableUpdate {
  /** Replaces attributes. */
  readonly set?: Item;
  /** Removes attributes; those that are not there are no error. */
  readonly remove?: readonly string[];
  /** Adds to numbers, and members to sets. What is not there counts as zero, or as empty. */
  readonly add?: Readonly<Record<string, number | bigint | ItemSet>>;
}

/** An update whose values were checked. */
export interface CheckedUpdate {
  readonly set: AttributeMap;
  readonly remove: readonly string[];
  readonly add: AttributeMap;
}

export function checkUpdate(
  update: TableUpdate,
  { partitionKey, sortKey }: KeySchema,
): CheckedUpdate {
  checkKnownKeys('update', update, ['set', 'remove', 'add']);
  const { set = {}, remove = [], add = {} } = update;
  if (!Array.isArray(remove) || remove.some((name) => typeof name !== 'string')) {
    throw new InvalidOptionError('update.remove', 'a list of names of attributes', remove);
  }
  const checked = {
    set: marshallItem('update.set', set),
    remove: remove as readonly string[],
    add: marshallItem('update.add', add),
  };
  for (const [name, value] of Object.entries(checked.add)) {
    if ('N' in value || 'SS' in value || 'NS' in value || 'BS' in value) continue;
    throw new InvalidOptionError(`update.add.${name}`, 'a number or a set', add[name]);
  }
  const names = [...Object.keys(checked.set), ...checked.remove, ...Object.keys(checked.add)];
  for (const [index, name] of names.entries()) {
    if (name === partitionKey.name || name === sortKey?.name) {
      throw invalid(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      );
    }
    if (names.indexOf(name) !== index) {
      throw invalid(
        `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${name}], path two: [${name}]`,
      );
    }
  }
  return checked;
}

/** The item after an update; `undefined` before it means that there is only the key. */
export function applyUpdate(
  before: AttributeMap | undefined,
  key: AttributeMap,
  { set, remove, add }: CheckedUpdate,
): AttributeMap {
  const after = new Map(Object.entries(before ?? key));
  for (const name of remove) after.delete(name);
  for (const [name, value] of Object.entries(set)) after.set(name, value);
  for (const [name, value] of Object.entries(add)) after.set(name, sum(after.get(name), value));
  return Object.freeze(Object.fromEntries(after));
}

function sum(present: AttributeValue | undefined, added: AttributeValue): AttributeValue {
  if (present === undefined) return added;
  if ('N' in present && 'N' in added) return Object.freeze({ N: sumOfNumbers(present.N, added.N) });
  if ('SS' in present && 'SS' in added) return Object.freeze({ SS: union(present.SS, added.SS) });
  if ('NS' in present && 'NS' in added) return Object.freeze({ NS: union(present.NS, added.NS) });
  if ('BS' in present && 'BS' in added) return Object.freeze({ BS: union(present.BS, added.BS) });
  throw invalid('An operand in the update expression has an incorrect data type');
}

function sumOfNumbers(a: string, b: string): string {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  if (left === undefined || right === undefined) throw new TypeError(`${a} or ${b} is no number`);
  const result = addDecimals(left, right);
  checkDecimalRange(result);
  return formatDecimal(result);
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return sorted('update.add', [...new Set([...a, ...b])]);
}

function invalid(message: string): BrokerError {
  return new BrokerError('ValidationException', message);
}
