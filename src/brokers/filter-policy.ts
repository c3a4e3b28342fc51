import { LambdaError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { compilePattern, readPattern } from './patterns/compile.ts';
import { filterPolicyDialect } from './patterns/dialect.ts';
import { PatternFault } from './patterns/pattern-fault.ts';

/** What a filter policy looks at. */
export type FilterPolicyScope = 'MessageAttributes' | 'MessageBody';

/** What a filter policy sees of a message. */
export interface FilteredMessage {
  readonly attributes: Readonly<Record<string, FilteredAttribute>>;
  readonly body: string;
}

export interface FilteredAttribute {
  /** `String`, `String.Array`, `Number` or `Binary`, with a label behind a dot or without. */
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: Uint8Array;
}

/** AWS refuses the policy: InvalidParameter. */
export class InvalidFilterPolicyError extends LambdaError<'ERR_INVALID_FILTER_POLICY'> {
  override readonly name: string = 'InvalidFilterPolicyError';

  constructor(reason: string) {
    super('ERR_INVALID_FILTER_POLICY', `Invalid parameter: ${reason}`);
  }
}

/**
 * Compiles an SNS subscription filter policy, an object or JSON text; an empty one lets everything pass.
 * Attributes are looked at as one object: `Number` ones as numbers, `String.Array` ones as arrays; those with
 * bytes are not seen. A body is looked at when it is a JSON object, others do not pass.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 * @throws InvalidFilterPolicyError with AWS's words (without the place in the text that AWS adds)
 */
export function compileFilterPolicy(
  policy: object | string,
  scope: FilterPolicyScope = 'MessageAttributes',
): (message: FilteredMessage) => boolean {
  try {
    const { json, object } = readPattern(policy);
    if (Object.keys(object).length === 0) return () => true;
    checkSize(json, object);
    if (scope === 'MessageAttributes') checkIsFlat(object);
    const matches = compilePattern(object, filterPolicyDialect);
    if (combinationsOf(object, 1) > limits.filterPolicy.combinations) {
      throw new PatternFault('Filter policy is too complex');
    }
    if (scope === 'MessageBody') return ({ body }) => matches(parsed(body));
    return ({ attributes }) => matches(visible(attributes));
  } catch (fault) {
    throw fault instanceof PatternFault
      ? new InvalidFilterPolicyError(`FilterPolicy: ${fault.message}`)
      : fault;
  }
}

function checkSize(json: string, policy: object): void {
  const { bytes, keys } = limits.filterPolicy;
  if (Buffer.byteLength(json) > bytes) throw new PatternFault('Filter policy is too large');
  // Of nested policies AWS counts the outermost keys alone.
  if (Object.keys(policy).length > keys) {
    throw new PatternFault(`Filter policy can not have more than ${keys} keys`);
  }
}

function checkIsFlat(policy: object): void {
  const isNested = Object.values(policy).some(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  );
  if (!isNested) return;
  throw new InvalidFilterPolicyError(
    'Filter policy scope MessageAttributes does not support nested filter policy',
  );
}

/**
 * AWS multiplies, over all arrays of the policy, the number of their values and how deep they lie; the branches
 * of `$or` add up.
 */
function combinationsOf(policy: object, depth: number): number {
  return (Object.entries(policy) as [string, unknown][])
    .map(([key, value]) => {
      if (!Array.isArray(value)) return combinationsOf(value as object, depth + 1);
      const branches = value.filter((branch) => typeof branch === 'object' && branch !== null);
      return key === '$or' && branches.length > 1
        ? sum(branches.map((branch: object) => combinationsOf(branch, depth)))
        : value.length * depth;
    })
    .reduce((product, factor) => product * factor, 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Attributes as the object that policies are matched against. */
function visible(attributes: FilteredMessage['attributes']): object {
  const seen = Object.entries(attributes).flatMap(([name, { dataType, stringValue }]) =>
    stringValue === undefined ? [] : [[name, valueOf(dataType, stringValue)] as const],
  );
  return Object.fromEntries(seen);
}

function valueOf(dataType: string, text: string): unknown {
  if (dataType === 'String.Array') {
    const list = parsed(text);
    return Array.isArray(list) ? list : text;
  }
  const number = dataType.startsWith('Number') && text.trim() !== '' ? Number(text) : Number.NaN;
  return Number.isNaN(number) ? text : number;
}

/** Undefined when it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
