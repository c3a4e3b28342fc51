import type { FunctionOptions, Lambda, LambdaFunction } from '../../src/index.ts';
import { handwritten } from './handwritten.ts';

export const dayMs = 86_400_000;

/** Deploys a hand-written durable handler and gives its `$LATEST`, which can be invoked. */
export async function deploy<Event = unknown, Result = unknown>(
  lambda: Lambda,
  steps: string,
  options: Partial<FunctionOptions> = {},
): Promise<LambdaFunction<Event, Result>> {
  const { name = 'orders' } = options;
  await lambda.createFunction({
    code: handwritten(steps),
    durable: { executionTimeoutMs: 30 * dayMs },
    cpuMs: 3_000,
    ...options,
    name,
  });
  return latestOf<Event, Result>(lambda, name);
}

export function latestOf<Event = unknown, Result = unknown>(
  lambda: Lambda,
  name: string,
): LambdaFunction<Event, Result> {
  const fn = lambda.getFunction<Event, Result>(`${name}:$LATEST`);
  if (fn === undefined) throw new Error(`There is no function ${name}`);
  return fn;
}

/** Types of what has happened. */
export function typesOf(execution: {
  history(): readonly { readonly type: string }[];
}): readonly string[] {
  return execution.history().map(({ type }) => type);
}

/** What a handler wrote to its log, without AWS's own lines. */
export function linesOf(lambda: Lambda, functionName = 'orders'): readonly string[] {
  return lambda
    .readLogs({ functionName })
    .map(({ message }) => message)
    .filter((message) => message.includes('\tINFO\t'))
    .map((message) => message.split('\tINFO\t')[1]?.trim() ?? '');
}
