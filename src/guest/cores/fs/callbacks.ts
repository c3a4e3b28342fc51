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
    const { callback, rest } = splitCallback(args, make.length);
    runBeside(make(...rest), (error, result) => {
      if (error === null) callback(null, ...spread(result as Result));
      else callback(error);
    });
  });
}

export function promiseFunction<Result>(name: string, make: MakeOperation<Result>): AnyFunction {
  return named(name, make.length, (...args) => runAsPromise(make(...args)));
}

/** The last function among the arguments; `length`: how many may come before it. */
export function splitCallback(
  args: readonly unknown[],
  length: number = 0,
): {
  readonly callback: Callback;
  readonly rest: readonly unknown[];
} {
  const index = args.findLastIndex((argument) => typeof argument === 'function');
  if (index < 0) throw new ERR_INVALID_ARG_TYPE('cb', 'function', args[length]);
  return { callback: args[index] as Callback, rest: args.slice(0, index) };
}

function named(name: string, length: number, run: AnyFunction): AnyFunction {
  Object.defineProperty(run, 'name', { value: name });
  Object.defineProperty(run, 'length', { value: length });
  return run;
}
