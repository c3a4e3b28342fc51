import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } from './errors.ts';

/** Node's checks of arguments, with Node's errors. */
export function validateString(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw new ERR_INVALID_ARG_TYPE(name, 'string', value);
}

export function validateBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw new ERR_INVALID_ARG_TYPE(name, 'boolean', value);
}

export function validateFunction(
  value: unknown,
  name: string,
): asserts value is (...args: unknown[]) => unknown {
  if (typeof value !== 'function') throw new ERR_INVALID_ARG_TYPE(name, 'function', value);
}

export function validateArray(value: unknown, name: string): asserts value is unknown[] {
  if (!Array.isArray(value)) throw new ERR_INVALID_ARG_TYPE(name, 'Array', value);
}

/** A plain object; `allows` adds arrays and functions. */
export function validateObject(
  value: unknown,
  name: string,
  allows: { readonly array?: boolean; readonly function?: boolean; readonly null?: boolean } = {},
): asserts value is object {
  const isObject =
    (typeof value === 'object' && (value !== null || allows.null === true)) ||
    (typeof value === 'function' && allows.function === true);
  if (!isObject || (Array.isArray(value) && allows.array !== true)) {
    throw new ERR_INVALID_ARG_TYPE(name, 'Object', value);
  }
}

export function validateNumber(
  value: unknown,
  name: string,
  min?: number,
  max?: number,
): asserts value is number {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  const isOutside =
    (min !== undefined && value < min) ||
    (max !== undefined && value > max) ||
    ((min !== undefined || max !== undefined) && Number.isNaN(value));
  if (!isOutside) return;
  const bounds = [min === undefined ? '' : `>= ${min}`, max === undefined ? '' : `<= ${max}`];
  throw new ERR_OUT_OF_RANGE(name, bounds.filter((bound) => bound !== '').join(' && '), value);
}

export function validateInteger(
  value: unknown,
  name: string,
  min: number = Number.MIN_SAFE_INTEGER,
  max: number = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max) {
    throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
  }
}

export function validateInt32(
  value: unknown,
  name: string,
  min: number = -2147483648,
  max: number = 2147483647,
): asserts value is number {
  validateInteger(value, name, min, max);
}

export function validateUint32(
  value: unknown,
  name: string,
  isPositive: boolean = false,
): asserts value is number {
  validateInteger(value, name, isPositive ? 1 : 0, 4294967295);
}

export function validateOneOf(value: unknown, name: string, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  const words = allowed.map((one) => (typeof one === 'string' ? `'${one}'` : String(one)));
  throw new ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${words.join(', ')}`);
}

export function validateAbortSignal(signal: unknown, name: string): void {
  if (
    signal !== undefined &&
    (signal === null || typeof signal !== 'object' || !('aborted' in signal))
  ) {
    throw new ERR_INVALID_ARG_TYPE(name, 'AbortSignal', signal);
  }
}
