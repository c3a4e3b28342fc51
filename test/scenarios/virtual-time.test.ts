import { createServer } from 'node:http';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import type { FunctionOptions, LambdaFunction, LambdaOptions } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { tiers } from '../conformance/tiers.ts';
import { listen } from '../host/network-fixture.ts';

const dayMs = 86_400_000;
const runtimes = ['nodejs24.x', 'nodejs22.x'] as const;
const cases = tiers.flatMap((tier) => runtimes.map((runtime) => [tier, runtime] as const));

const sleep = `const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));`;

async function setUp<Event, Result>(
  source: string,
  options: Partial<FunctionOptions> = {},
  lambdaOptions: LambdaOptions = {},
): Promise<{ clock: VirtualClock; lambda: Lambda; fn: LambdaFunction<Event, Result> }> {
  const clock = new VirtualClock();
  const lambda = new Lambda({ clock, blanks: 0, ...lambdaOptions });
  const fn = await lambda.createFunction<Event, Result>({
    name: 'orders',
    code: { source: `${sleep}\n${source}` },
    ...options,
  });
  return { clock, lambda, fn };
}

describe.each(cases)('in the tier %s with %s', (isolation, runtime) => {
  test('a handler sleeps for a day within a timeout of seconds', async () => {
    const { clock, lambda, fn } = await setUp<object, number>(
      `exports.handler = async () => {
        const before = Date.now();
        await sleep(${dayMs});
        return Date.now() - before;
      };`,
      { isolation, runtime, timeoutMs: 10_000 },
    );
    const call = fn.call();
    await clock.advance(dayMs);

    expect(await call).toBe(dayMs);
    await lambda.close();
  });

  test('an invocation that a timer starts has ended when advance resolves', async () => {
    const { clock, lambda, fn } = await setUp(
      `exports.handler = async () => {
        const { subtle } = globalThis.crypto;
        await subtle.digest('SHA-256', new Uint8Array(10));
        await require('node:fs/promises').writeFile('/tmp/x', 'y');
      };`,
      { isolation, runtime },
    );
    const ended: string[] = [];
    lambda.on('invocation.finished', ({ report }) => ended.push(report.status));
    clock.setTimer(() => void fn.invoke(), 60_000, { label: 'retry' });

    await clock.advance(60_000);
    expect(ended).toEqual(['success']);
    expect(clock.held()).toEqual([]);
    await lambda.close();
  });

  test('work of the host is faster than any timer', async () => {
    const { clock, lambda, fn } = await setUp<object, string>(
      `const { pbkdf2 } = require('node:crypto');
      const derived = () => new Promise((resolve) => pbkdf2('a', 'b', 1000, 16, 'sha256', () => resolve('key')));
      exports.handler = () => Promise.race([sleep(1).then(() => 'timer'), derived()]);`,
      { isolation, runtime },
    );
    const call = fn.call();
    await clock.advance(1);

    expect(await call).toBe('key');
    await lambda.close();
  });

  test('time at module top level moves as well', async () => {
    const { clock, lambda } = await setUp('exports.handler = () => 0;');
    const fn = await lambda.createFunction<object, number>({
      name: 'esm',
      isolation,
      runtime,
      code: {
        format: 'module',
        source: `const before = Date.now();
          await new Promise((resolve) => setTimeout(resolve, 5000));
          const tookMs = Date.now() - before;
          export const handler = async () => tookMs;`,
      },
    });
    const call = fn.call();
    await clock.advance(5_000);

    expect(await call).toBe(5_000);
    await lambda.close();
  });

  test('an interval fires as often as it should', async () => {
    const { clock, lambda, fn } = await setUp<object, number[]>(
      `exports.handler = () => new Promise((resolve) => {
        const startedMs = Date.now();
        const seen = [];
        const interval = setInterval(() => {
          seen.push(Date.now() - startedMs);
          if (seen.length < 4) return;
          clearInterval(interval);
          resolve(seen);
        }, 15000);
      });`,
      { isolation, runtime },
    );
    const call = fn.call();
    await clock.advance(59_999);
    expect(clock.pending()[0]).toMatchObject({ label: 'orders:$LATEST: setInterval of 15000 ms' });
    await clock.advance(1);

    expect(await call).toEqual([15_000, 30_000, 45_000, 60_000]);
    await lambda.close();
  });

  test('a call that waits for a timer nobody fires fails with the name of the timer', async () => {
    const { clock, lambda, fn } = await setUp(`exports.handler = () => sleep(60000);`, {
      isolation,
      runtime,
      timeoutMs: 100,
    });
    const call = fn.invoke(undefined, { requestId: '5e7b1b7e-0000-4000-8000-000000000000' });
    await clock.advance(59_000);

    const outcome = await call;
    expect(JSON.parse(outcome.payloadJson)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage:
        'RequestId: 5e7b1b7e-0000-4000-8000-000000000000 Error: Task timed out after 0.10 seconds; it ' +
        'waited for "orders:$LATEST: setTimeout of 60000 ms", due in 1000 ms on a virtual clock that ' +
        'nobody advanced that far. Budgets are real time: advance the clock while the call runs, as in ' +
        '`clock.advance(1000)`',
    });
    expect(clock.held()).toEqual([]);
    await lambda.close();
  });

  test('a timeout that has nothing to do with the clock reads as on AWS', async () => {
    const { lambda, fn } = await setUp(
      `exports.handler = () => { setTimeout(() => {}, 60000); for (;;); };`,
      { isolation, runtime, timeoutMs: 100 },
    );
    const outcome = await fn.invoke();

    expect(outcome.payloadJson).toMatch(/Task timed out after 0\.10 seconds"/);
    await lambda.close();
  });
});

describe.each(tiers)('in the tier %s', (isolation) => {
  test('whatever tells the time goes by the clock', async () => {
    const { clock, lambda, fn } = await setUp<object, unknown[][]>(
      `const look = (context) => [
        Date.now(), new Date().toISOString(), Date(), performance.now(), process.uptime(),
        process.hrtime()[0], new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).format(),
        new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).formatToParts()[2].value,
        context.getRemainingTimeInMillis(),
      ];
      exports.handler = async (event, context) => {
        const first = look(context);
        await sleep(${dayMs});
        return [first, look(context)];
      };`,
      { isolation, timeoutMs: 3_000 },
    );
    const call = fn.call();
    await clock.advance(dayMs);

    const startMs = Date.UTC(2026, 0, 1);
    const text = (day: number): string =>
      `${day === 1 ? 'Thu' : 'Fri'} Jan 0${day} 2026 00:00:00 GMT+0000 (Coordinated Universal Time)`;
    expect(await call).toEqual([
      [startMs, '2026-01-01T00:00:00.000Z', text(1), 0, 0, 0, '1/1/2026', '1', 3_000],
      // The budget is real and lasts; what is left of it by AWS's formula, deadline minus now, is not.
      ...[[startMs + dayMs, '2026-01-02T00:00:00.000Z', text(2), dayMs, 86_400, 86_400]].map(
        (a) => [...a, '1/2/2026', '2', 3_000 - dayMs],
      ),
    ]);
    await lambda.close();
  });

  test('`Date` is otherwise as it always is', async () => {
    const { lambda, fn } = await setUp<object, unknown[]>(
      `class Day extends Date { get isDay() { return true; } }
      const { types } = require('node:util');
      exports.handler = async () => [
        Date.name, Date.length, new Date(0).getTime(), new Date(2026, 0, 2).toISOString(),
        new Date() instanceof Date, new Date().constructor === Date, typeof Date(),
        types.isDate(new Date()), new Day() instanceof Date, new Day().isDay, new Day(5).getTime(),
        Date.parse('2026-01-01'), Date.UTC(2026, 0), structuredClone(new Date(7)) instanceof Date,
        Object.keys(Date).length, new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).format(0),
      ];`,
      { isolation },
    );
    expect(await fn.call()).toEqual([
      ...['Date', 7, 0, '2026-01-02T00:00:00.000Z'],
      ...[true, true, 'string', true, true, true, 5],
      ...[Date.UTC(2026, 0), Date.UTC(2026, 0), true, 0, '1/1/1970'],
    ]);
    await lambda.close();
  });

  test('a clock of one’s own that goes by itself is looked at each time', async () => {
    let nowMs = 0;
    const clock = {
      now: () => (nowMs += 5),
      setTimer: () => ({ cancel: () => {} }),
    };
    const { lambda, fn } = await setUp<object, number>(
      `exports.handler = () => { const before = Date.now(); return Promise.resolve(Date.now() - before); };`,
      { isolation },
      { clock },
    );
    expect(await fn.call()).toBe(5);
    await lambda.close();
  });

  test('log lines carry virtual time', async () => {
    const { clock, lambda, fn } = await setUp(
      `exports.handler = async () => { await sleep(1000); console.log('late'); process.stdout.write('raw'); };`,
      { isolation },
    );
    const call = fn.call();
    await clock.advance(1_000);
    await call;

    const startMs = Date.UTC(2026, 0, 1);
    const atOf = (text: string): number | undefined =>
      lambda.readLogs().find(({ message }) => message.includes(text))?.at;
    expect(atOf('START')).toBe(startMs);
    expect(atOf('late')).toBe(startMs + 1_000);
    expect(atOf('raw')).toBe(startMs + 1_000);
    expect(atOf('REPORT')).toBe(startMs + 1_000);
    await lambda.close();
  });

  test('a request on the network is waited for, however many timers would be due', async () => {
    let answer = (): void => {};
    const server = createServer((_request, response) => {
      answer = () => response.end('answer');
      // Far more turns of the event loop than the clock gives to what is ready.
      let turns = 200;
      const next = (): void => void ((turns -= 1) === 0 ? answer() : setImmediate(next));
      next();
    });
    const port = await listen(server);
    const { clock, lambda, fn } = await setUp<object, string>(
      `exports.handler = async () => {
        const response = await fetch('http://127.0.0.1:${port}', { signal: AbortSignal.timeout(30000) });
        return response.text();
      };`,
      { isolation, network: { allow: [`127.0.0.1:${port}`] } },
    );
    const call = fn.call();
    await clock.advance(60_000);

    expect(await call).toBe('answer');
    await lambda.close();
  });

  test('an idle environment ends after its time, not before', async () => {
    const { clock, lambda, fn } = await setUp(
      `exports.handler = async () => 0;`,
      { isolation },
      { idleTimeoutMs: 60_000 },
    );
    await fn.call();
    await clock.advance(59_999);
    expect(lambda.stats().environments).toBe(1);
    await clock.advance(1);
    expect(lambda.stats().environments).toBe(0);
    await lambda.close();
  });

  test('hours of polling take as long as their code', async () => {
    const { clock, lambda, fn } = await setUp<object, number>(
      `exports.handler = async () => {
        let polls = 0;
        for (const endMs = Date.now() + ${6 * 3_600_000}; Date.now() < endMs; polls += 1) await sleep(30000);
        return polls;
      };`,
      // Each of the 720 short entries may be charged the hop to its thread as well.
      { isolation, cpuMs: 3_000 },
    );
    expect(await clock.runUntil(fn.call())).toBe(720);
    await lambda.close();
  });

  test('whatever becomes of invocations, nothing keeps holding the clock', async () => {
    const { clock, lambda, fn } = await setUp<{ steps: string[] }, unknown>(
      `const { randomBytes } = require('node:crypto');
      exports.handler = async ({ steps }) => {
        for (const step of steps) {
          if (step === 'sleep') await sleep(50);
          if (step === 'immediate') await new Promise((resolve) => setImmediate(resolve));
          if (step === 'host') await new Promise((resolve) => randomBytes(8, resolve));
          if (step === 'leave timer') setTimeout(() => {}, 10000);
          if (step === 'leave work') void crypto.subtle.digest('SHA-256', new Uint8Array(100000));
          if (step === 'leave interval') setInterval(() => {}, 70);
          if (step === 'throw') throw new Error('no');
          if (step === 'throw later') setTimeout(() => { throw new Error('later'); }, 10);
          if (step === 'exit') process.exit(3);
          if (step === 'spin') for (;;);
          if (step === 'hang') await new Promise(() => {});
          if (step === 'wait for ever') await sleep(1e9);
        }
      };`,
      { isolation, timeoutMs: 150, cpuMs: 100, memoryMb: 128 },
      { seed: 1 },
    );
    const step = fc.constantFrom(
      ...['sleep', 'immediate', 'host', 'leave timer', 'leave work', 'leave interval'],
      ...['throw', 'throw later', 'exit', 'spin', 'hang', 'wait for ever'],
    );
    const plans = fc.array(fc.array(step, { maxLength: 5 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(plans, async (batch) => {
        const outcomes = batch.map((steps) => fn.invoke({ steps }));
        await clock.advance(1_000);
        await Promise.all(outcomes);
        await clock.advance(1_000_000);
        expect(clock.held()).toEqual([]);
        expect(clock.pending()).toEqual([]);
        expect(lambda.stats().environments).toBe(0);
      }),
      { numRuns: 15 },
    );
    await lambda.close();
  });

  test('closing the Lambda lets go of the clock', async () => {
    const { clock, lambda, fn } = await setUp(`exports.handler = () => { for (;;); };`, {
      isolation: 'thread',
      timeoutMs: 60_000,
      cpuMs: 60_000,
    });
    const call = fn.invoke();
    expect(clock.held()).toHaveLength(1);

    await lambda.close({ drainMs: 0 });
    await call;
    expect(clock.held()).toEqual([]);
    await clock.advance(1_000);
  });
});
