import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { ClosedError, Lambda, type DurableExecution } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { dayMs, deploy, latestOf, linesOf, typesOf } from './deploy.ts';

interface Fixture {
  clock: VirtualClock;
  /** Opens the same file; all are closed after the test. */
  open: () => Promise<Lambda>;
}

const test = base.extend<Fixture>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of fixtures from the pattern
  clock: async ({}, use) => use(new VirtualClock()),
  open: async ({ clock }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'isolambda-durable-'));
    const opened: Lambda[] = [];
    await use(async () => {
      const lambda = await Lambda.open({
        clock,
        blanks: 0,
        storage: { file: join(folder, 'l.db') },
      });
      opened.push(lambda);
      return lambda;
    });
    await Promise.all(opened.map((lambda) => lambda.close({ drainMs: 0 })));
    await rm(folder, { recursive: true, force: true });
  },
});

/** The execution as the next process finds it. */
async function reopen(
  before: Lambda,
  open: () => Promise<Lambda>,
  arn: string,
): Promise<{ lambda: Lambda; execution: DurableExecution }> {
  await before.close({ drainMs: 0 });
  const lambda = await open();
  const execution = lambda.getExecution(arn);
  if (execution === undefined) throw new Error('The execution is gone');
  return { lambda, execution };
}

describe('an execution in a file', () => {
  test('goes on in the next process when its wait is over', async ({ clock, open }) => {
    const first = await open();
    const orders = await deploy<{ id: number }>(
      first,
      'const paid = await ctx.step(async () => event.id * 2); await ctx.wait(86_400); return paid;',
    );
    const { arn } = await orders.startExecution({ id: 21 }, { name: 'a' });
    await clock.advance(3_600_000);
    const { execution } = await reopen(first, open, arn);
    expect(execution).toMatchObject({ status: 'RUNNING', name: 'a', inputJson: '{"id":21}' });
    await clock.advance(dayMs - 3_600_000 - 1);
    expect(execution.status).toBe('RUNNING');
    await clock.advance(1);
    expect(await execution.result()).toBe(42);
    expect(typesOf(execution)).toEqual([
      'ExecutionStarted',
      'StepStarted',
      'StepSucceeded',
      'WaitStarted',
      'InvocationCompleted',
      'WaitSucceeded',
      'InvocationCompleted',
      'ExecutionSucceeded',
    ]);
  });

  test('catches up with what was due while no process ran', async ({ clock, open }) => {
    const first = await open();
    const orders = await deploy(first, 'await ctx.wait(60); return 1;');
    const { arn } = await orders.startExecution();
    await clock.advance(1_000);
    await first.close({ drainMs: 0 });
    await clock.advance(dayMs);
    const second = await open();
    await clock.advance(0);
    expect(await second.getExecution(arn)?.result()).toBe(1);
  });

  test('whose handler was cut off is invoked again', async ({ clock, open }) => {
    const first = await open();
    const orders = await deploy(
      first,
      `const one = await ctx.step(async () => 1);
       if (event.slow) await new Promise((resolve) => setTimeout(resolve, 2_000));
       return one + 1;`,
    );
    const { arn } = await orders.startExecution({ slow: true });
    await clock.advance(1_000);
    const { execution } = await reopen(first, open, arn);
    await clock.advance(2_000);
    expect(await execution.result()).toBe(2);
    expect(typesOf(execution).filter((type) => type === 'StepStarted')).toHaveLength(1);
  });

  test('takes the answer to a callback that was asked for before', async ({ clock, open }) => {
    const first = await open();
    const orders = await deploy(first, 'return ctx.callback(async (id) => console.log(id), {});');
    const { arn } = await orders.startExecution();
    await clock.advance(1);
    const [id = ''] = linesOf(first);
    const { lambda, execution } = await reopen(first, open, arn);
    await lambda.completeCallback(id, '"late"');
    await clock.advance(1);
    expect(await execution.result()).toBe('late');
  });

  test('finds the execution that it started as a chained invoke', async ({ clock, open }) => {
    const first = await open();
    await deploy(first, 'await ctx.wait(3_600); return 1;', { name: 'child' });
    const orders = await deploy(first, "return ctx.invoke('child:$LATEST', 1);");
    const { arn } = await orders.startExecution();
    await clock.advance(1);
    const { lambda, execution } = await reopen(first, open, arn);
    await clock.advance(3_600_000);
    expect(await execution.result()).toBe(1);
    expect(latestOf(lambda, 'child').listExecutions()).toHaveLength(1);
  });

  test('that has ended is there until its time is over, and its name with it', async ({
    clock,
    open,
  }) => {
    const first = await open();
    const orders = await deploy(first, "throw new Error('sold out');", {
      durable: { executionTimeoutMs: 60_000, retentionDays: 1 },
    });
    const { arn } = await orders.startExecution(1, { name: 'a' });
    await clock.advance(1);
    const { lambda, execution } = await reopen(first, open, arn);
    expect(execution).toMatchObject({ status: 'FAILED', error: { errorMessage: 'sold out' } });
    await expect(latestOf(lambda, 'orders').startExecution(2, { name: 'a' })).rejects.toThrow(
      /another input/,
    );
    await clock.advance(dayMs);
    const { lambda: third } = await reopenWithout(lambda, open);
    expect(third.getExecution(arn)).toBeUndefined();
  });

  test('tells those who wait that the process ends', async ({ clock, open }) => {
    const first = await open();
    const orders = await deploy(first, 'await ctx.wait(60); return 1;');
    const waiting = orders.call();
    const refused = expect(waiting).rejects.toThrow(ClosedError);
    await clock.advance(1_000);
    await first.close();
    await refused;
  });
});

async function reopenWithout(
  before: Lambda,
  open: () => Promise<Lambda>,
): Promise<{ lambda: Lambda }> {
  await before.close({ drainMs: 0 });
  return { lambda: await open() };
}

test('an execution in memory is told of when its Lambda is closed', async () => {
  const clock = new VirtualClock();
  const lambda = new Lambda({ clock, blanks: 0 });
  const abandoned: string[] = [];
  lambda.on('execution.abandoned', ({ executionName }) => abandoned.push(executionName));
  const orders = await deploy(lambda, 'await ctx.wait(60); return 1;');
  await orders.startExecution(1, { name: 'a' });
  await clock.advance(1_000);
  await lambda.close();
  expect(abandoned).toEqual(['a']);
});
