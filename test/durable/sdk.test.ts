import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import type { DurableExecution, FunctionOptions, Lambda } from '../../src/index.ts';
import { test } from '../../src/testing/vitest.ts';
import { dayMs, latestOf, linesOf, typesOf } from './deploy.ts';

const minuteMs = 60_000;

/** Bundles a handler and starts an execution of it. */
async function start(
  lambda: Lambda,
  file: string,
  event: unknown,
  options: Partial<FunctionOptions> = {},
): Promise<DurableExecution> {
  await lambda.createFunction({
    name: 'orders',
    code: { file: fileURLToPath(new URL(`../fixtures/handlers/${file}`, import.meta.url)) },
    durable: { executionTimeoutMs: 30 * dayMs },
    timeoutMs: 60_000,
    memoryMb: 256,
    ...options,
  });
  return latestOf(lambda, 'orders').startExecution(event);
}

/** How often something is in the history. */
function countOf(execution: DurableExecution, wanted: string): number {
  return typesOf(execution).filter((type) => type === wanted).length;
}

function callbackOf(execution: DurableExecution, name: string): string {
  const found = execution.operations().find((operation) => {
    return operation.type === 'CALLBACK' && operation.name === name;
  });
  if (found?.callback === undefined) throw new Error(`There is no callback ${name}`);
  return found.callback.id;
}

describe("handlers written with AWS's SDK run unmodified", () => {
  test(
    'steps, retries, waits, map, callbacks and invokes',
    { timeout: 60_000 },
    async ({ lambda, clock }) => {
      await lambda.createFunction({
        name: 'shop',
        code: { source: 'exports.handler = async ({ id }) => ({ shipped: id })' },
      });
      const event = { id: '7', items: [1, 2, 3], shop: 'shop' };
      const execution = await start(lambda, 'durable-order.ts', event);
      await clock.advance(dayMs + 20 * minuteMs);
      expect(countOf(execution, 'StepFailed')).toBe(2);
      await lambda.completeCallback(callbackOf(execution, 'approval'), 'yes');
      await clock.advance(minuteMs);
      expect(await execution.result()).toEqual({
        reserved: { reservation: 'r-7' },
        flaky: 3,
        squares: [1, 4, 9],
        approval: 'yes',
        shipped: { shipped: '7' },
      });
      expect(linesOf(lambda)).toHaveLength(1);
    },
  );

  test(
    'child contexts with large results, conditions, parallel branches, timeouts',
    {
      timeout: 60_000,
    },
    async ({ lambda, clock }) => {
      const execution = await start(lambda, 'durable-report.ts', { polls: 3 });
      await clock.advance(2 * 3_600_000);
      expect(await execution.result()).toEqual({
        length: 300_000,
        polled: 3,
        branches: ['a', 'b'],
        problem: 'CallbackTimeoutError',
      });
      // The large result is made again from what the context contains, not kept.
      expect(
        execution.history().every(({ details }) => (details.result ?? '').length < 1_000),
      ).toBe(true);
    },
  );

  test(
    'a step that may run once is not run again after a crash',
    { timeout: 60_000 },
    async ({ lambda, clock }) => {
      const execution = await start(lambda, 'durable-crash.ts', {});
      await clock.advance(minuteMs);
      expect(await execution.result()).toEqual({ problem: 'StepInterruptedError', tries: 1 });
      const [, , crashed] = execution.history();
      expect(crashed).toMatchObject({
        type: 'InvocationCompleted',
        details: { error: { errorType: 'Runtime.ExitError' } },
      });
    },
  );

  test(
    'state that does not fit into the event is read in pages',
    { timeout: 60_000 },
    async ({ lambda, clock }) => {
      const execution = await start(lambda, 'durable-pages.ts', { steps: 8, bytes: 700_000 });
      await clock.advance(minuteMs);
      expect(await execution.result()).toBe(8 * 700_000);
    },
  );
});
