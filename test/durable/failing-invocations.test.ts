import { describe, expect } from 'vitest';
import * as fc from 'fast-check';
import { afterInvocation, type BetweenInvocations } from '../../src/durable/after-invocation.ts';
import { test } from '../../src/testing/vitest.ts';
import { deploy, linesOf, typesOf } from './deploy.ts';

const minuteMs = 60_000;

describe('an invocation of the handler', () => {
  test('that throws is tried again, later and later, until the execution has failed', async ({
    lambda,
    clock,
  }) => {
    const orders = await deploy(
      lambda,
      "console.log('tries'); throw Object.assign(new Error('down'), { escapes: true });",
    );
    const execution = await orders.startExecution();
    await clock.advance(1);
    expect(linesOf(lambda)).toHaveLength(1);
    await clock.advance(minuteMs);
    expect(linesOf(lambda)).toHaveLength(2);
    await clock.advance(2 * minuteMs);
    expect(linesOf(lambda)).toHaveLength(3);
    await clock.advance(4 * 60 * minuteMs + 15 * minuteMs);
    expect(linesOf(lambda)).toHaveLength(9);
    expect(execution).toMatchObject({ status: 'FAILED', error: { errorMessage: 'down' } });
    const ends = execution.history().filter(({ type }) => type === 'InvocationCompleted');
    expect(ends[0]?.details.error).toMatchObject({ errorType: 'Error', errorMessage: 'down' });
  });

  test('whose environment ends is tried again at once; steps that began are there', async ({
    lambda,
    clock,
  }) => {
    const orders = await deploy(
      lambda,
      `const { StepDetails, Status } = await ctx.begin('STEP');
       if (!ctx.updated && ctx.operations.size === 2 && !event.again) {
         const fs = require('node:fs');
         if (!fs.existsSync('/tmp/crashed')) { fs.writeFileSync('/tmp/crashed', ''); process.exit(1); }
       }
       return Status;`,
    );
    const execution = await orders.startExecution({});
    await clock.advance(1);
    expect(await execution.result()).toBe('STARTED');
    expect(typesOf(execution)).toEqual([
      'ExecutionStarted',
      'StepStarted',
      'InvocationCompleted',
      'InvocationCompleted',
      'ExecutionSucceeded',
    ]);
    expect(execution.history()[2]?.details.error?.errorType).toBe('Runtime.ExitError');
  });

  test('that cannot begin waits for concurrency', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'return 1;', { reservedConcurrency: 0 });
    const execution = await orders.startExecution();
    await clock.advance(10_000);
    expect(execution.status).toBe('RUNNING');
    await orders.update({ reservedConcurrency: null });
    await clock.advance(60_000);
    expect(await execution.result()).toBe(1);
    expect(typesOf(execution)).toEqual([
      'ExecutionStarted',
      'InvocationCompleted',
      'ExecutionSucceeded',
    ]);
  });
});

describe('what comes after an invocation', () => {
  const betweens = fc.record<BetweenInvocations>({
    failures: fc.nat({ max: 8 }),
    refusals: fc.nat({ max: 50 }),
    hasNews: fc.boolean(),
    hadNews: fc.boolean(),
    isWaiting: fc.boolean(),
  });

  test('an execution never suspends with news, nor with nothing to wait for', () => {
    fc.assert(
      fc.property(betweens, (between) => {
        const next = afterInvocation({ kind: 'output', output: { status: 'PENDING' } }, between);
        if (next.kind === 'suspend') {
          expect(between.hasNews).toBe(false);
          expect(between.isWaiting).toBe(true);
        }
        if (between.hasNews) expect(next.kind).toBe('again');
      }),
    );
  });

  test('failures are retried a bounded number of times, refusals without end', () => {
    const errorTypes = fc.constantFrom('Error', 'Runtime.ExitError', 'Sandbox.Timedout', undefined);
    fc.assert(
      fc.property(betweens, errorTypes, (between, errorType) => {
        const failed = afterInvocation({ kind: 'function-error', error: { errorType } }, between);
        expect(failed.kind).toBe(between.failures === 8 ? 'end' : 'retry');
        const refused = afterInvocation({ kind: 'not-run' }, between);
        expect(refused).toMatchObject({ kind: 'retry' });
        if (refused.kind === 'retry') expect(refused.delayMs).toBeLessThanOrEqual(300_000);
      }),
    );
  });
});
