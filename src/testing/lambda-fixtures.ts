import { test as base, type TestAPI } from 'vitest';
import { checkOneOf } from '../core/options.ts';
import { Lambda } from '../lambda.ts';
import type { LambdaOptions } from '../lambda-options.ts';
import { AsyncHistory } from './async-history.ts';
import { FetchMock } from './fetch-mock.ts';
import { LazyInterceptor } from './lazy-interceptor.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What becomes of a test that ends with events that nobody dealt with; see `onLeftovers`. */
export type LeftoverMode = 'fail' | 'warn' | 'ignore';

export interface LambdaFixtures {
  /** The clock of `lambda`. It stands at 2026-01-01T00:00:00Z until the test moves it. */
  readonly clock: VirtualClock;
  /**
   * On `clock`, with ids that are the same on every run; closed after the test. A function without `cpuMs` may compute
   * for as long as its timeout, so that a busy machine fails no test.
   */
  readonly lambda: Lambda;
  /**
   * Answers what functions ask for over HTTP. A test that takes it has no other network, and fails when a
   * request was refused; without it, functions reach what their option `network` opens.
   */
  readonly web: FetchMock;
  /** What becomes of events that were sent. */
  readonly history: AsyncHistory;
  /** Goes to `new Lambda` besides; `test.extend({ lambdaOptions: ... })` sets it. @default {} */
  readonly lambdaOptions: Omit<LambdaOptions, 'clock' | 'intercept'>;
  /**
   * What happens when a test ends with events that wait, that were given up and reached no queue or
   * destination, or that could not be delivered. `test.extend({ onLeftovers: 'fail' })` sets it.
   * @default 'warn'
   */
  readonly onLeftovers: LeftoverMode;
}

/** Everything of one test. */
interface Kit {
  readonly clock: VirtualClock;
  readonly lambda: Lambda;
  readonly history: AsyncHistory;
  readonly interceptor: LazyInterceptor;
}

/**
 * The share of a CPU that a small function has on AWS is used up in tests by a cold start on a busy machine: here
 * the default of `cpuMs` is the whole timeout.
 */
const usual: LambdaOptions = { seed: 1, memoryMbPerVcpu: 1 };

/**
 * Vitest's `test` with a `Lambda` whose time the test moves.
 * @example
 * import { test } from 'isolambda/vitest';
 * test('a reminder goes out after a day', async ({ lambda, clock }) => { ... });
 */
export const test: TestAPI<LambdaFixtures> = base.extend<LambdaFixtures & { readonly kit: Kit }>({
  lambdaOptions: {},
  onLeftovers: 'warn',
  kit: async ({ lambdaOptions, onLeftovers, task }, use) => {
    checkOneOf('onLeftovers', onLeftovers, ['fail', 'warn', 'ignore']);
    const clock = new VirtualClock();
    const interceptor = new LazyInterceptor();
    const lambda = new Lambda({ ...usual, ...lambdaOptions, clock, intercept: interceptor });
    const history = new AsyncHistory(lambda);
    await use({ clock, lambda, history, interceptor });
    const leftovers = [...history.leftovers(clock.now()), ...stillRunning(lambda, clock)];
    // What still runs waits for a time that does not come.
    await lambda.close({ drainMs: 0 });
    settleLeftovers(leftovers, onLeftovers, task.name);
  },
  clock: async ({ kit }, use) => use(kit.clock),
  lambda: async ({ kit }, use) => use(kit.lambda),
  history: async ({ kit }, use) => use(kit.history),
  web: async ({ kit }, use) => {
    const web = new FetchMock();
    kit.interceptor.target = web;
    await use(web);
    const [first] = web.errors;
    if (first !== undefined) throw first;
  },
});

function stillRunning(lambda: Lambda, clock: VirtualClock): string[] {
  const { running } = lambda.stats();
  if (running === 0) return [];
  const waiting = clock.pending().map(({ label, inMs }) => `"${label}" in ${inMs} ms`);
  const what = running === 1 ? 'an invocation still runs' : `${running} invocations still run`;
  return [waiting.length === 0 ? what : `${what}; on the clock: ${waiting.join(', ')}`];
}

function settleLeftovers(leftovers: readonly string[], mode: LeftoverMode, name: string): void {
  if (leftovers.length === 0 || mode === 'ignore') return;
  const text = [`"${name}" ended, and nobody dealt with this:`, ...leftovers].join('\n  - ');
  if (mode === 'fail') throw new Error(text);
  console.warn(text);
}
