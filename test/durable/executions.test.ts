import { describe, expect } from 'vitest';
import {
  ExecutionAlreadyStartedError,
  ExecutionFailedError,
  InvalidOptionError,
  NotDurableError,
} from '../../src/index.ts';
import { test } from '../../src/testing/vitest.ts';
import { dayMs, deploy, latestOf, linesOf, typesOf } from './deploy.ts';

describe('an execution', () => {
  test('waits for a day without running, and replays what it has done', async ({
    lambda,
    clock,
  }) => {
    const orders = await deploy<{ id: number }, string>(
      lambda,
      `const paid = await ctx.step(async () => { console.log('pays'); return event.id * 2; });
       await ctx.wait(86_400);
       return 'paid ' + paid;`,
    );
    const execution = await orders.startExecution({ id: 21 }, { name: 'order-21' });
    expect(execution.arn).toMatch(
      /^arn:aws:lambda:us-east-1:123456789012:function:orders:\$LATEST\/durable-execution\/order-21\/[\da-f-]+$/,
    );
    await clock.advance(dayMs - 1);
    expect(execution.status).toBe('RUNNING');
    expect(lambda.stats().running).toBe(0);
    await clock.advance(1);
    expect(await execution.result()).toBe('paid 42');
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
    expect(linesOf(lambda)).toEqual(['pays']);
  });

  test('numbers its events and dates them by the clock', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'await ctx.wait(60); return 1;');
    const execution = await orders.startExecution({ a: 1 });
    const startMs = clock.now();
    await clock.advance(60_000);
    const history = execution.history();
    expect(history.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(history[0]).toMatchObject({ atMs: startMs, details: { input: '{"a":1}' } });
    expect(history[1]).toMatchObject({
      type: 'WaitStarted',
      operationId: 'op-1',
      details: { durationMs: 60_000, scheduledEndMs: startMs + 60_000 },
    });
    expect(history[3]).toMatchObject({ type: 'WaitSucceeded', atMs: startMs + 60_000 });
    expect(history[5]).toMatchObject({ type: 'ExecutionSucceeded', details: { result: '1' } });
  });

  test('tells its handler what happened meanwhile', async ({ lambda, clock }) => {
    const orders = await deploy(
      lambda,
      'console.log(JSON.stringify(ctx.updated)); await ctx.wait(1); return 1;',
    );
    await orders.startExecution();
    await clock.advance(1_000);
    expect(linesOf(lambda)).toEqual(['undefined', '["op-1"]']);
  });

  test('learns in a checkpoint what time has done, and is not invoked for it again', async ({
    lambda,
    clock,
  }) => {
    const orders = await deploy(
      lambda,
      `await ctx.checkpoint({ Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 1 } });
       await new Promise((resolve) => setTimeout(resolve, 1_500));
       await ctx.checkpoint();
       return ctx.operations.get('w').Status;`,
    );
    const execution = await orders.startExecution();
    await clock.advance(2_000);
    expect(await execution.result()).toBe('SUCCEEDED');
    expect(typesOf(execution).filter((type) => type === 'InvocationCompleted')).toHaveLength(1);
  });

  test('is invoked again when something happened that its handler did not learn of', async ({
    lambda,
    clock,
  }) => {
    const orders = await deploy(
      lambda,
      `const { Status } = await ctx.begin('WAIT', { WaitOptions: { WaitSeconds: 1 } });
       if (Status === 'SUCCEEDED') return 'late';
       await new Promise((resolve) => setTimeout(resolve, 1_500));
       return ctx.outcome({ Status }, {});`,
    );
    const execution = await orders.startExecution();
    await clock.advance(2_000);
    expect(await execution.result()).toBe('late');
  });

  test('that suspends with nothing to wait for has failed, as AWS says it', async ({ lambda }) => {
    const orders = await deploy(lambda, "return ctx.outcome({ Status: 'STARTED' }, {});");
    const execution = await orders.startExecution();
    await expect(execution.result()).rejects.toThrow(
      'Cannot return PENDING status with no pending operations.',
    );
    expect(execution.error?.errorType).toBe('InvalidParameterValueException');
  });

  test('of a handler that answers something else has failed', async ({ lambda }) => {
    const orders = await deploy(lambda, '', {
      code: { source: "exports.handler = async () => 'hello'" },
    });
    const execution = await orders.startExecution();
    await expect(execution.result()).rejects.toThrow('Invalid Status in invocation output.');
  });

  test('that fails says so to whoever waits', async ({ lambda }) => {
    const orders = await deploy(lambda, "throw new RangeError('sold out');");
    const execution = await orders.startExecution();
    const failure = await execution.result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExecutionFailedError);
    expect(failure).toMatchObject({
      message: 'sold out',
      errorType: 'RangeError',
      status: 'FAILED',
    });
    expect(typesOf(execution).at(-1)).toBe('ExecutionFailed');
  });

  test('may end by a checkpoint, after which its token is used up', async ({ lambda, clock }) => {
    const orders = await deploy(
      lambda,
      `const token = ctx.token();
       await ctx.checkpoint({ Id: 'end', Type: 'EXECUTION', Action: 'SUCCEED', Payload: '"large"' });
       console.log(String(ctx.token()));
       return 'small';`,
    );
    const execution = await orders.startExecution();
    expect(await execution.result()).toBe('large');
    await clock.advance(1);
    expect(linesOf(lambda)).toEqual(['undefined']);
  });

  test('runs out of time as a whole', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'await ctx.wait(86_400); return 1;', {
      durable: { executionTimeoutMs: 3_600_000 },
    });
    const execution = await orders.startExecution();
    await clock.advance(3_600_000);
    expect(execution.status).toBe('TIMED_OUT');
    await clock.advance(dayMs);
    expect(typesOf(execution)).toEqual([
      'ExecutionStarted',
      'WaitStarted',
      'InvocationCompleted',
      'ExecutionTimedOut',
    ]);
  });

  test('can be stopped; what waits in it stays as it is', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'await ctx.wait(60); return 1;');
    const execution = await orders.startExecution();
    await clock.advance(1_000);
    await execution.stop({ errorType: 'Cancelled', errorMessage: 'changed my mind' });
    await execution.stop({ errorMessage: 'again' });
    expect(execution).toMatchObject({ status: 'STOPPED', error: { errorType: 'Cancelled' } });
    await clock.advance(60_000);
    expect(execution.operations().map(({ status }) => status)).toEqual(['STOPPED', 'STARTED']);
    await expect(execution.result()).rejects.toThrow('changed my mind');
  });

  test('that is stopped while its handler runs takes no more checkpoints', async ({
    lambda,
    clock,
  }) => {
    const orders = await deploy(
      lambda,
      `await new Promise((resolve) => setTimeout(resolve, 1_000));
       try { await ctx.step(async () => 1); } catch (error) { console.log(error.message); }`,
    );
    const execution = await orders.startExecution();
    await clock.advance(500);
    await execution.stop();
    await clock.advance(500);
    expect(linesOf(lambda)).toEqual(['Invalid checkpoint token']);
    expect(execution.status).toBe('STOPPED');
  });

  test('is remembered for as long as the function says', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'return 1;', {
      durable: { executionTimeoutMs: 60_000, retentionDays: 2 },
    });
    const execution = await orders.startExecution(1, { name: 'a' });
    await execution.result();
    await clock.advance(2 * dayMs - 1);
    expect(lambda.getExecution(execution.arn)?.status).toBe('SUCCEEDED');
    await clock.advance(1);
    expect(lambda.getExecution(execution.arn)).toBeUndefined();
    const next = await orders.startExecution(2, { name: 'a' });
    expect(next.arn).not.toBe(execution.arn);
    await next.result();
    await clock.advance(0);
  });

  test('ends when its function is deleted', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'await ctx.wait(60); return 1;');
    const execution = await orders.startExecution();
    await clock.advance(1_000);
    await orders.delete();
    await expect(execution.result()).rejects.toThrow(
      'Function not found: arn:aws:lambda:us-east-1:123456789012:function:orders:$LATEST',
    );
  });

  test('goes on with the version it was started on', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'await ctx.wait(60); return "old";');
    const v1 = await orders.publishVersion();
    const live = await orders.createAlias('live', { version: v1.version });
    const execution = await live.startExecution();
    expect(execution.arn).toContain(':function:orders:1/durable-execution/');
    await orders.update({ code: { source: 'exports.handler = async () => 1' } });
    const v2 = await orders.publishVersion();
    await live.update({ version: v2.version });
    await clock.advance(60_000);
    expect(await execution.result()).toBe('old');
  });

  test('emits when it starts and ends', async ({ lambda, clock }) => {
    const events: unknown[] = [];
    lambda.on('execution.started', (event) => events.push(event));
    lambda.on('execution.ended', (event) => events.push(event));
    const orders = await deploy(lambda, 'await ctx.wait(60); return 1;');
    const execution = await orders.startExecution(undefined, { name: 'a' });
    await clock.advance(60_000);
    const about = { functionName: 'orders', executionName: 'a', executionArn: execution.arn };
    expect(events).toMatchObject([
      { type: 'execution.started', ...about },
      { type: 'execution.ended', ...about, status: 'SUCCEEDED', durationMs: 60_000 },
    ]);
  });
});

describe('a name', () => {
  test('with the same event gives the execution that is there, running or not', async ({
    lambda,
    clock,
  }) => {
    const orders = await deploy<unknown, number>(lambda, 'await ctx.wait(60); return 7;');
    const first = await orders.startExecution({ id: 1 }, { name: 'a' });
    const second = await orders.startExecution({ id: 1 }, { name: 'a' });
    expect(second.arn).toBe(first.arn);
    const waiting = orders.call({ id: 1 }, { executionName: 'a' });
    await clock.advance(60_000);
    expect(await waiting).toBe(7);
    expect(await orders.call({ id: 1 }, { executionName: 'a' })).toBe(7);
    expect(orders.listExecutions()).toHaveLength(1);
  });

  test('with another event is refused', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'return 7;');
    await orders.startExecution({ id: 1 }, { name: 'a' });
    await expect(orders.startExecution({ id: 2 }, { name: 'a' })).rejects.toBeInstanceOf(
      ExecutionAlreadyStartedError,
    );
    await expect(orders.call({ id: 2 }, { executionName: 'a' })).rejects.toThrow(
      ExecutionAlreadyStartedError,
    );
    await clock.advance(0);
  });

  test('has to be one', async ({ lambda }) => {
    const orders = await deploy(lambda, 'return 7;');
    for (const name of ['', 'a b', 'a'.repeat(65)]) {
      await expect(orders.startExecution(1, { name })).rejects.toThrow(InvalidOptionError);
    }
  });

  test('and everything else about executions is for durable functions', async ({ lambda }) => {
    const plain = await lambda.createFunction({
      name: 'plain',
      code: { source: 'exports.handler = async () => 1' },
    });
    await expect(plain.startExecution()).rejects.toThrow(NotDurableError);
    await expect(plain.call(1, { executionName: 'a' })).rejects.toThrow(NotDurableError);
    await expect(plain.send(1, { executionName: 'a' })).rejects.toThrow(NotDurableError);
  });
});

describe('a durable function', () => {
  test('cannot be invoked without a qualifier, as AWS says it', async ({ lambda }) => {
    await deploy(lambda, 'return 1;');
    const unqualified = lambda.getFunction('orders');
    const refusal = 'You cannot invoke a durable function using an unqualified ARN.';
    await expect(unqualified?.call()).rejects.toThrow(refusal);
    await expect(unqualified?.send()).rejects.toThrow(refusal);
    await expect(unqualified?.startExecution()).rejects.toThrow(refusal);
  });

  test('answers a call when its execution ends', async ({ lambda, clock }) => {
    const orders = await deploy<unknown, number>(lambda, 'await ctx.wait(600); return 7;');
    const outcome = orders.invoke({ id: 1 });
    await clock.advance(600_000);
    expect(await outcome).toMatchObject({ status: 'ok', result: 7, executedVersion: '$LATEST' });
    expect((await outcome).executionArn).toContain('/durable-execution/');
  });

  test('answers a call with the error of its execution', async ({ lambda }) => {
    const orders = await deploy(lambda, "throw new RangeError('sold out');");
    expect(await orders.invoke()).toMatchObject({
      status: 'error',
      error: { errorType: 'RangeError', errorMessage: 'sold out' },
    });
  });

  test('does not keep a caller for more than 15 minutes', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'await ctx.wait(86_400); return 7;');
    const outcome = orders.invoke();
    await clock.advance(900_000);
    expect(await outcome).toMatchObject({
      status: 'error',
      error: { errorType: 'Sandbox.Timedout' },
    });
    expect(orders.listExecutions({ statuses: ['RUNNING'] })).toHaveLength(1);
  });

  test('takes events, each of which starts an execution', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'await ctx.wait(60); return event.id;');
    const { requestId, executionArn } = await orders.send({ id: 1 });
    await clock.advance(60_000);
    const execution = lambda.getExecution(executionArn ?? '');
    expect(await execution?.result()).toBe(1);
    expect(execution?.history()[2]).toMatchObject({
      type: 'InvocationCompleted',
      details: { requestId },
    });
  });

  test('sends events whose execution failed to its dead-letter queue', async ({
    lambda,
    clock,
  }) => {
    const letters = lambda.createQueue('letters');
    const orders = await deploy(lambda, "await ctx.wait(60); throw new Error('sold out');", {
      deadLetter: letters,
    });
    const { requestId } = await orders.send({ id: 1 });
    await clock.advance(60_000);
    const [letter] = await letters.receive();
    expect(letter?.body).toBe('{"id":1}');
    expect(letter?.messageAttributes).toMatchObject({
      RequestID: { stringValue: requestId },
      ErrorMessage: { stringValue: 'sold out' },
    });
  });

  test('lists its executions, the newest first', async ({ lambda, clock }) => {
    const orders = await deploy(lambda, 'await ctx.wait(60); return 1;');
    for (const name of ['a', 'b', 'c']) {
      await orders.startExecution(name, { name });
      await clock.advance(30_000);
    }
    const names = (found: readonly { readonly name: string }[]): string[] =>
      found.map(({ name }) => name);
    expect(names(orders.listExecutions())).toEqual(['c', 'b', 'a']);
    expect(names(orders.listExecutions({ statuses: ['SUCCEEDED'] }))).toEqual(['b', 'a']);
    expect(names(orders.listExecutions({ startedAfterMs: clock.now() - 60_000 }))).toEqual(['c']);
    expect(names(orders.listExecutions({ name: 'b', version: '$LATEST' }))).toEqual(['b']);
    expect(names(orders.listExecutions({ version: '1' }))).toEqual([]);
  });

  test('is durable from its creation on, or never', async ({ lambda }) => {
    const orders = await deploy(lambda, 'return 1;');
    await expect(orders.update({ durable: null })).rejects.toThrow(InvalidOptionError);
    await orders.update({ durable: { executionTimeoutMs: 1_000, retentionDays: 1 } });
    expect(orders.latest.settings.durable).toEqual({ executionTimeoutMs: 1_000, retentionDays: 1 });
    const plain = await lambda.createFunction({
      name: 'plain',
      code: { source: 'exports.handler = async () => 1' },
    });
    await expect(plain.update({ durable: { executionTimeoutMs: 1_000 } })).rejects.toThrow(
      InvalidOptionError,
    );
  });

  test('is checked as AWS checks it', async ({ lambda }) => {
    const create = (durable: object): Promise<unknown> =>
      lambda.createFunction({
        name: 'bad',
        code: { source: '' },
        durable: durable as { executionTimeoutMs: number },
      });
    await expect(create({})).rejects.toThrow(
      'You cannot create a function with a durable configuration without an executionTimeout',
    );
    await expect(create({ executionTimeoutMs: 999 })).rejects.toThrow(
      /`durable.executionTimeoutMs`/,
    );
    await expect(create({ executionTimeoutMs: 1_000, retentionDays: 91 })).rejects.toThrow(
      /`durable.retentionDays`/,
    );
    await expect(create({ timeout: 1 })).rejects.toThrow(/no option `timeout`/);
  });

  test('has a dead-letter target and no destinations', async ({ lambda }) => {
    const orders = await deploy(lambda, 'return 1;');
    const queue = lambda.createQueue('done');
    await expect(orders.configureAsync({ onSuccess: queue })).rejects.toThrow(/`onSuccess`/);
    await expect(orders.configureAsync({ onFailure: queue })).rejects.toThrow(/`onFailure`/);
    await orders.configureAsync({ maxRetries: 0 });
  });

  test('takes batches of a queue, each of which waits for its execution', async ({
    lambda,
    clock,
  }) => {
    const source = lambda.createQueue('orders', { visibilityTimeoutMs: 900_000 });
    const orders = await deploy(lambda, 'await ctx.wait(60); return event.Records.length;');
    const mapping = (target: string): Promise<unknown> => lambda.createMapping({ source, target });
    await expect(mapping('orders')).rejects.toThrow(/unqualified ARN/);
    await expect(mapping('orders:$LATEST')).rejects.toThrow(/900,000/);
    await orders.update({ durable: { executionTimeoutMs: 600_000 } });
    await mapping('orders:$LATEST');
    await source.send('a');
    await clock.advance(30_000);
    expect(source.counts.inFlight).toBe(1);
    await clock.advance(60_000);
    expect(source.counts.inFlight).toBe(0);
    expect(orders.listExecutions()).toMatchObject([{ status: 'SUCCEEDED', resultText: '1' }]);
  });

  test.for(['inline', 'thread'] as const)(
    'runs in the tier %s',
    async (isolation, { lambda, clock }) => {
      const orders = await deploy<number, number>(
        lambda,
        'const n = await ctx.step(async () => event + 1); await ctx.wait(60); return n;',
        { isolation },
      );
      const answer = orders.call(1);
      await clock.advance(60_000);
      expect(await answer).toBe(2);
    },
  );

  test('whose events come from a queue of events starts one execution for each', async ({
    lambda,
    clock,
  }) => {
    const orders = await deploy(lambda, 'await ctx.wait(60); return 1;');
    const v1 = await orders.publishVersion();
    const source = await lambda.createFunction({
      name: 'source',
      code: { source: 'exports.handler = async () => 1' },
    });
    await source.configureAsync({ onSuccess: { arn: v1.arn } });
    await source.send({ id: 1 });
    await clock.advance(60_000);
    const [execution] = latestOf(lambda, 'orders').listExecutions();
    expect(execution?.status).toBe('SUCCEEDED');
    expect(JSON.parse(execution?.inputJson ?? '')).toMatchObject({ requestPayload: { id: 1 } });
  });
});
