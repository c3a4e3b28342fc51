import { errorWithCode } from '../../node/internal/node-error.ts';
import { received, withSeparators } from '../../node/internal/received.ts';
import { NativeRangeError, NativeTypeError } from '../../primordials.ts';

/** Errors with the codes and the words of Node's own web classes. */

/** An error with a code: the code is in its stack and its string form, but not in its name. */
export function codedError(Base: ErrorConstructor, code: string, message: string): Error {
  return errorWithCode(code, message, Base);
}

export function invalidArgType(name: string, expected: string, value: unknown): Error {
  const kind = name.includes('.') ? 'property' : 'argument';
  const message = `The "${name}" ${kind} must be ${expected}. Received ${received(value)}`;
  return codedError(NativeTypeError, 'ERR_INVALID_ARG_TYPE', message);
}

export function invalidThis(type: string): Error {
  const message = `Value of "this" must be of type ${type}`;
  return codedError(NativeTypeError, 'ERR_INVALID_THIS', message);
}

export function illegalConstructor(): Error {
  return codedError(NativeTypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}

/** Throws when fewer arguments came than the names say. */
export function requireArguments(count: number, ...names: string[]): void {
  if (count >= names.length) return;
  const quoted = names.map((name) => `"${name}"`);
  const last = quoted.pop() ?? '';
  const list = quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`;
  const noun = names.length === 1 ? 'argument' : 'arguments';
  const message = `The ${list} ${noun} must be specified`;
  throw codedError(NativeTypeError, 'ERR_MISSING_ARGS', message);
}

export function outOfRange(name: string, range: string, value: unknown): Error {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${numberText(value)}`;
  return codedError(NativeRangeError, 'ERR_OUT_OF_RANGE', message);
}

function numberText(value: unknown): string {
  const isLarge = Number.isInteger(value) && Math.abs(value as number) > 2 ** 32;
  return isLarge ? withSeparators(String(value)) : String(value);
}
