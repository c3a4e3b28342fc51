import {
  NativeError,
  NativeRangeError,
  NativeTypeError,
  ObjectDefineProperty,
  StringOf,
} from '../../primordials.ts';

/** Errors with the codes and the words of Node's own web classes. */

/** An error with a code: the code is in its stack and its string form, but not in its name. */
export function codedError(Base: ErrorConstructor, code: string, message: string): Error {
  const error = new Base(message);
  const { name } = error;
  hide(error, 'name', `${name} [${code}]`);
  (NativeError as unknown as { captureStackTrace(target: object, above: unknown): void })
    // Freezes the header of the stack while the name has the code in it.
    .captureStackTrace(error, codedError);
  delete (error as { name?: string }).name;
  hide(error, 'toString', function (this: Error) {
    return `${this.name} [${code}]: ${this.message}`;
  });
  (error as Error & { code: string }).code = code;
  return error;
}

export function invalidArgType(name: string, expected: string, value: unknown): Error {
  const kind = name.includes('.') ? 'property' : 'argument';
  const message = `The "${name}" ${kind} must be ${expected}.${received(value)}`;
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
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${withSeparators(String(value))}`;
  return codedError(NativeRangeError, 'ERR_OUT_OF_RANGE', message);
}

/** Node's form of large integers: `4_294_967_297`. */
function withSeparators(text: string): string {
  const isLargeInteger = /^-?\d{10,21}$/.test(text) && Math.abs(Number(text)) > 2 ** 32;
  return isLargeInteger ? text.replaceAll(/\B(?=(?:\d{3})+$)/g, '_') : text;
}

function hide(target: object, key: string, value: unknown): void {
  ObjectDefineProperty(target, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** What came instead, as Node's ERR_INVALID_ARG_TYPE tells it. */
function received(value: unknown): string {
  if (value === null || value === undefined) return ` Received ${String(value)}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    const name = (value.constructor as { name?: unknown } | undefined)?.name;
    return typeof name === 'string' && name !== ''
      ? ` Received an instance of ${name}`
      : ' Received [Object: null prototype] {}';
  }
  let text = typeof value === 'string' ? `'${value}'` : StringOf(value);
  if (typeof value === 'bigint') text += 'n';
  if (text.length > 28) text = `${text.slice(0, 25)}...`;
  return ` Received type ${typeof value} (${text})`;
}
