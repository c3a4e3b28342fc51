import { errorWithCode, nodeError, showCodeInStack, type NodeErrorClass } from './node-error.ts';
import { inspected, received, withSeparators } from './received.ts';

export { errorWithCode, nodeError, type NodeError, type NodeErrorClass } from './node-error.ts';

/**
 * Node's errors by their codes, with Node's texts. What only one builtin throws is made there, with
 * `nodeError` or `errorWithCode`.
 */
export const ERR_INVALID_ARG_TYPE: NodeErrorClass<
  [name: string, expected: string | readonly string[], actual: unknown]
> = nodeError(
  'ERR_INVALID_ARG_TYPE',
  TypeError,
  (name: string, expected: string | readonly string[], actual: unknown) =>
    `The ${subject(name)} must be ${expectation(typeof expected === 'string' ? [expected] : expected)}. ` +
    `Received ${received(actual)}`,
);

/** `"options.x" property`, `"x" argument`, or a name that says so itself. */
function subject(name: string): string {
  if (name.endsWith(' argument')) return name;
  return `"${name}" ${name.includes('.') ? 'property' : 'argument'}`;
}

const typeNames = new Set([
  'string',
  'function',
  'number',
  'object',
  'Function',
  'Object',
  'boolean',
  'bigint',
  'symbol',
]);

/** `of type string or an instance of Buffer`. */
function expectation(expected: readonly string[]): string {
  const types: string[] = [];
  const instances: string[] = [];
  const others: string[] = [];
  for (const name of expected) {
    if (typeNames.has(name)) types.push(name.toLowerCase());
    else if (/^([A-Z][a-z0-9]*)+$/.test(name)) instances.push(name);
    else others.push(name);
  }
  // Among instances, `object` reads as one of them.
  if (instances.length > 0 && types.includes('object')) {
    types.splice(types.indexOf('object'), 1);
    instances.push('Object');
  }
  const words: string[] = [];
  if (types.length > 0) {
    words.push(`${types.length > 1 ? 'one of type' : 'of type'} ${list(types, 'or')}`);
  }
  if (instances.length > 0) words.push(`an instance of ${list(instances, 'or')}`);
  if (others.length === 1) {
    const [other = ''] = others;
    words.push(other.toLowerCase() === other ? other : `an ${other}`);
  } else if (others.length > 1) {
    words.push(`one of ${list(others, 'or')}`);
  }
  return words.join(' or ');
}

/** `a`, `a or b`, `a, b, or c`. */
function list(words: readonly string[], conjunction: string): string {
  if (words.length <= 2) return words.join(` ${conjunction} `);
  return `${words.slice(0, -1).join(', ')}, ${conjunction} ${words.at(-1)}`;
}

const invalidArgumentValue = (name: string, value: unknown, reason = 'is invalid'): string => {
  const text = inspected(value);
  const shown = text.length > 128 ? `${text.slice(0, 128)}...` : text;
  return `The ${name.includes('.') ? 'property' : 'argument'} '${name}' ${reason}. Received ${shown}`;
};
export const ERR_INVALID_ARG_VALUE: NodeErrorClass<
  [name: string, value: unknown, reason?: string]
> = nodeError('ERR_INVALID_ARG_VALUE', TypeError, invalidArgumentValue);
/** The same as a RangeError. */
export const ERR_INVALID_ARG_VALUE_RANGE: NodeErrorClass<
  [name: string, value: unknown, reason?: string]
> = nodeError('ERR_INVALID_ARG_VALUE', RangeError, invalidArgumentValue);

export const ERR_OUT_OF_RANGE: NodeErrorClass<
  [name: string, range: string, value: unknown, replacesDefault?: boolean]
> = nodeError(
  'ERR_OUT_OF_RANGE',
  RangeError,
  (name: string, range: string, value: unknown, replacesDefault = false) => {
    const start = replacesDefault ? name : `The value of "${name}" is out of range.`;
    return `${start} It must be ${range}. Received ${shownNumber(value)}`;
  },
);

function shownNumber(value: unknown): string {
  if (Number.isInteger(value) && Math.abs(value as number) > 2 ** 32) {
    return withSeparators(String(value));
  }
  if (typeof value === 'bigint') {
    const isLarge = value > 2n ** 32n || value < -(2n ** 32n);
    return `${isLarge ? withSeparators(String(value)) : value}n`;
  }
  return inspected(value);
}

export const ERR_MISSING_ARGS: NodeErrorClass<(string | readonly string[])[]> = nodeError(
  'ERR_MISSING_ARGS',
  TypeError,
  (...names: (string | readonly string[])[]) => {
    const quoted = names.map((name) =>
      typeof name === 'string' ? `"${name}"` : name.map((one) => `"${one}"`).join(' or '),
    );
    return `The ${list(quoted, 'and')} argument${quoted.length > 1 ? 's' : ''} must be specified`;
  },
);

export const ERR_INVALID_RETURN_VALUE: NodeErrorClass<
  [input: string, name: string, value: unknown]
> = nodeError(
  'ERR_INVALID_RETURN_VALUE',
  TypeError,
  (input: string, name: string, value: unknown) =>
    `Expected ${input} to be returned from the "${name}" function but got ${received(value)}.`,
);

const plain = (code: string, text: string, Base: ErrorConstructor = Error): NodeErrorClass<[]> =>
  nodeError(code, Base, text);

const oneWord = (
  code: string,
  text: (word: string) => string,
  Base: ErrorConstructor = Error,
): NodeErrorClass<[word: string]> => nodeError(code, Base, text);

export const ERR_METHOD_NOT_IMPLEMENTED: NodeErrorClass<[string]> = oneWord(
  'ERR_METHOD_NOT_IMPLEMENTED',
  (method) => `The ${method} method is not implemented`,
);
export const ERR_MULTIPLE_CALLBACK: NodeErrorClass<[]> = plain(
  'ERR_MULTIPLE_CALLBACK',
  'Callback called multiple times',
);
export const ERR_UNKNOWN_ENCODING: NodeErrorClass<[encoding: unknown]> = nodeError(
  'ERR_UNKNOWN_ENCODING',
  TypeError,
  (encoding: unknown) =>
    `Unknown encoding: ${typeof encoding === 'object' ? inspected(encoding) : String(encoding)}`,
);
export const ERR_UNKNOWN_SIGNAL: NodeErrorClass<[string]> = oneWord(
  'ERR_UNKNOWN_SIGNAL',
  (signal) => `Unknown signal: ${signal}`,
  TypeError,
);
export const ERR_INVALID_THIS: NodeErrorClass<[string]> = oneWord(
  'ERR_INVALID_THIS',
  (type) => `Value of "this" must be of type ${type}`,
  TypeError,
);
export const ERR_ILLEGAL_CONSTRUCTOR: NodeErrorClass<[]> = plain(
  'ERR_ILLEGAL_CONSTRUCTOR',
  'Illegal constructor',
  TypeError,
);
export const ERR_INVALID_STATE: NodeErrorClass<[string]> = oneWord(
  'ERR_INVALID_STATE',
  (reason) => `Invalid state: ${reason}`,
);
export const ERR_INVALID_CALLBACK: NodeErrorClass<[unknown]> = nodeError(
  'ERR_INVALID_CALLBACK',
  TypeError,
  (callback: unknown) => `Callback must be a function. Received ${inspected(callback)}`,
);
export const ERR_ASSERTION: NodeErrorClass<[string]> = oneWord('ERR_ASSERTION', (text) => text);
export const ERR_INTERNAL_ASSERTION: NodeErrorClass<[string?]> = nodeError(
  'ERR_INTERNAL_ASSERTION',
  Error,
  (text?: string) => text ?? 'An assertion inside of a builtin failed',
);
export const ERR_STRING_TOO_LONG: NodeErrorClass<[]> = plain(
  'ERR_STRING_TOO_LONG',
  'Cannot create a string longer than 0x1fffffe8 characters',
);
export const ERR_BUFFER_OUT_OF_BOUNDS: NodeErrorClass<[name?: string]> = nodeError(
  'ERR_BUFFER_OUT_OF_BOUNDS',
  RangeError,
  (name?: string) =>
    name === undefined
      ? 'Attempt to access memory outside buffer bounds'
      : `"${name}" is outside of buffer bounds`,
);
export const ERR_INVALID_BUFFER_SIZE: NodeErrorClass<[string]> = oneWord(
  'ERR_INVALID_BUFFER_SIZE',
  (size) => `Buffer size must be a multiple of ${size}`,
  RangeError,
);
export const ERR_SOCKET_BAD_PORT: NodeErrorClass<
  [name: string, port: unknown, allowsZero?: boolean]
> = nodeError(
  'ERR_SOCKET_BAD_PORT',
  RangeError,
  (name: string, port: unknown, allowsZero = true) =>
    `${name} should be ${allowsZero ? '>=' : '>'} 0 and < 65536. Received ${received(port)}.`,
);
export const ERR_UNHANDLED_ERROR: NodeErrorClass<[unknown?]> = nodeError(
  'ERR_UNHANDLED_ERROR',
  Error,
  (error?: unknown) =>
    error === undefined ? 'Unhandled error.' : `Unhandled error. (${String(error)})`,
);
export const ERR_USE_AFTER_CLOSE: NodeErrorClass<[string]> = oneWord(
  'ERR_USE_AFTER_CLOSE',
  (name) => `${name} was closed`,
);
export const ERR_INVALID_URI: NodeErrorClass<[]> = plain(
  'ERR_INVALID_URI',
  'URI malformed',
  URIError,
);

export const ERR_STREAM_ALREADY_FINISHED: NodeErrorClass<[string]> = oneWord(
  'ERR_STREAM_ALREADY_FINISHED',
  (method) => `Cannot call ${method} after a stream was finished`,
);
export const ERR_STREAM_CANNOT_PIPE: NodeErrorClass<[]> = plain(
  'ERR_STREAM_CANNOT_PIPE',
  'Cannot pipe, not readable',
);
export const ERR_STREAM_DESTROYED: NodeErrorClass<[string]> = oneWord(
  'ERR_STREAM_DESTROYED',
  (method) => `Cannot call ${method} after a stream was destroyed`,
);
export const ERR_STREAM_NULL_VALUES: NodeErrorClass<[]> = plain(
  'ERR_STREAM_NULL_VALUES',
  'May not write null values to stream',
  TypeError,
);
export const ERR_STREAM_PREMATURE_CLOSE: NodeErrorClass<[]> = plain(
  'ERR_STREAM_PREMATURE_CLOSE',
  'Premature close',
);
export const ERR_STREAM_PUSH_AFTER_EOF: NodeErrorClass<[]> = plain(
  'ERR_STREAM_PUSH_AFTER_EOF',
  'stream.push() after EOF',
);
export const ERR_STREAM_UNABLE_TO_PIPE: NodeErrorClass<[]> = plain(
  'ERR_STREAM_UNABLE_TO_PIPE',
  'Cannot pipe to a closed or destroyed stream',
);
export const ERR_STREAM_UNSHIFT_AFTER_END_EVENT: NodeErrorClass<[]> = plain(
  'ERR_STREAM_UNSHIFT_AFTER_END_EVENT',
  'stream.unshift() after end event',
);
export const ERR_STREAM_WRITE_AFTER_END: NodeErrorClass<[]> = plain(
  'ERR_STREAM_WRITE_AFTER_END',
  'write after end',
);

/** What a builtin refuses because isolates of this library do not have it: a process, a thread, a server. */
export function notOffered(
  what: string,
  why: string,
  code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
): Error {
  return errorWithCode(code, `${what} is not available in this environment: ${why}`);
}

/** What an aborted operation rejects with. */
export class AbortError extends Error {
  override readonly name: string;
  readonly code: string;

  constructor(message = 'The operation was aborted', options?: ErrorOptions) {
    if (options !== undefined && typeof options !== 'object') {
      throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
    }
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

/** Both errors in one; the outer one comes first. */
export function aggregateTwoErrors(innerError: unknown, outerError: unknown): unknown {
  if (!innerError || !outerError || innerError === outerError) return innerError || outerError;
  const outer = outerError as { errors?: unknown; message?: string; code?: unknown };
  if (Array.isArray(outer.errors)) {
    outer.errors.push(innerError);
    return outerError;
  }
  const both = new AggregateError([outerError, innerError], outer.message);
  return Object.assign(both, { code: outer.code });
}

/** `showCodeInStack` for errors that other builtins make themselves. */
export { showCodeInStack };
