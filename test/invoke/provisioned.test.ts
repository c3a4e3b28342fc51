import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import {
  ClosedError,
  ConflictError,
  FunctionNotFoundError,
  InvalidOptionError,
  Lambda,
} from '../../src/index.ts';
import type { LambdaFunction, LambdaOptions } from '../../src/index.ts';
import { test } from '../../src/testing/vitest.ts';

/** Tells how it was initialised, and as which environment; `hold` keeps it busy for a second. */
const source = `
  const environment = Math.random();
  exports.handler = async ({ hold, exit } = {}) => {
    if (exit) process.exit(1);
    if (hold) await new Promise((resolve) => setTimeout(resolve, 1_000));
    return { type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE, environment };
  };`;

interface Seen {
  readonly type: string;
  readonly environment: number;
}

interface Asked {
  readonly hold?: boolean;
  readonly exit?: boolean;
}

type Tested = LambdaFunction<Asked, Seen>;

async function create(
  lambda: Lambda,
  options: { name?: string; source?: string; reservedConcurrency?: number } = {},
): Promise<Tested> {
  const { name = 'orders', source: text = source, ...others } = options;
  return lambda.createFunction<Asked, Seen>({
    name,
    code: { source: text },
    isolation: 'inline',
    timeoutMs: 10_000,
    ...others,
  });
}

/** Another version, since nothing is published twice. */
async function publishAnother(orders: Tested): Promise<string> {
  await orders.update({ description: `${Math.random()}` });
  return (await orders.publishVersion()).version;
}

const untilReady = { untilReady: true };

describe('provisioned concurrency', () => {
  test('is initialised before the first invocation, which finds it so', async ({ lambda }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    const started: string[] = [];
    lambda.on('environment.ready', ({ environment }) => {
      started.push(environment.initializationType);
    });

    const put = await version.provision(2);
    expect(put).toMatchObject({ status: 'IN_PROGRESS', requested: 2, allocated: 0, available: 0 });
    await version.provision(2, untilReady);

    expect(version.provisioned).toEqual({
      arn: version.arn,
      functionName: 'orders',
      qualifier: '1',
      status: 'READY',
      statusReason: undefined,
      requested: 2,
      allocated: 2,
      available: 2,
      lastModified: '2026-01-01T00:00:00.000Z',
    });
    expect(started).toEqual(['provisioned-concurrency', 'provisioned-concurrency']);
    const outcome = await version.invoke();
    expect(outcome).toMatchObject({
      result: { type: 'provisioned-concurrency' },
      report: { isCold: false, initDurationMs: undefined },
    });
    expect(await orders.call()).toMatchObject({ type: 'on-demand' });
    expect(orders.listProvisioned()).toEqual([version.provisioned]);
  });

  test('spills over to environments on demand when all of it is in use', async ({
    lambda,
    clock,
  }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    await version.provision(1, untilReady);
    const told: unknown[] = [];
    lambda.on('invocation.started', ({ environment, isSpillover }) => {
      told.push([environment.initializationType, isSpillover]);
    });

    const calls = [version.call({ hold: true }), version.call({ hold: true })];
    await clock.advance(1_000);
    const types = (await Promise.all(calls)).map(({ type }) => type);

    expect(types).toEqual(['provisioned-concurrency', 'on-demand']);
    expect(told).toEqual([
      ['provisioned-concurrency', false],
      ['on-demand', true],
    ]);
    expect(await version.call()).toMatchObject({ type: 'provisioned-concurrency' });
  });

  test('that fills the reserve leaves $LATEST nothing', async ({ lambda }) => {
    const orders = await create(lambda, { reservedConcurrency: 2 });
    const version = await orders.publishVersion();
    await version.provision(2, untilReady);

    await expect(orders.call()).rejects.toMatchObject({
      reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      limit: 2,
    });
    expect(await version.call()).toMatchObject({ type: 'provisioned-concurrency' });

    await version.unprovision();
    expect(await orders.call()).toMatchObject({ type: 'on-demand' });
  });

  test('changes up and down; what runs finishes', async ({ lambda, clock }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    await version.provision(1, untilReady);
    expect(await version.provision(4, untilReady)).toMatchObject({ requested: 4, available: 4 });

    const busy = [1, 2, 3].map(() => version.call({ hold: true }));
    expect(await version.provision(2, untilReady)).toMatchObject({ requested: 2, available: 2 });
    await clock.advance(1_000);
    await Promise.all(busy);
    expect(lambda.stats().environments).toBe(2);
    expect(version.provisioned).toMatchObject({ status: 'READY', allocated: 2, available: 2 });
  });

  test('is gone with `unprovision`', async ({ lambda, clock }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    await version.provision(2, untilReady);
    const busy = version.call({ hold: true });

    expect(await version.unprovision()).toBe(true);
    expect(await version.unprovision()).toBe(false);
    expect(version.provisioned).toBeUndefined();
    await clock.advance(1_000);
    expect(await busy).toMatchObject({ type: 'provisioned-concurrency' });
    expect(await version.call()).toMatchObject({ type: 'on-demand' });
    expect(lambda.stats().environments).toBe(1);
  });

  test('does not age', async ({ lambda, clock }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    await version.provision(1, untilReady);
    await orders.call();
    await clock.advance(86_400_000);
    expect(lambda.stats().environments).toBe(1);
    expect(await version.call()).toMatchObject({ type: 'provisioned-concurrency' });
  });

  test('has a new environment for one that crashed', async ({ lambda }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    await version.provision(1, untilReady);
    const before = await version.call();
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    lambda.on('environment.ready', () => resolve());

    await version.invoke({ exit: true });
    expect(version.provisioned).toMatchObject({ status: 'READY', allocated: 1, available: 0 });
    await ready;
    await Promise.resolve();

    expect(version.provisioned).toMatchObject({ status: 'READY', allocated: 1, available: 1 });
    const after = await version.call();
    expect(after.type).toBe('provisioned-concurrency');
    expect(after.environment).not.toBe(before.environment);
  });

  test('fails after AWS’s six tries when init throws, and invocations go on without', async ({
    lambda,
  }) => {
    const orders = await create(lambda, {
      source: `
        if (process.env.AWS_LAMBDA_INITIALIZATION_TYPE !== 'on-demand') throw new Error('on purpose');
        ${source}`,
    });
    const version = await orders.publishVersion();
    let failures = 0;
    const failed: unknown[] = [];
    lambda.on('environment.initFailed', () => void (failures += 1));
    lambda.on('provisioned.failed', ({ reason, allocated }) => failed.push({ reason, allocated }));

    const ended = await version.provision(1, untilReady);
    expect(ended).toMatchObject({
      status: 'FAILED',
      statusReason: 'FUNCTION_ERROR_INIT_FAILURE',
      allocated: 0,
      available: 0,
    });
    expect(failures).toBe(6);
    expect(failed).toEqual([{ reason: 'FUNCTION_ERROR_INIT_FAILURE', allocated: 0 }]);
    expect(await version.call()).toMatchObject({ type: 'on-demand' });
  });

  test('has more time to start than an init on demand', async ({ lambda }) => {
    const slow = await lambda.createFunction<unknown, string>({
      name: 'slow',
      code: {
        source: `
          for (let count = 0; count < 3e7; count += 1);
          exports.handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;`,
      },
      initTimeoutMs: 1,
      timeoutMs: 60_000,
    });
    const failed: unknown[] = [];
    lambda.on('environment.initFailed', ({ environment, status }) => {
      failed.push([environment.initializationType, status]);
    });
    const version = await slow.publishVersion();
    expect(await version.provision(1, untilReady)).toMatchObject({ status: 'READY' });
    expect(await version.call()).toBe('provisioned-concurrency');
    expect(failed).toEqual([]);
    await slow.call();
    expect(failed).toEqual([['on-demand', 'timeout']]);
  });

  test('shows in the log as AWS logs it', async ({ lambda }) => {
    const orders = await create(lambda);
    await orders.update({ logging: { format: 'JSON' } });
    const version = await orders.publishVersion();
    await version.provision(1, untilReady);
    const lines = lambda
      .readLogs({ functionName: 'orders' })
      .map(({ message }) => JSON.parse(message) as unknown);
    expect(lines).toMatchObject([
      {
        type: 'platform.initStart',
        record: { initializationType: 'provisioned-concurrency', phase: 'init' },
      },
      {
        type: 'platform.initReport',
        record: { initializationType: 'provisioned-concurrency', status: 'success' },
      },
    ]);
  });

  test.for(['thread', 'inline'] as const)(
    'that is about to start does not outlive its Lambda: %s',
    async (isolation, { onTestFinished }) => {
      const warnings: Error[] = [];
      const onWarning = (warning: Error): void => void warnings.push(warning);
      process.on('warning', onWarning);
      onTestFinished(() => void process.off('warning', onWarning));
      const lambda = new Lambda();
      const orders = await lambda.createFunction({ name: 'orders', code: { source }, isolation });
      const version = await orders.publishVersion();
      const failed: unknown[] = [];
      lambda.on('environment.initFailed', (event) => failed.push(event));
      const ready = version.provision(20, untilReady);
      await version.provision(30);
      await lambda.close();
      await ready;
      expect(lambda.stats().environments).toBe(0);
      expect(failed).toEqual([]);
      expect(warnings).toEqual([]);
      await expect(version.provision(1)).rejects.toThrow(ClosedError);
      await expect(version.unprovision()).rejects.toThrow(ClosedError);
    },
  );

  test('works on threads', async ({ lambda }) => {
    const orders = await lambda.createFunction<Asked, Seen>({ name: 'orders', code: { source } });
    const version = await orders.publishVersion();
    await version.provision(3, untilReady);
    const all = await Promise.all([1, 2, 3].map(() => version.call()));
    expect(all.map(({ type }) => type)).toEqual(Array(3).fill('provisioned-concurrency'));
  });
});

describe('provisioned concurrency of an alias', () => {
  test('serves the alias and the version behind it', async ({ lambda }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    const live = await orders.createAlias('live', { version: version.version });
    await live.provision(1, untilReady);
    expect(await live.call()).toMatchObject({ type: 'provisioned-concurrency' });
    expect(await version.call()).toMatchObject({ type: 'provisioned-concurrency' });
    expect(version.provisioned).toBeUndefined();
  });

  test('moves with it, one environment at a time', async ({ lambda }) => {
    const orders = await create(lambda, { reservedConcurrency: 3 });
    const first = await orders.publishVersion();
    const live = await orders.createAlias('live', { version: first.version });
    await live.provision(3, untilReady);
    const second = await publishAnother(orders);
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    lambda.on('provisioned.ready', () => resolve());
    let most = 0;
    lambda.on('environment.ready', () => {
      most = Math.max(most, live.provisioned?.allocated ?? 0);
    });

    await live.update({ version: second });
    expect(live.provisioned).toMatchObject({ status: 'IN_PROGRESS', allocated: 3, available: 3 });
    await ready;

    expect(most).toBe(3);
    expect(live.provisioned).toMatchObject({ status: 'READY', allocated: 3, available: 3 });
    expect(await live.call()).toMatchObject({ type: 'provisioned-concurrency' });
    expect(lambda.stats().environments).toBe(3);
    await expect(first.call()).rejects.toMatchObject({ limit: 3 });
  });

  test('with weights is shared between its versions as requests are', async ({ lambda }) => {
    const orders = await create(lambda);
    const first = await orders.publishVersion();
    const second = await publishAnother(orders);
    const live = await orders.createAlias('live', {
      version: first.version,
      weights: { [second]: 0.25 },
    });
    await live.provision(8, untilReady);
    const alive = new Map<string, number>();
    lambda.on('environment.stopped', ({ environment }) => {
      const { functionVersion } = environment;
      alive.set(functionVersion, (alive.get(functionVersion) ?? 0) + 1);
    });
    await live.unprovision();
    expect(Object.fromEntries(alive)).toEqual({ 1: 6, 2: 2 });
  });

  test('goes with the alias, the version, the function', async ({ lambda }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    const live = await orders.createAlias('live', { version: version.version });
    await live.provision(1, untilReady);
    await live.delete();
    expect(orders.listProvisioned()).toEqual([]);
    expect(lambda.stats().environments).toBe(0);

    await version.provision(1, untilReady);
    await version.delete();
    expect(orders.listProvisioned()).toEqual([]);
    expect(lambda.stats().environments).toBe(0);

    const third = orders.getVersion(await publishAnother(orders));
    await third.provision(1, untilReady);
    await orders.delete();
    expect(lambda.stats().environments).toBe(0);
    const again = await create(lambda);
    expect(again.listProvisioned()).toEqual([]);
  });
});

test('what a file keeps is initialised again after it was opened', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'isolambda-provisioned-'));
  const storage = { file: join(folder, 'lambda.db') };
  {
    await using before = await Lambda.open({ storage });
    const orders = await create(before, { reservedConcurrency: 3 });
    const version = await orders.publishVersion();
    const live = await orders.createAlias('live', { version: version.version });
    await live.provision(2, untilReady);
    const other = orders.getVersion(await publishAnother(orders));
    await other.provision(1);
    await other.unprovision();
  }
  {
    await using after = await Lambda.open({ storage });
    const orders = after.getFunction<Asked, Seen>('orders');
    const live = orders?.getAlias('live');
    expect(orders?.listProvisioned()).toMatchObject([{ qualifier: 'live', requested: 2 }]);
    await expect(live?.provision(4)).rejects.toThrow('should not be greater than the reserved');
    expect(await live?.provision(2, untilReady)).toMatchObject({ status: 'READY', available: 2 });
    expect(await live?.call()).toMatchObject({ type: 'provisioned-concurrency' });
    await orders?.delete();
  }
  await using empty = await Lambda.open({ storage });
  const orders = await create(empty);
  expect(orders.listProvisioned()).toEqual([]);
  await rm(folder, { recursive: true });
});

describe('provisioned concurrency is refused', () => {
  test('for a version and an alias of it at once', async ({ lambda }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    const live = await orders.createAlias('live', { version: version.version });
    const aliasFirst =
      "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version";

    await version.provision(1);
    await expect(live.provision(1)).rejects.toThrow(new ConflictError(aliasFirst));
    await version.unprovision();
    await live.provision(1);
    await expect(version.provision(1)).rejects.toThrow(
      new ConflictError('Version is pointed by a Provisioned Concurrency alias'),
    );

    const second = orders.getVersion(await publishAnother(orders));
    await second.provision(1);
    await expect(live.update({ version: second.version })).rejects.toThrow(aliasFirst);
    await expect(live.update({ version: '$LATEST' })).rejects.toThrow('unpublished');
    expect(live.info.version).toBe('1');
  });

  test('where AWS has no room for it, in its words', async ({ lambda }) => {
    const orders = await create(lambda);
    const version = await orders.publishVersion();
    const reserved = await create(lambda, { name: 'mails', reservedConcurrency: 5 });
    const mails = await reserved.publishVersion();

    await expect(version.provision(996)).rejects.toMatchObject({
      awsMessage:
        "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [995].",
    });
    await expect(version.provision(896)).rejects.toMatchObject({
      awsMessage:
        "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    });
    await expect(mails.provision(6)).rejects.toMatchObject({
      awsMessage:
        'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    });
    await mails.provision(2);
    await expect(reserved.update({ reservedConcurrency: 1 })).rejects.toMatchObject({
      awsMessage:
        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
    });
    expect(version.provisioned).toBeUndefined();
  });

  test('for $LATEST, for less than one, for what is not there', async ({ lambda }) => {
    const orders = await create(lambda);
    const latest = orders.getVersion('$LATEST');
    await expect(latest.provision(1)).rejects.toMatchObject({
      awsMessage:
        'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    });
    expect(latest.provisioned).toBeUndefined();
    const version = await orders.publishVersion();
    await expect(version.provision(0)).rejects.toThrow(InvalidOptionError);
    const draft = await orders.createAlias('draft', { version: '$LATEST' });
    await expect(draft.provision(1)).rejects.toThrow('unpublished');
    await draft.delete();
    await expect(draft.provision(1)).rejects.toThrow(FunctionNotFoundError);
    await expect(version.provision(1, { wait: true } as never)).rejects.toThrow('untilReady');
  });

  test('for functions with tenants', async ({ lambda }) => {
    const shop = await lambda.createFunction({ name: 'shop', code: { source }, perTenant: true });
    const version = await shop.publishVersion();
    await expect(version.provision(1)).rejects.toThrow('tenant isolation');
  });
});

describe('rates', () => {
  const limited = test.extend<{ lambdaOptions: LambdaOptions }>({
    lambdaOptions: { rateLimits: 'aws', concurrency: 110 },
  });

  limited(
    'hold ten calls a second for each unit of a reserve, events aside',
    async ({ lambda, clock }) => {
      const orders = await create(lambda, { reservedConcurrency: 1 });
      const seen: string[] = [];
      lambda.on('invocation.throttled', ({ reason }) => seen.push(reason));
      for (let count = 0; count < 10; count += 1) await orders.call();

      await expect(orders.call()).rejects.toMatchObject({
        reason: 'ReservedFunctionInvocationRateLimitExceeded',
        limit: 10,
        retryAfterMs: 1_000,
      });
      await orders.send({});
      await clock.advance(999);
      await expect(orders.call()).rejects.toThrow('10 requests a second');
      await clock.advance(1);
      await orders.call();
      expect(seen).toHaveLength(2);
    },
  );

  test('are not limited unless asked for', async ({ lambda }) => {
    const orders = await create(lambda, { reservedConcurrency: 1 });
    for (let count = 0; count < 30; count += 1) await orders.call();
    expect(lambda.stats().running).toBe(0);
  });
});
