import { test as base } from 'vitest';
import { Lambda } from '../../src/index.ts';
import type { FunctionOptions, InvokeOutcome, LambdaOptions } from '../../src/index.ts';

/** Every behaviour of AWS's must be the same in each tier. */
export const tiers = ['inline', 'thread'] as const;

interface Fixtures {
  readonly lambda: Lambda;
  readonly options: LambdaOptions;
}

/** A `Lambda` that is closed after the test. */
export const test = base.extend<Fixtures>({
  options: {},
  lambda: async ({ options }, use) => {
    await using lambda = new Lambda(options);
    await use(lambda);
  },
});

let count = 0;

/** Deploys a handler given as text and invokes it once. */
export async function invokeOnce(
  lambda: Lambda,
  options: Omit<FunctionOptions, 'name' | 'code'> & { readonly source: string },
  event?: unknown,
): Promise<InvokeOutcome> {
  const { source, ...rest } = options;
  count += 1;
  const deployed = await lambda.createFunction({ name: `f${count}`, code: { source }, ...rest });
  return deployed.invoke(event);
}

/** The payload as data, fields in the order in which they came. */
export function payloadOf(outcome: InvokeOutcome): unknown {
  return JSON.parse(outcome.payloadJson);
}
