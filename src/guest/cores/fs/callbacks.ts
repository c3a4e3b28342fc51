import { ERR_INVALID_ARG_TYPE } from '../../node/internal/errors.ts';
import { runAsPromise, runBeside, runNow, type Operation } from './operation.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- every operation checks its own arguments
type MakeOperation<Result> = (...args: any[]) => Operation<Result>;
type Callback = (error: unknown, ...results: unknown[]) => void;
export type AnyFunction = (...args: unknown[]) => unknown;

/** A function that waits. `pick` takes out of the result what the synchronous function returns. */
export function nowFunction<Result>(
  name: string,
  make: MakeOperation<Result>,
  pick: (result: Result) => unknown = (result) => result,
): AnyFunction {
  return named(name, make.length, (...args) => pick(runNow(make(...args))));
}

/** A function whose last argument is called; `spread` turns the result into what the callback gets. */
export function callbackFunction<Result>(
  name: string,
  make: MakeOperation<Result>,
  spread: (result: Result) => readonly unknown[] = (result) =>
    result === undefined ? [] : [result],
): AnyFunction {
  return named(name, make.length + 1, (...args) => {
    const index = callbackIndex(args);
    if (index < 0) {
      // As far as the first question to the host, which is not asked: bad arguments come first.
      make(...args).next();
      throw noCallback(args[make.length]);
    }
    const callback = args[index] as Callback;
    runBeside(make(...args.slice(0, index)), (error, result) => {
      if (error === null) callback(null, ...spread(result as Result));
      else callback(error);
    });
  });
}

export function promiseFunction<Result>(name: string, make: MakeOperation<Result>): AnyFunction {
  return named(name, make.length, (...args) => runAsPromise(make(...args)));
}

/** The last function among the arguments, and what comes before it. */
export function splitCallback(args: readonly unknown[]): {
  readonly callback: Callback;
  readonly rest: readonly unknown[];
} {
  const index = callbackIndex(args);
  if (index < 0) throw noCallback(undefined);
  return { callback: args[index] as Callback, rest: args.slice(0, index) };
}

function callbackIndex(args: readonly unknown[]): number {
  return args.findLastIndex((argument) => typeof argument === 'function');
}

function noCallback(found: unknown): Error {
  return new ERR_INVALID_ARG_TYPE('cb', 'function', found);
}

function named(name: string, length: number, run: AnyFunction): AnyFunction {
  Object.defineProperty(run, 'name', { value: name });
  Object.defineProperty(run, 'length', { value: length });
  return run;
}
