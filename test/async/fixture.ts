import {
  Lambda,
  type LambdaEvents,
  type LambdaFunction,
  type LambdaOptions,
} from '../../src/index.ts';
import type { FunctionOptions } from '../../src/functions/function-options.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

export const start = Date.UTC(2026, 0, 1);

/** A `Lambda` on a clock that stands still; closed when the scope ends. */
export function onVirtualTime(
  options: LambdaOptions = {},
): { readonly lambda: Lambda; readonly clock: VirtualClock } & AsyncDisposable {
  const clock = new VirtualClock(start);
  const lambda = new Lambda({ clock, seed: 7, ...options });
  // What a test leaves behind is its own business.
  lambda.on('async.abandoned', () => {});
  return { lambda, clock, [Symbol.asyncDispose]: () => lambda.close() };
}

/** Deploys `source` as the function `orders`. */
export function deploy(
  lambda: Lambda,
  source: string,
  options: Partial<FunctionOptions> = {},
): Promise<LambdaFunction> {
  return lambda.createFunction({
    name: 'orders',
    code: { source },
    isolation: 'inline',
    cpuMs: 5_000,
    ...options,
  });
}

export const failing = `exports.handler = async () => { throw new RangeError('no stock') };`;
export const echo = `exports.handler = async (event) => ({ got: event });`;

/** Events of some names, as they come. */
export function record<Name extends keyof LambdaEvents>(
  lambda: Lambda,
  ...names: Name[]
): LambdaEvents[Name][] {
  const seen: LambdaEvents[Name][] = [];
  for (const name of names) lambda.on(name, (event) => seen.push(event));
  return seen;
}

/** When each attempt at an event began, in milliseconds since the test began. */
export function attemptTimes(lambda: Lambda): number[] {
  const times: number[] = [];
  lambda.on('async.attempted', ({ at }) => times.push(at - start));
  return times;
}
