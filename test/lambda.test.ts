import { describe, expect } from 'vitest';
import {
  ClosedError,
  ConflictError,
  FunctionNotFoundError,
  HandlerError,
  InvalidOptionError,
  Lambda,
  PayloadTooLargeError,
  ThrottledError,
} from '../src/index.ts';
import type { FunctionOptions, InvokeOptions, LambdaEvents, LambdaOptions } from '../src/index.ts';
import { VirtualClock } from '../src/testing/index.ts';
import { test } from './conformance/tiers.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders';
const versionHandler = {
  source: 'exports.handler = async (event, context) => context.functionVersion',
};
const slowHandler = {
  source: 'exports.handler = async () => { await new Promise((r) => setTimeout(r, 20)); return 1 }',
};

describe('versions, aliases and references', () => {
  test('every way to name a function reaches it', async ({ lambda }) => {
    const orders = await lambda.createFunction({ name: 'orders', code: versionHandler });
    await orders.publishVersion();
    await orders.createAlias('live', { version: '1' });
    const answers = {
      orders: '$LATEST',
      'orders:1': '1',
      'orders:live': '1',
      'orders:$LATEST': '$LATEST',
      '123456789012:function:orders': '$LATEST',
      '123456789012:function:orders:live': '1',
      [arn]: '$LATEST',
      [`${arn}:live`]: '1',
    };
    for (const [reference, version] of Object.entries(answers)) {
      expect(await lambda.call(reference), reference).toBe(version);
      const found = lambda.getFunction(reference);
      expect(found?.name, reference).toBe('orders');
      expect(await found?.call(), reference).toBe(version);
    }
    expect(lambda.getFunction('orders:none')).toBeUndefined();
  });

  test('a version keeps its code when $LATEST changes', async ({ lambda }) => {
    const orders = await lambda.createFunction({
      name: 'orders',
      code: { source: 'exports.handler = async () => "old"' },
    });
    const first = await orders.publishVersion();
    expect((await orders.publishVersion()).version).toBe('1');
    await orders.update({ code: { source: 'exports.handler = async () => "new"' } });
    const second = await orders.publishVersion();

    expect([first.version, second.version]).toEqual(['1', '2']);
    expect([await first.call(), await second.call(), await orders.call()]).toEqual([
      'old',
      'new',
      'new',
    ]);
    expect(first.info.codeSha256).not.toBe(second.info.codeSha256);
  });

  test.override({ options: { seed: 7 } });
  test('weights send their share to the other version, the same with every run', async ({
    lambda,
  }) => {
    const orders = await lambda.createFunction({
      name: 'orders',
      code: versionHandler,
      isolation: 'inline',
    });
    await orders.publishVersion();
    await orders.update({ description: 'second' });
    await orders.publishVersion();
    const live = await orders.createAlias('live', { version: '1', weights: { '2': 0.1 } });
    let second = 0;
    for (let call = 0; call < 2_000; call += 1) if ((await live.call()) === '2') second += 1;

    // Three sigma around 200 of 2,000.
    expect(second).toBeGreaterThan(159);
    expect(second).toBeLessThan(241);
    await live.update({ version: '2', weights: {} });
    expect(await live.call()).toBe('2');
    expect(live.info).toMatchObject({ version: '2', weights: {} });
  });

  test('what is not there is not found, in AWS’s words', async ({ lambda }) => {
    await expect(lambda.call('orders')).rejects.toThrow(`Function not found: ${arn}:$LATEST`);
    const orders = await lambda.createFunction({ name: 'orders', code: versionHandler });
    await expect(lambda.call('orders:7')).rejects.toThrow(FunctionNotFoundError);
    expect(() => orders.getAlias('live')).toThrow(`Cannot find alias arn: ${arn}:live`);
    await orders.delete();
    await expect(orders.call()).rejects.toThrow(FunctionNotFoundError);
    expect(lambda.getFunction('orders')).toBeUndefined();
  });

  test('a name is taken once', async ({ lambda }) => {
    const twice = [1, 2].map(() => lambda.createFunction({ name: 'a', code: versionHandler }));
    const results = await Promise.allSettled(twice);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [rejected] = results.filter((result) => result.status === 'rejected');
    expect(rejected?.reason).toBeInstanceOf(ConflictError);
  });
});

describe('invoking', () => {
  test('call throws what the handler threw, with its frames', async ({ lambda }) => {
    const failing = await lambda.createFunction({
      name: 'failing',
      code: { source: 'exports.handler = async () => { throw new RangeError("no") }' },
    });
    const error = await failing.call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HandlerError);
    expect(error).toMatchObject({ message: 'no', errorType: 'RangeError', code: 'ERR_HANDLER' });
    expect((error as Error).stack).toMatch(/HandlerError: no\n.*\/var\/task\/index\.js:1:/);
  });

  test('an absent event arrives as {}', async ({ lambda }) => {
    const echo = await lambda.createFunction({
      name: 'echo',
      code: { source: 'exports.handler = async (event) => event' },
    });
    expect(await echo.call()).toEqual({});
    for (const event of [null, 0, '', false, [], 'text', { a: [1] }]) {
      expect(await echo.call(event)).toEqual(event);
    }
  });

  test('an event that JSON cannot express is refused by name', async ({ lambda }) => {
    const echo = await lambda.createFunction({ name: 'echo', code: versionHandler });
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const event of [1n, circular, () => 1, Symbol('s')]) {
      await expect(echo.call(event)).rejects.toThrow(
        'Expected `event` to be a value that JSON can express',
      );
    }
    await expect(echo.call('x'.repeat(6_291_455))).rejects.toThrow(PayloadTooLargeError);
    expect(lambda.stats().running).toBe(0);
  });

  test.override({ options: { concurrency: 2 } });
  test('one more than the concurrency is throttled and leaves no trace', async ({ lambda }) => {
    const slow = await lambda.createFunction({ name: 'slow', code: slowHandler });
    const throttled: LambdaEvents['invocation.throttled'][] = [];
    lambda.on('invocation.throttled', (event) => throttled.push(event));
    const results = await Promise.allSettled([slow.call(), slow.call(), slow.call()]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect((results[2] as PromiseRejectedResult).reason).toMatchObject({
      name: 'ThrottledError',
      reason: 'ConcurrentInvocationLimitExceeded',
      limit: 2,
    });
    expect((results[2] as PromiseRejectedResult).reason).toBeInstanceOf(ThrottledError);
    expect(throttled).toHaveLength(1);
    const starts = lambda.readLogs().filter(({ message }) => message.startsWith('START'));
    expect(starts).toHaveLength(2);
    expect(await slow.call()).toBe(1);
  });

  test('tenants never share an environment', async ({ lambda }) => {
    const counter = await lambda.createFunction({
      name: 'counter',
      code: {
        source: 'let n = 0; exports.handler = async (e, context) => [context.tenantId, (n += 1)]',
      },
      perTenant: true,
    });
    expect(await counter.call({}, { tenantId: 'blue' })).toEqual(['blue', 1]);
    expect(await counter.call({}, { tenantId: 'green' })).toEqual(['green', 1]);
    expect(await counter.call({}, { tenantId: 'blue' })).toEqual(['blue', 2]);
    await expect(counter.call({})).rejects.toThrow('Expected `tenantId` to be 1 to 256');
  });

  test('an aborted signal ends the wait, not the invocation', async ({ lambda }) => {
    const slow = await lambda.createFunction({ name: 'slow', code: slowHandler });
    const finished = Promise.withResolvers<string>();
    lambda.on('invocation.finished', ({ report }) => finished.resolve(report.status));
    const aborter = new AbortController();
    const call = slow.call({}, { signal: aborter.signal });
    aborter.abort(new Error('enough'));

    await expect(call).rejects.toThrow('enough');
    expect(await finished.promise).toBe('success');
  });

  test.for<[InvokeOptions, string]>([
    [{ requestId: 'not-a-uuid' }, '`requestId` to be a UUID'],
    [{ tenantId: 't' }, '`tenantId` to be left out'],
    [{ cold: 1 as unknown as boolean }, '`cold` to be true or false'],
    [{ clientContext: 'x'.repeat(4_000) }, '`clientContext` to be a value whose JSON has at most'],
    [{ retries: 2 } as InvokeOptions, 'There is no option `retries`'],
  ])('bad invoke options are refused: %j', async ([options, message], { lambda }) => {
    const echo = await lambda.createFunction({ name: 'echo', code: versionHandler });
    const call = echo.call({}, options);
    await expect(call).rejects.toThrow(InvalidOptionError);
    await expect(call).rejects.toThrow(message);
  });
});

describe('options', () => {
  test.for<[LambdaOptions, string]>([
    [{ concurrency: 0 }, '`concurrency` to be an integer from 1 to 100000, got 0'],
    [{ parallelism: 1.5 }, '`parallelism` to be an integer from 1 to 1024, got 1.5'],
    [{ region: 'Mars' }, '`region`'],
    [{ accountId: '12' }, '`accountId`'],
    [{ idleTimeoutMs: -1 }, '`idleTimeoutMs`'],
    [{ errorStyle: 'new' as 'current' }, '`errorStyle` to be one of "current", "legacy"'],
    [{ clock: {} as VirtualClock }, '`clock` to be an object with `now()` and `setTimer()`'],
    [
      { credentials: { accessKeyId: 'a', secretAccessKey: 'top secret' } },
      '`credentials.secretAccessKey` to be 1 to 4,096 characters without white space, got "a string"',
    ],
    [{ concurency: 5 } as LambdaOptions, 'There is no option `concurency`'],
  ])('a Lambda refuses %j', ([options, message]) => {
    expect(() => new Lambda(options)).toThrow(InvalidOptionError);
    expect(() => new Lambda(options)).toThrow(message);
  });

  test.for<[Partial<FunctionOptions>, string]>([
    [{ memoryMb: 7 }, '`memoryMb` to be an integer from 8 to 10240, got 7'],
    [{ timeoutMs: 900_001 }, '`timeoutMs` to be an integer from 1 to 900000, got 900001'],
    [{ handler: 'has space' }, '`handler`'],
    [{ runtime: 'python3.13' as 'nodejs24.x' }, '`runtime`'],
    [{ environment: { AWS_REGION: 'x' } }, 'AWS_REGION'],
    [{ environment: { BIG: 'x'.repeat(5_000) } }, 'exceeded the 4KB limit'],
    [{ isolation: 'process' as 'thread' }, '`isolation`'],
  ])('createFunction refuses %j and creates nothing', async ([bad, message], { lambda }) => {
    const options = { name: 'bad', code: versionHandler, ...bad };
    await expect(lambda.createFunction(options)).rejects.toThrow(message);
    expect(lambda.listFunctions()).toEqual([]);
  });
});

describe('credentials', () => {
  test('every function finds them where AWS puts them', async () => {
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'shh', sessionToken: 'token' };
    await using lambda = new Lambda({ credentials });
    const source = `exports.handler = async () => [
      process.env.AWS_ACCESS_KEY_ID, process.env.AWS_SECRET_ACCESS_KEY, process.env.AWS_SESSION_TOKEN]`;
    const show = await lambda.createFunction({ name: 'show', code: { source } });
    expect(await show.call()).toEqual(['AKID', 'shh', 'token']);
  });

  test('without them the variables are not there', async ({ lambda }) => {
    const source = `exports.handler = async () => 'AWS_ACCESS_KEY_ID' in process.env`;
    const show = await lambda.createFunction({ name: 'show', code: { source } });
    expect(await show.call()).toBe(false);
  });
});

describe('life', () => {
  test('a closed Lambda refuses work and closes once', async () => {
    const lambda = new Lambda();
    const echo = await lambda.createFunction({ name: 'echo', code: versionHandler });
    await echo.call();
    const first = lambda.close();
    expect(lambda.close()).toBe(first);
    await first;

    await expect(echo.call()).rejects.toThrow(ClosedError);
    await expect(lambda.createFunction({ name: 'b', code: versionHandler })).rejects.toThrow(
      ClosedError,
    );
    expect(lambda.stats()).toMatchObject({ running: 0, environments: 0, blanks: 0 });
  });

  test('close lets a running call end', async () => {
    const lambda = new Lambda();
    const slow = await lambda.createFunction({ name: 'slow', code: slowHandler });
    const call = slow.call();
    await lambda.close();
    expect(await call).toBe(1);
  });

  test('an idle environment ends after its time on the clock', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ clock, idleTimeoutMs: 60_000 });
    const echo = await lambda.createFunction({ name: 'echo', code: versionHandler });
    const stopped: string[] = [];
    lambda.on('environment.stopped', ({ reason }) => stopped.push(reason));
    await echo.call();

    await clock.advance(59_999);
    expect(lambda.stats().environments).toBe(1);
    await clock.advance(1);
    expect(lambda.stats().environments).toBe(0);
    expect(stopped).toEqual(['idle']);
  });

  test('an update retires warm environments; what runs ends on the old code', async ({
    lambda,
  }) => {
    const slow = await lambda.createFunction({ name: 'slow', code: slowHandler });
    const running = slow.call();
    await slow.update({ code: { source: 'exports.handler = async () => 2' } });
    expect(await slow.call()).toBe(2);
    expect(await running).toBe(1);
    expect(lambda.stats().environments).toBe(1);
  });

  test('events tell the story of a function', async ({ lambda }) => {
    const story: string[] = [];
    const names = [
      'function.created',
      'environment.started',
      'environment.ready',
      'invocation.started',
      'invocation.finished',
      'version.published',
      'alias.created',
      'alias.updated',
      'alias.deleted',
      'version.deleted',
      'function.updated',
      'environment.stopped',
      'function.deleted',
    ] as const;
    for (const name of names) lambda.on(name, ({ type }) => story.push(type));
    const orders = await lambda.createFunction({ name: 'orders', code: versionHandler });
    await orders.call();
    const version = await orders.publishVersion();
    await orders.publishVersion();
    const alias = await orders.createAlias('live', { version: '1' });
    await alias.update({ description: 'changed' });
    await alias.delete();
    await version.delete();
    await orders.update({ memoryMb: 256 });
    await orders.delete();

    // The environment goes when the update retires it, which is before the update is done.
    const order = [...names];
    order.splice(10, 2, 'environment.stopped', 'function.updated');
    expect(story).toEqual(order);
  });
});

test('an error of `call` says when it was computing time that was used up', async () => {
  await using lambda = new Lambda();
  const loop = await lambda.createFunction({
    name: 'loop',
    code: { source: 'exports.handler = () => { for (;;); };' },
    cpuMs: 50,
  });

  await expect(loop.call()).rejects.toMatchObject({
    exhaustedBudget: 'cpu',
    message: expect.stringMatching(
      /Task timed out after 3\.00 seconds \(its computing time, `cpuMs`, was used up\)$/,
    ) as string,
    payload: { errorMessage: expect.stringMatching(/after 3\.00 seconds$/) as string },
  });
});
