import { NativeTypeError, StringOf } from '../../primordials.ts';

/** Web IDL's conversions of arguments. https://webidl.spec.whatwg.org/#js-type-mapping */

export function domString(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'symbol') {
    throw new NativeTypeError('Cannot convert a Symbol value to a string');
  }
  return StringOf(value);
}

/** Text without halves of surrogate pairs. */
export function usvString(value: unknown): string {
  return domString(value).toWellFormed();
}

/** Whether Web IDL takes the value for an iterable object. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
}
