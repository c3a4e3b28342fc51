import {
  AssertionError,
  checkMessage,
  type AssertionOptions,
} from '../cores/assert/assertion-error.ts';
import { expectNothing, expectThrown, rejectionOf, thrownBy } from '../cores/assert/exceptions.ts';
import { isDeepEqual } from './internal/comparisons.ts';
import { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } from './internal/errors.ts';
import { inspect } from './internal/inspect.ts';
import { restoreNames } from './internal/names.ts';

type AnyFunction = (...args: never[]) => unknown;

interface Assert {
  (...args: unknown[]): void;
  [name: string]: unknown;
}

function raise(options: AssertionOptions): never {
  const { message } = options;
  checkMessage(message);
  if (message instanceof Error) throw message;
  const text =
    typeof message === 'function'
      ? (message as (actual: unknown, expected: unknown) => unknown)(
          options.actual,
          options.expected,
        )
      : message;
  throw new AssertionError({ ...options, message: text });
}

function need(args: readonly unknown[], ...names: string[]): void {
  if (args.length < names.length) throw new ERR_MISSING_ARGS(...names);
}

/** Node shows the source of the expression; here the value has to do. */
function checkTruth(stackStartFn: AnyFunction, args: readonly unknown[]): void {
  const [value, message] = args;
  if (value) return;
  const options = { actual: value, expected: true, operator: '==', stackStartFn };
  if (args.length > 0) raise({ ...options, message });
  const error = new AssertionError({
    ...options,
    message: 'No value argument passed to `assert.ok()`',
  });
  throw Object.assign(error, { generatedMessage: true });
}

type Comparison = (actual: unknown, expected: unknown) => boolean;

/** `name(actual, expected[, message])`. */
function comparison(name: string, operator: string, holds: Comparison): AnyFunction {
  const check = {
    [name](...args: unknown[]): void {
      need(args, 'actual', 'expected');
      const [actual, expected, message] = args;
      if (holds(actual, expected)) return;
      raise({ actual, expected, message, operator, stackStartFn: check });
    },
  }[name] as AnyFunction;
  return check;
}

const loose: Comparison = (actual, expected) =>
  // oxlint-disable-next-line eqeqeq -- that is what it asks
  actual == expected || (Number.isNaN(actual) && Number.isNaN(expected));
const negated =
  (holds: Comparison): Comparison =>
  (actual, expected) =>
    !holds(actual, expected);
const deep: Comparison = (actual, expected) => isDeepEqual(actual, expected, 'loose');
const deepStrict: Comparison = (actual, expected) => isDeepEqual(actual, expected);

function matching(name: 'match' | 'doesNotMatch'): AnyFunction {
  const wanted = name === 'match';
  const check = {
    [name](text: unknown, pattern: unknown, message?: unknown): void {
      if (!(pattern instanceof RegExp)) throw new ERR_INVALID_ARG_TYPE('regexp', 'RegExp', pattern);
      if (typeof text === 'string' && pattern.test(text) === wanted) return;
      if (message instanceof Error) throw message;
      const generated =
        typeof text === 'string'
          ? (wanted
              ? 'The input did not match the regular expression '
              : 'The input was expected to not match the regular expression ') +
            `${inspect(pattern)}. Input:\n\n${inspect(text)}\n`
          : `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`;
      const error = new AssertionError({
        actual: text,
        expected: pattern,
        message: message ?? generated,
        operator: name,
        stackStartFn: check,
      });
      throw Object.assign(error, { generatedMessage: message === undefined });
    },
  }[name] as AnyFunction;
  return check;
}

function ifError(value: unknown): void {
  if (value === null || value === undefined) return;
  let message = 'ifError got unwanted exception: ';
  const { message: text } = value as { message?: unknown };
  if (typeof value === 'object' && typeof text === 'string') {
    message += text.length === 0 ? value.constructor.name : text;
  } else {
    message += inspect(value);
  }
  throw new AssertionError({
    actual: value,
    expected: null,
    operator: 'ifError',
    message,
    stackStartFn: ifError,
  });
}

function fail(message?: unknown): never {
  if (message instanceof Error) throw message;
  const error = new AssertionError({
    message: message ?? 'Failed',
    operator: 'fail',
    stackStartFn: fail,
  });
  throw Object.assign(error, { generatedMessage: message === undefined });
}

function throws(fn: unknown, ...args: unknown[]): void {
  expectThrown(throws, thrownBy(fn), args[0], args[1]);
}

async function rejects(promiseFn: unknown, ...args: unknown[]): Promise<void> {
  expectThrown(rejects, await rejectionOf(promiseFn), args[0], args[1]);
}

function doesNotThrow(fn: unknown, ...args: unknown[]): void {
  expectNothing(doesNotThrow, thrownBy(fn), args[0], args[1]);
}

async function doesNotReject(fn: unknown, ...args: unknown[]): Promise<void> {
  expectNothing(doesNotReject, await rejectionOf(fn), args[0], args[1]);
}

const strictMethods = {
  equal: comparison('strictEqual', 'strictEqual', Object.is),
  notEqual: comparison('notStrictEqual', 'notStrictEqual', negated(Object.is)),
  deepEqual: comparison('deepStrictEqual', 'deepStrictEqual', deepStrict),
  notDeepEqual: comparison('notDeepStrictEqual', 'notDeepStrictEqual', negated(deepStrict)),
};

function makeAssert(isStrict: boolean): Assert {
  const ok = (...args: unknown[]): void => checkTruth(ok, args);
  const looseMethods = {
    equal: comparison('equal', '==', loose),
    notEqual: comparison('notEqual', '!=', negated(loose)),
    deepEqual: comparison('deepEqual', 'deepEqual', deep),
    notDeepEqual: comparison('notDeepEqual', 'notDeepEqual', negated(deep)),
  };
  const used = isStrict ? strictMethods : looseMethods;
  const assert = (...args: unknown[]): void => checkTruth(assert, args);
  const table = Object.assign(assert, {
    AssertionError,
    ok,
    fail,
    equal: used.equal,
    notEqual: used.notEqual,
    deepEqual: used.deepEqual,
    notDeepEqual: used.notDeepEqual,
    deepStrictEqual: strictMethods.deepEqual,
    notDeepStrictEqual: strictMethods.notDeepEqual,
    strictEqual: strictMethods.equal,
    notStrictEqual: strictMethods.notEqual,
    partialDeepStrictEqual: comparison(
      'partialDeepStrictEqual',
      'partialDeepStrictEqual',
      (actual, expected) => isDeepEqual(actual, expected, 'partial'),
    ),
    match: matching('match'),
    doesNotMatch: matching('doesNotMatch'),
    throws,
    rejects,
    doesNotThrow,
    doesNotReject,
    ifError,
  });
  return table as unknown as Assert;
}

/** Methods on an instance, for tests that want their own. */
function AssertClass(this: object, options: { readonly strict?: boolean } = {}): void {
  const { strict: isStrict = true } = options;
  Object.assign(this, makeAssert(isStrict));
}
Object.defineProperty(AssertClass, 'name', { value: 'Assert' });

export const strict: Assert = restoreNames(makeAssert(true));
Object.assign(strict, { strict, Assert: AssertClass });
export const builtin: Assert = restoreNames(makeAssert(false));
Object.assign(builtin, { strict, Assert: AssertClass });
