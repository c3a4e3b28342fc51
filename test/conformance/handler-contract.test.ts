import { describe, expect } from 'vitest';
import { invokeOnce, payloadOf, test, tiers } from './tiers.ts';

/** Semantics §4.2: what a handler may return or call, and what the caller then gets. */
const results: readonly {
  readonly title: string;
  readonly source: string;
  readonly on22: unknown;
  readonly on24: unknown;
}[] = [
  {
    title: 'an async handler gives what it resolves with',
    source: 'exports.handler = async (event) => ({ got: event })',
    on22: { got: {} },
    on24: { got: {} },
  },
  {
    title: 'a thenable counts as a promise',
    source: 'exports.handler = () => ({ then(resolve) { resolve("then") } })',
    on22: 'then',
    on24: 'then',
  },
  {
    title: 'a synchronous return value counts on Node 24 only',
    source: 'exports.handler = () => "value"',
    on22: null,
    on24: 'value',
  },
  {
    title: 'undefined becomes null',
    source: 'exports.handler = async () => undefined',
    on22: null,
    on24: null,
  },
  {
    title: 'values change as JSON.stringify changes them',
    source:
      'exports.handler = async () => ({ date: new Date(0), map: new Map([[1, 2]]), fn() {}, no: undefined, nan: NaN })',
    on22: { date: '1970-01-01T00:00:00.000Z', map: {}, nan: null },
    on24: { date: '1970-01-01T00:00:00.000Z', map: {}, nan: null },
  },
  {
    title: 'an await of a timer settles',
    source:
      'exports.handler = async () => { await new Promise((r) => setTimeout(r, 2)); return "late" }',
    on22: 'late',
    on24: 'late',
  },
];

describe.each(tiers)('handler contract, %s', (isolation) => {
  describe.each(results)('$title', ({ source, on22, on24 }) => {
    test('on nodejs22.x', async ({ lambda }) => {
      const outcome = await invokeOnce(lambda, { source, isolation, runtime: 'nodejs22.x' });
      expect(outcome.status).toBe('ok');
      expect(payloadOf(outcome)).toEqual(on22);
    });

    test('on nodejs24.x', async ({ lambda }) => {
      const outcome = await invokeOnce(lambda, { source, isolation });
      expect(outcome.status).toBe('ok');
      expect(payloadOf(outcome)).toEqual(on24);
    });
  });

  const callbacks: readonly (readonly [string, string, unknown])[] = [
    ['callback(null, value)', '(event, context, callback) => callback(null, { ok: 1 })', { ok: 1 }],
    ['callback() gives null', '(event, context, callback) => callback()', null],
    ['context.succeed', '(event, context) => context.succeed("s")', 's'],
    ['context.done', '(event, context) => context.done(null, "d")', 'd'],
    [
      'the first completion wins',
      '(event, context, callback) => { context.succeed("first"); callback(null, "second"); context.fail("third") }',
      'first',
    ],
  ];
  test.for(callbacks)('on nodejs22.x: %s', async ([, handler, expected], { lambda }) => {
    const source = `exports.handler = ${handler}`;
    const outcome = await invokeOnce(lambda, { source, isolation, runtime: 'nodejs22.x' });
    expect(payloadOf(outcome)).toEqual(expected);
  });

  test('a callback waits for the event loop, unless told not to', async ({ lambda }) => {
    const source = (waits: boolean): string => `
      exports.handler = (event, context, callback) => {
        context.callbackWaitsForEmptyEventLoop = ${waits};
        setTimeout(() => console.log('the timer ran'), 5);
        callback(null, 'done');
      };`;
    const ran = (): boolean =>
      lambda.readLogs().some(({ message }) => message.includes('the timer ran'));

    const common = { isolation, runtime: 'nodejs22.x' } as const;
    await invokeOnce(lambda, { source: source(false), ...common });
    expect(ran()).toBe(false);
    await invokeOnce(lambda, { source: source(true), ...common });
    expect(ran()).toBe(true);
  });

  test('a callback handler is refused on nodejs24.x', async ({ lambda }) => {
    const source = 'exports.handler = (event, context, callback) => callback()';
    const outcome = await invokeOnce(lambda, { source, isolation });
    expect(outcome).toMatchObject({
      status: 'error',
      error: { errorType: 'Runtime.CallbackHandlerDeprecated' },
    });
  });

  test('the context has AWS’s fields, as own properties', async ({ lambda }) => {
    const source =
      'exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() })';
    const deployed = await lambda.createFunction({
      name: 'context',
      code: { source },
      isolation,
      memoryMb: 256,
      timeoutMs: 2_000,
    });
    const alias = await deployed.createAlias('live', { version: '$LATEST' });
    const outcome = await alias.invoke({}, { clientContext: { custom: { a: 1 } } });
    expect(payloadOf(outcome)).toEqual({
      functionName: 'context',
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/context',
      logStreamName: expect.stringMatching(/^\d{4}\/\d{2}\/\d{2}\/\[\$LATEST\][0-9a-f]{32}$/),
      clientContext: { custom: { a: 1 } },
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:context:live',
      awsRequestId: outcome.requestId,
      left: expect.toSatisfy((left: number) => left > 0 && left <= 2_000),
    });
  });

  test('the ARN in the context is the one that this caller used', async ({ lambda }) => {
    const source = 'exports.handler = async (event, context) => context.invokedFunctionArn';
    const deployed = await lambda.createFunction({ name: 'arns', code: { source }, isolation });
    const alias = await deployed.createAlias('live', { version: '$LATEST' });
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:arns';

    expect(await deployed.call()).toBe(arn);
    expect(await alias.call()).toBe(`${arn}:live`);
    expect(await deployed.call()).toBe(arn);
    expect(lambda.stats().environments).toBe(1);
  });

  test('a handler sees its context however it is written', async ({ lambda }) => {
    const forms = [
      'async (event, context) => context.functionName',
      'async (...args) => args[1].functionName',
      'async function () { return arguments[1].functionName }',
      'async (event = {}, { functionName } = {}) => functionName',
      '(async (event, context) => context.functionName).bind(null)',
      'new Proxy(async (event, context) => context.functionName, {})',
      '({ async handler(event, context) { return context.functionName } }).handler',
    ];
    for (const form of forms) {
      const outcome = await invokeOnce(lambda, { source: `exports.handler = ${form}`, isolation });
      expect(payloadOf(outcome), form).toMatch(/^f\d+$/);
    }
  });

  test('environment variables, reserved ones and the trace id', async ({ lambda }) => {
    const source = `exports.handler = async () => [process.env.STAGE, process.env.AWS_LAMBDA_FUNCTION_NAME,
      process.env._HANDLER, process.env.AWS_EXECUTION_ENV, process.env._X_AMZN_TRACE_ID, process.env.NONE]`;
    const deployed = await lambda.createFunction({
      name: 'env',
      code: { source },
      isolation,
      environment: { STAGE: 'test' },
    });
    expect(await deployed.call({}, { traceId: 'Root=1-2-3' })).toEqual([
      'test',
      'env',
      'index.handler',
      'AWS_Lambda_nodejs24.x',
      expect.stringMatching(/^Root=1-2-3;Lineage=[0-9a-f]{8}:1$/),
      null,
    ]);
  });
});
