import { askHost, startHost, type Answer } from '../../host.ts';
import { JsonStringify } from '../../primordials.ts';
import { AbortError, ERR_INVALID_RETURN_VALUE } from '../../node/internal/errors.ts';
import { exactCopy } from '../../web/internal/bytes.ts';
import { nextTick } from '../../ticks.ts';

/**
 * What `node:fs` does, written once: a generator that yields questions to the host. The synchronous functions
 * block on each answer, the others wait for it.
 */
export type Operation<Result> = Generator<Ask | Wait, Result, Answer>;

/** One call of the host's file service. */
interface Ask {
  readonly call: string;
  readonly args: readonly unknown[];
  readonly bytes: ArrayBuffer | undefined;
}

/** Something of the user's to wait for; only operations that are never run synchronously may yield it. */
interface Wait {
  readonly promise: PromiseLike<unknown>;
  resolved?: unknown;
}

export function* ask(call: string, ...args: readonly unknown[]): Operation<Answer> {
  return yield { call, args, bytes: undefined };
}

export function* askText(call: string, ...args: readonly unknown[]): Operation<string> {
  return (yield { call, args, bytes: undefined }) as string;
}

/** `view`: what goes along, as a copy. */
export function* send(
  view: Uint8Array,
  call: string,
  ...args: readonly unknown[]
): Operation<Answer> {
  return yield { call, args, bytes: exactCopy(view) };
}

export function* wait<Value>(value: PromiseLike<Value> | Value): Operation<Value> {
  if (typeof (value as PromiseLike<Value> | undefined)?.then !== 'function') return value as Value;
  const waiting: Wait = { promise: value as PromiseLike<Value> };
  yield waiting;
  return waiting.resolved as Value;
}

export function runNow<Result>(operation: Operation<Result>): Result {
  let step = operation.next();
  while (step.done !== true) {
    let answer: Answer;
    try {
      answer = askNow(step.value);
    } catch (error) {
      step = operation.throw(error);
      continue;
    }
    step = operation.next(answer);
  }
  return step.value;
}

function askNow(question: Ask | Wait): Answer {
  if ('promise' in question) {
    throw new ERR_INVALID_RETURN_VALUE('boolean', 'filter', question.promise);
  }
  return askHost(`fs.${question.call}`, questionText(question.args), question.bytes);
}

/** Arguments as JSON. They are texts, numbers and `null`: so no `toJSON` of the user's is ever asked. */
function questionText(args: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < args.length; index += 1) {
    text += `${index === 0 ? '' : ','}${JsonStringify(args[index]) ?? 'null'}`;
  }
  return `${text}]`;
}

/**
 * Runs the checks of arguments, which throw, then the rest beside the guest. `done` is called in an entry of
 * its own.
 */
export function runBeside<Result>(
  operation: Operation<Result>,
  done: (error: unknown, result: Result | undefined) => void,
): void {
  let first: IteratorResult<Ask | Wait, Result>;
  try {
    first = operation.next();
  } catch (error) {
    if (!(error instanceof AbortError)) throw error;
    nextTick(done as () => void, [error]);
    return;
  }
  if (first.done === true) nextTick(done as () => void, [null, first.value]);
  else askBeside(operation, first.value, done);
}

function askBeside<Result>(
  operation: Operation<Result>,
  question: Ask | Wait,
  done: (error: unknown, result: Result | undefined) => void,
): void {
  const answered = (error: unknown, answer: Answer): void => {
    let step: IteratorResult<Ask | Wait, Result>;
    try {
      step = error === undefined ? operation.next(answer) : operation.throw(error);
    } catch (thrown) {
      done(thrown, undefined);
      return;
    }
    if (step.done === true) done(null, step.value);
    else askBeside(operation, step.value, done);
  };
  if ('promise' in question) {
    question.promise.then(
      (value) => {
        question.resolved = value;
        answered(undefined, undefined);
      },
      (error: unknown) => answered(error ?? new Error('Rejected without a reason'), undefined),
    );
    return;
  }
  const { call, args, bytes } = question;
  startHost(`fs.${call}`, questionText(args), bytes, answered);
}

export function runAsPromise<Result>(operation: Operation<Result>): Promise<Result> {
  return new Promise((fulfil, reject) => {
    runBeside(operation, (error, result) => {
      if (error === null) fulfil(result as Result);
      else reject(error);
    });
  });
}
