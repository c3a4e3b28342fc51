import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { FetchMock, VirtualClock } from '../../src/testing/index.ts';
import { test } from '../../src/testing/vitest.ts';

const sleeps = `exports.handler = ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms));`;
const fetches = `exports.handler = () => fetch('https://a.example/x').then((r) => r.text(), () => 'failed');`;

describe('the fixtures', () => {
  test('are a Lambda on a clock that the test moves', async ({ lambda, clock }) => {
    expect(lambda).toBeInstanceOf(Lambda);
    expect(lambda.clock).toBe(clock);
    expect(clock).toBeInstanceOf(VirtualClock);

    const fn = await lambda.createFunction({ name: 'fn', code: { source: sleeps } });
    const call = fn.call({ ms: 86_400_000 });
    await clock.advance(86_400_000);
    await call;
  });

  test('let a handler compute for as long as its timeout, unless it says otherwise', async ({
    lambda,
  }) => {
    const code = { source: 'exports.handler = () => {};' };
    const [usual, strict] = await Promise.all([
      lambda.createFunction({ name: 'usual', code }),
      lambda.createFunction({ name: 'strict', code, cpuMs: 200 }),
    ]);
    expect(usual.latest.settings).toMatchObject({ timeoutMs: 3_000, cpuMs: 3_000 });
    expect(strict.latest.settings).toMatchObject({ timeoutMs: 3_000, cpuMs: 200 });
  });

  const requestIds: string[] = [];
  test.for([1, 2])(
    'give each test a Lambda of its own, with the same ids: %i',
    async (_, { lambda }) => {
      expect(lambda.listFunctions()).toEqual([]);
      const fn = await lambda.createFunction({
        name: 'fn',
        code: { source: 'exports.handler = () => {};' },
        isolation: 'inline',
      });
      const { requestId } = await fn.invoke();
      requestIds.push(requestId);
      expect(new Set(requestIds).size).toBe(1);
    },
  );

  test('answer requests when a test takes `web`', async ({ lambda, web }) => {
    expect(web).toBeInstanceOf(FetchMock);
    web.get('https://a.example/x', { body: 'mocked' });
    const fn = await lambda.createFunction({ name: 'fn', code: { source: fetches } });
    expect(await fn.call()).toBe('mocked');
  });

  test.fails('fail a test whose functions asked what `web` has no route for', async ({
    lambda,
    web,
  }) => {
    const fn = await lambda.createFunction({ name: 'fn', code: { source: fetches } });
    expect(await fn.call()).toBe('failed');
    expect(web.errors).toHaveLength(1);
  });

  test.extend({ lambdaOptions: { region: 'eu-west-1' } })(
    'take options of the Lambda',
    async ({ lambda }) => {
      const fn = await lambda.createFunction({
        name: 'fn',
        code: { source: 'exports.handler = () => {};' },
      });
      expect(fn.arn).toContain('eu-west-1');
    },
  );

  test('show a cold start when a call asks for one', async ({ lambda }) => {
    const fn = await lambda.createFunction<unknown, number>({
      name: 'fn',
      code: { source: 'let calls = 0; exports.handler = async () => (calls += 1);' },
    });
    const warm = [await fn.call(), await fn.call()];
    const cold = await fn.invoke({}, { cold: true });

    expect(warm).toEqual([1, 2]);
    expect(cold).toMatchObject({ status: 'ok', result: 1, report: { isCold: true } });
    expect(cold.report.initDurationMs).toBeGreaterThan(0);
  });
});

describe('a test that ends with something undone', () => {
  const warnings: string[] = [];
  beforeAll(() => {
    vi.spyOn(console, 'warn').mockImplementation((text: string) => void warnings.push(text));
  });
  afterAll(() => void vi.restoreAllMocks());

  const leaving = async ({ lambda, clock }: { lambda: Lambda; clock: VirtualClock }) => {
    const fn = await lambda.createFunction({ name: 'fn', code: { source: sleeps } });
    void fn.invoke({ ms: 5_000 });
    await clock.advance(1_000);
  };

  test('leaves a sleeper', leaving);
  test('is told about it, and what the clock was to do', () => {
    expect(warnings).toEqual([
      '"leaves a sleeper" ended, and nobody dealt with this:\n' +
        '  - an invocation still runs; on the clock: "fn:$LATEST: setTimeout of 5000 ms" in 4000 ms',
    ]);
  });

  test('leaves an event that waits', async ({ lambda, clock }) => {
    const fails = await lambda.createFunction({
      name: 'fails',
      code: { source: `exports.handler = () => { throw new Error('no'); };` },
    });
    await fails.send({ id: 1 });
    await clock.advance(10_000);
    warnings.length = 0;
  });
  test('is told when it would have come again', ({ history }) => {
    expect(history.all()).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /fails: the event \S+ still waits after 1 attempt, the next comes in 50 s$/,
      ),
    ]);
  });

  test.extend({ onLeftovers: 'ignore' as const })('may say that it knows', leaving);
  test('is then told nothing', () => expect(warnings).toHaveLength(1));

  test.extend({ onLeftovers: 'fail' as const }).fails('fails where it says so', leaving);
});
