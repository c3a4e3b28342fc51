import { InvalidOptionError } from '../core/errors.ts';
import { areEqualValues, own, type AttributeMap } from './attribute-value.ts';
import { BrokerError } from './broker-error.ts';
import { marshallValue, type ItemValue } from './marshall.ts';

/**
 * What must hold for a write: that the item exists, that it does not, or that it has these values. `undefined`
 * stands for an attribute that is not there.
 */
export type TableCondition = 'exists' | 'absent' | Readonly<Record<string, ItemValue | undefined>>;

export interface ConditionalOptions {
  /** @default the write happens in any case */
  readonly condition?: TableCondition;
}

/** @throws BrokerError `ConditionalCheckFailedException` */
export function checkCondition(
  condition: TableCondition | undefined,
  item: AttributeMap | undefined,
): void {
  if (condition === undefined || holds(condition, item)) return;
  throw new BrokerError('ConditionalCheckFailedException', 'The conditional request failed');
}

function holds(condition: TableCondition, item: AttributeMap | undefined): boolean {
  if (condition === 'exists') return item !== undefined;
  if (condition === 'absent') return item === undefined;
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) {
    const rule = '"exists", "absent" or an object of expected values';
    throw new InvalidOptionError('condition', rule, condition);
  }
  return Object.entries(condition).every(([name, expected]) => {
    const value = expected === undefined ? undefined : marshallValue(`condition.${name}`, expected);
    return areEqualValues(item && own(item, name), value);
  });
}
