import { describe, expect } from 'vitest';
import { CallbackTimeoutError, ExecutionNotFoundError, type Lambda } from '../../src/index.ts';
import { test } from '../../src/testing/vitest.ts';
import { dayMs, deploy, linesOf, typesOf } from './deploy.ts';

const asks = (terms: string): string =>
  `const answer = await ctx.callback(async (id) => console.log(id), ${terms});
   return { answer };`;

/** The callback that the handler wrote to its log. */
function askedFor(lambda: Lambda): string {
  const [id = ''] = linesOf(lambda);
  return id;
}

describe('a callback', () => {
  test('gives the handler what an outside system says', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, asks('{}'));
    const execution = await orders.startExecution();
    await clock.advance(7 * dayMs);
    await lambda.completeCallback(askedFor(lambda), '"yes"');
    expect(await execution.result()).toEqual({ answer: 'yes' });
    expect(typesOf(execution)).toContain('CallbackSucceeded');
  });

  test('fails when the outside system says so', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, asks('{}'));
    const execution = await orders.startExecution();
    await clock.advance(1);
    await lambda.failCallback(askedFor(lambda), { errorType: 'Rejected', errorMessage: 'no' });
    await expect(execution.result()).rejects.toThrow('no');
    expect(execution.history().find(({ type }) => type === 'CallbackFailed')?.details).toEqual({
      error: { errorType: 'Rejected', errorMessage: 'no' },
    });
  });

  test('times out', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, asks('{ TimeoutSeconds: 60 }'));
    const execution = await orders.startExecution();
    await clock.advance(60_000);
    await expect(execution.result()).rejects.toThrow('Callback timed out');
    const timedOut = execution.history().find(({ type }) => type === 'CallbackTimedOut');
    expect(timedOut?.details.error?.errorType).toBe('Callback.Timeout');
    await expect(lambda.completeCallback(askedFor(lambda))).rejects.toThrow(CallbackTimeoutError);
  });

  test('times out when no heartbeat comes, and not as long as they come', async ({
    lambda,
    clock,
  }) => {
    const orders = await deploy(lambda, asks('{ HeartbeatTimeoutSeconds: 60 }'));
    const execution = await orders.startExecution();
    for (let minute = 0; minute < 5; minute += 1) {
      await clock.advance(59_000);
      await lambda.heartbeatCallback(askedFor(lambda));
    }
    expect(execution.status).toBe('RUNNING');
    await clock.advance(60_000);
    const timedOut = execution.history().find(({ type }) => type === 'CallbackTimedOut');
    expect(timedOut?.details.error?.errorType).toBe('Callback.Heartbeat');
    await expect(lambda.heartbeatCallback(askedFor(lambda))).rejects.toThrow(CallbackTimeoutError);
  });

  test('takes one answer', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, asks('{}'));
    const execution = await orders.startExecution();
    await clock.advance(1);
    const id = askedFor(lambda);
    const answers = await Promise.allSettled([
      lambda.completeCallback(id, '1'),
      lambda.completeCallback(id, '2'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await execution.result()).toEqual({ answer: 1 });
  });

  test('has to be there', async ({ lambda }) => {
    await deploy(lambda, 'return 1;');
    await expect(lambda.completeCallback('bm9uZQ==')).rejects.toThrow(ExecutionNotFoundError);
  });
});

describe('a chained invoke', () => {
  test('runs a function and gives what it answers', async ({ lambda, clock }) => {
    await lambda.createFunction({
      name: 'double',
      code: { source: 'exports.handler = async (n) => n * 2' },
    });
    const orders = await deploy(lambda, "return ctx.invoke('double', 21);");
    const execution = await orders.startExecution();
    await clock.advance(1);
    expect(await execution.result()).toBe(42);
    expect(execution.history()[1]).toMatchObject({
      type: 'ChainedInvokeStarted',
      details: { functionName: 'double', input: '21', executedVersion: '$LATEST' },
    });
  });

  test('of a function that fails has its error', async ({ lambda, clock }) => {
    await lambda.createFunction({
      name: 'broken',
      code: { source: "exports.handler = async () => { throw new TypeError('broken') }" },
    });
    const orders = await deploy(lambda, "return ctx.invoke('broken', 1);");
    const execution = await orders.startExecution();
    await clock.advance(1);
    await expect(execution.result()).rejects.toThrow('broken');
    const failed = execution.history().find(({ type }) => type === 'ChainedInvokeFailed');
    expect(failed?.details.error?.errorType).toBe('TypeError');
  });

  test('of a durable function waits for its execution', async ({ lambda, clock }) => {
    await deploy(lambda, 'await ctx.wait(3_600); return event + 1;', { name: 'child' });
    const orders = await deploy(lambda, "return ctx.invoke('child:$LATEST', 1);");
    const execution = await orders.startExecution();
    await clock.advance(3_600_000);
    expect(await execution.result()).toBe(2);
    const started = execution.history().find(({ type }) => type === 'ChainedInvokeStarted');
    const child = lambda.getExecution(started?.details.executionArn ?? '');
    expect(child).toMatchObject({ functionName: 'child', status: 'SUCCEEDED' });
  });

  test.for([
    ['stopped', 'ChainedInvokeStopped'],
    ['timed out', 'ChainedInvokeTimedOut'],
  ])('of an execution that is %s says so', async ([how = '', type], { lambda, clock }) => {
    await deploy(lambda, 'await ctx.wait(3_600); return 1;', {
      name: 'child',
      durable: { executionTimeoutMs: 60_000 },
    });
    const orders = await deploy(lambda, "return ctx.invoke('child:$LATEST', 1);");
    const execution = await orders.startExecution();
    await clock.advance(1_000);
    const [child] = lambda.getFunction('child')?.listExecutions() ?? [];
    if (how === 'stopped') await child?.stop({ errorMessage: 'enough' });
    await clock.advance(60_000);
    expect(typesOf(execution)).toContain(type);
    expect(execution.status).toBe('FAILED');
  });

  test.for([
    ['none', 'ResourceNotFoundException'],
    ['child', 'InvalidParameterValueException'],
  ])('of %s fails with what AWS says', async ([target, errorType], { lambda, clock }) => {
    await deploy(lambda, 'return 1;', { name: 'child' });
    const orders = await deploy(lambda, `return ctx.invoke('${target}', 1);`);
    const execution = await orders.startExecution();
    await clock.advance(1);
    const failed = execution.history().find(({ type }) => type === 'ChainedInvokeFailed');
    expect(failed?.details.error?.errorType).toBe(errorType);
  });

  test('waits for concurrency', async ({ lambda, clock }) => {
    const busy = await lambda.createFunction({
      name: 'busy',
      reservedConcurrency: 0,
      code: { source: 'exports.handler = async () => 1' },
    });
    const orders = await deploy(lambda, "return ctx.invoke('busy', 1);");
    const execution = await orders.startExecution();
    await clock.advance(10_000);
    expect(execution.status).toBe('RUNNING');
    await busy.update({ reservedConcurrency: null });
    await clock.advance(60_000);
    expect(await execution.result()).toBe(1);
  });
});
