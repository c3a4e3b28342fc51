import { isDeepEqual } from '../../node/internal/comparisons.ts';
import {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_RETURN_VALUE,
  errorWithCode,
} from '../../node/internal/errors.ts';
import { inspect } from '../../node/internal/inspect.ts';
import { validateFunction } from '../../node/internal/validators.ts';
import { AssertionError, comparisonError } from './assertion-error.ts';

/** `throws`, `rejects` and their opposites. */
const nothingThrown: unique symbol = Symbol('nothing thrown');

export function thrownBy(fn: unknown): unknown {
  validateFunction(fn, 'fn');
  try {
    fn();
  } catch (error) {
    return error;
  }
  return nothingThrown;
}

export async function rejectionOf(given: unknown): Promise<unknown> {
  let promise = given;
  if (typeof given === 'function') {
    promise = (given as () => unknown)();
    if (!isThenable(promise)) {
      throw new ERR_INVALID_RETURN_VALUE('instance of Promise', 'promiseFn', promise);
    }
  } else if (!isThenable(given)) {
    throw new ERR_INVALID_ARG_TYPE('promiseFn', ['Function', 'Promise'], given);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return nothingThrown;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const { then, catch: caught } = (value ?? {}) as { then?: unknown; catch?: unknown };
  return (
    value instanceof Promise ||
    (typeof value === 'object' && typeof then === 'function' && typeof caught === 'function')
  );
}

type AnyFunction = (...args: unknown[]) => unknown;

/** Something had to be thrown, and like `expected`. */
export function expectThrown(
  stackStartFn: AnyFunction,
  actual: unknown,
  expected: unknown,
  message: unknown,
): void {
  let text = message;
  let wanted = expected;
  if (typeof wanted === 'string') {
    if (message !== undefined) {
      throw new ERR_INVALID_ARG_TYPE('error', ['Object', 'Error', 'Function', 'RegExp'], wanted);
    }
    checkAmbiguous(actual, wanted);
    text = wanted;
    wanted = undefined;
  } else if (
    wanted !== null &&
    wanted !== undefined &&
    typeof wanted !== 'object' &&
    typeof wanted !== 'function'
  ) {
    throw new ERR_INVALID_ARG_TYPE('error', ['Object', 'Error', 'Function', 'RegExp'], wanted);
  }
  if (actual === nothingThrown) {
    const { name } = (wanted ?? {}) as { name?: unknown };
    let details = typeof name === 'string' && name !== '' ? ` (${name})` : '';
    details += text ? `: ${String(text)}` : '.';
    const what = stackStartFn.name === 'rejects' ? 'rejection' : 'exception';
    throw new AssertionError({
      actual: undefined,
      expected: wanted,
      operator: stackStartFn.name,
      message: `Missing expected ${what}${details}`,
      stackStartFn,
    });
  }
  if (wanted !== undefined && wanted !== null) {
    checkThrown(actual, wanted, text, stackStartFn);
  }
}

function checkAmbiguous(actual: unknown, text: string): void {
  const shown = typeof actual === 'object' && actual !== null ? (actual as Error).message : actual;
  if (shown !== text) return;
  throw errorWithCode(
    'ERR_AMBIGUOUS_ARGUMENT',
    typeof actual === 'object'
      ? `The "error/message" argument is ambiguous. The error message "${text}" is identical to the message.`
      : `The "error/message" argument is ambiguous. The error "${text}" is identical to the message.`,
    TypeError,
  );
}

function fail(
  actual: unknown,
  expected: unknown,
  message: unknown,
  generated: string,
  stackStartFn: AnyFunction,
): never {
  if (message instanceof Error) throw message;
  const error = new AssertionError({
    actual,
    expected,
    message: message ?? generated,
    operator: stackStartFn.name,
    stackStartFn,
  });
  Object.assign(error, { generatedMessage: message === undefined });
  throw error;
}

function checkThrown(
  actual: unknown,
  expected: object,
  message: unknown,
  stackStartFn: AnyFunction,
): void {
  if (expected instanceof RegExp) {
    const text = String(actual);
    if (expected.test(text)) return;
    const generated = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
    fail(actual, expected, message, generated, stackStartFn);
  }
  if (typeof expected === 'function') {
    checkByFunction(actual, expected as AnyFunction, message, stackStartFn);
    return;
  }
  if (typeof actual !== 'object' || actual === null) {
    const error = comparisonError(actual as object, expected, stackStartFn.name, stackStartFn);
    throw message === undefined ? Object.assign(error, { generatedMessage: true }) : error;
  }
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  else if (keys.length === 0) {
    throw new ERR_INVALID_ARG_VALUE('error', expected, 'may not be an empty object');
  }
  for (const key of keys) compareField(key, actual, expected, keys, message, stackStartFn);
}

class Comparison {
  readonly [field: string]: unknown;
  constructor(value: Record<string, unknown>, keys: readonly string[], other?: object) {
    const own = this as Record<string, unknown>;
    for (const key of keys) {
      if (!(key in value)) continue;
      const isMatch =
        other !== undefined &&
        typeof value[key] === 'string' &&
        (other as Record<string, unknown>)[key] instanceof RegExp &&
        ((other as Record<string, unknown>)[key] as RegExp).test(value[key]);
      own[key] = isMatch ? (other as Record<string, unknown>)[key] : value[key];
    }
  }
}

function compareField(
  key: string,
  actual: object,
  expected: object,
  keys: readonly string[],
  message: unknown,
  stackStartFn: AnyFunction,
): void {
  const [found, wanted] = [actual as Record<string, unknown>, expected as Record<string, unknown>];
  const isMatch =
    wanted[key] instanceof RegExp && typeof found[key] === 'string' && wanted[key].test(found[key]);
  if (isMatch || (key in actual && isDeepEqual(found[key], wanted[key]))) return;
  if (message !== undefined) fail(actual, expected, message, '', stackStartFn);
  const error = comparisonError(
    new Comparison(found, keys, expected),
    new Comparison(wanted, keys),
    stackStartFn.name,
    stackStartFn,
  );
  throw Object.assign(error, { actual, expected, generatedMessage: true });
}

function checkByFunction(
  actual: unknown,
  expected: AnyFunction,
  message: unknown,
  stackStartFn: AnyFunction,
): void {
  const { prototype } = expected as { prototype?: unknown };
  if (prototype !== undefined && actual instanceof (expected as unknown as typeof Error)) return;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    let generated = `The error is expected to be an instance of "${expected.name}". Received `;
    generated +=
      actual instanceof Error
        ? `"${actual.constructor.name}"\n\nError message:\n\n${actual.message}`
        : `"${inspect(actual, { depth: -1 })}"`;
    fail(actual, expected, message, generated, stackStartFn);
  }
  const verdict = Reflect.apply(expected, {}, [actual]);
  if (verdict === true) return;
  const name = expected.name === '' ? '' : `"${expected.name}" `;
  let generated = `The ${name}validation function is expected to return "true". Received ${inspect(verdict)}`;
  if (actual instanceof Error) generated += `\n\nCaught error:\n\n${String(actual)}`;
  fail(actual, expected, message, generated, stackStartFn);
}

/** Nothing had to be thrown, or nothing like `expected`. */
export function expectNothing(
  stackStartFn: AnyFunction,
  actual: unknown,
  given: unknown,
  givenMessage: unknown,
): void {
  if (actual === nothingThrown) return;
  const message = typeof given === 'string' ? given : givenMessage;
  const expected = typeof given === 'string' ? undefined : given;
  if (expected && !isLike(actual, expected)) throw actual;
  const what = stackStartFn.name === 'doesNotReject' ? 'rejection' : 'exception';
  const details = message ? `: ${String(message)}` : '.';
  const { message: text } = (actual ?? {}) as { message?: unknown };
  throw new AssertionError({
    actual,
    expected,
    operator: stackStartFn.name,
    message: `Got unwanted ${what}${details}\nActual message: "${String(text)}"`,
    stackStartFn,
  });
}

function isLike(actual: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp) return expected.test(String(actual));
  if (typeof expected !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('expected', ['Function', 'RegExp'], expected);
  }
  const { prototype } = expected as { prototype?: unknown };
  if (prototype !== undefined && actual instanceof (expected as typeof Error)) return true;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) return false;
  return Reflect.apply(expected, {}, [actual]) === true;
}
