import { describe, expect } from 'vitest';
import { test, tiers } from './tiers.ts';

const timestamp = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';

/** Semantics §8: byte for byte, but for figures. */
describe.each(tiers)('log lines, %s', (isolation) => {
  test('text format: init, start, console, end, report', async ({ lambda }) => {
    const source = `console.log('top');
      exports.handler = async () => { console.warn('n is %d', 7, { deep: { er: [1] } }); console.error('a\\nb') }`;
    const logs = await lambda.createFunction({ name: 'logs', code: { source }, isolation });
    const { requestId: id } = await logs.invoke();
    await logs.invoke();

    const messages = lambda.readLogs({ functionName: 'logs' }).map(({ message }) => message);
    const expected = [
      'INIT_START Runtime Version: nodejs:24\\.v10\\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}',
      `${timestamp}\\t-\\tINFO\\ttop`,
      `START RequestId: ${id} Version: \\$LATEST`,
      `${timestamp}\\t${id}\\tWARN\\tn is 7 { deep: { er: \\[ 1 \\] } }`,
      `${timestamp}\\t${id}\\tERROR\\ta\\nb`,
      `END RequestId: ${id}`,
      `REPORT RequestId: ${id}\\tDuration: \\d+\\.\\d\\d ms\\tBilled Duration: \\d+ ms\\tMemory Size: 128 MB\\tMax Memory Used: \\d+ MB\\tInit Duration: \\d+\\.\\d\\d ms\\t`,
    ];
    for (const [index, line] of expected.entries()) {
      expect(messages[index]).toMatch(new RegExp(`^${line}$`));
    }
    expect(messages.at(-1)).toMatch(/^REPORT (?!.*Init Duration)/);
    expect(messages.filter((message) => message.startsWith('START'))).toHaveLength(2);
  });

  test('JSON format keeps objects, names errors, filters by level', async ({ lambda }) => {
    const source = `exports.handler = async () => {
      console.debug('hidden'); console.info({ order: 1 }); console.warn('two', 'words');
      console.error('failed', new RangeError('r'));
    }`;
    const json = await lambda.createFunction({
      name: 'json',
      code: { source },
      isolation,
      logging: { format: 'JSON' },
    });
    const { requestId } = await json.invoke();

    const lines = lambda
      .readLogs({ requestId })
      .map(({ message }) => JSON.parse(message) as Record<string, unknown>);
    const common = { timestamp: expect.stringMatching(timestamp), requestId };
    expect(lines).toEqual([
      {
        time: expect.stringMatching(timestamp),
        type: 'platform.start',
        record: { requestId, version: '$LATEST' },
      },
      { ...common, level: 'INFO', message: { order: 1 } },
      { ...common, level: 'WARN', message: 'two words' },
      {
        ...common,
        level: 'ERROR',
        message: expect.stringMatching(/^failed RangeError: r/),
        errorType: 'RangeError',
        errorMessage: 'r',
        stackTrace: expect.arrayContaining(['RangeError: r']),
      },
      {
        time: expect.stringMatching(timestamp),
        type: 'platform.report',
        record: {
          requestId,
          status: 'success',
          metrics: {
            durationMs: expect.any(Number),
            billedDurationMs: expect.any(Number),
            memorySizeMB: 128,
            maxMemoryUsedMB: expect.any(Number),
            initDurationMs: expect.any(Number),
          },
        },
      },
    ]);
  });

  test('a failed init is reported, done again inside the invoke, and logged once each', async ({
    lambda,
  }) => {
    const source = 'throw new Error("no start")';
    const broken = await lambda.createFunction({ name: 'broken', code: { source }, isolation });
    const { requestId: id } = await broken.invoke();

    const kinds = lambda.readLogs().map(({ message }) => message.split(/[\t:]/)[0]);
    const reports = lambda
      .readLogs()
      .map(({ message }) => message)
      .filter((message) => message.startsWith('INIT_REPORT'));
    expect(reports).toEqual([
      expect.stringMatching(/Phase: init\tStatus: error\tError Type: Error$/),
      expect.stringMatching(/Phase: invoke\tStatus: error\tError Type: Error$/),
    ]);
    expect(kinds.filter((kind) => kind === 'INIT_START Runtime Version')).toHaveLength(1);
    const errors = lambda.readLogs().filter(({ message }) => message.includes('\tERROR\t'));
    expect(errors.map(({ requestId }) => requestId)).toEqual([undefined, id]);
    expect(lambda.readLogs().at(-1)?.message).toMatch(
      new RegExp(`^REPORT RequestId: ${id}.*Status: error\\tError Type: Error\\t$`),
    );
  });

  test('figures: billed is duration and init, rounded up; warm calls have no init', async ({
    lambda,
  }) => {
    const source =
      'exports.handler = async () => { const a = []; for (let i = 0; i < 4e6; i += 1) a.push(i); return a.length }';
    const work = await lambda.createFunction({
      name: 'work',
      code: { source },
      isolation,
      timeoutMs: 20_000,
      cpuMs: 20_000,
    });
    const cold = (await work.invoke()).report;
    const warm = (await work.invoke()).report;

    expect(cold.isCold).toBe(true);
    expect(cold.billedDurationMs).toBe(Math.ceil(cold.durationMs + (cold.initDurationMs ?? 0)));
    expect(warm).toMatchObject({ isCold: false, initDurationMs: undefined });
    expect(warm.billedDurationMs).toBe(Math.ceil(warm.durationMs));
    // Four million numbers take 32 MB and more.
    expect(cold.maxMemoryUsedMb).toBeGreaterThan(10);
    expect(cold.maxMemoryUsedMb).toBeLessThanOrEqual(128);
    expect(cold.cpuMs).toBeGreaterThan(0);
    expect(cold.cpuMs).toBeLessThanOrEqual(cold.durationMs + 1);
  });

  const failing = {
    code: { file: new URL('../fixtures/handlers/logs-error.ts', import.meta.url) },
    handler: 'logs-error.handler',
  };
  const stackOf = (text: string): string => /\S+logs-error\.\w+:\d+:\d+/.exec(text)?.[0] ?? text;

  test('stacks in lines show the source, however they are written', async ({ lambda }) => {
    const fn = await lambda.createFunction<string>({ name: 'fn', isolation, ...failing });
    for (const way of ['error', 'stack', 'stdout']) await fn.invoke(way);
    const lines = lambda.readLogs({ functionName: 'fn' }).map(({ message }) => message);

    expect(lines.filter((line) => line.includes('logs-error')).map(stackOf)).toEqual([
      '(/var/task/logs-error.ts:6:17',
      '(/var/task/logs-error.ts:6:17',
      '(/var/task/logs-error.ts:6:17',
    ]);
  });

  test('in the JSON format too', async ({ lambda }) => {
    const logging = { format: 'JSON' } as const;
    const fn = await lambda.createFunction<string>({ name: 'fn', isolation, logging, ...failing });
    const { requestId } = await fn.invoke('error');
    const texts = lambda.readLogs({ requestId }).map(({ message }) => message);
    const line = texts.find((text) => text.includes('stackTrace')) ?? '{}';

    expect(JSON.parse(line)).toMatchObject({
      message: {
        errorType: 'RangeError',
        stackTrace: expect.arrayContaining(['    at handler (/var/task/logs-error.ts:6:17)']),
      },
    });
  });

  test('unless the function wants them as they ran', async ({ lambda }) => {
    const fn = await lambda.createFunction<string>({
      name: 'fn',
      isolation,
      sourceMaps: false,
      ...failing,
    });
    const outcome = await fn.invoke('throw');
    await fn.invoke('error');
    const lines = lambda.readLogs({ functionName: 'fn' }).map(({ message }) => message);

    expect(lines.join('\n')).not.toContain('logs-error.ts');
    expect(outcome).toMatchObject({
      error: { trace: ['RangeError: here', expect.stringMatching(/\/var\/task\/logs-error\.js:/)] },
    });
  });
});
