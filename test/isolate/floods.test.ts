import { describe, expect, test } from 'vitest';
import {
  attack,
  deployHostile,
  errorTypeOf,
  expectFreshEnvironment,
  expectTimedOut,
  handler,
  tiers,
} from './hostile-fixture.ts';

const floods: Record<string, string> = {
  'console.log': "for (;;) console.log('hello');",
  'console.log of nothing': "for (;;) console.log('');",
  'stdout, line by line': "for (;;) process.stdout.write('hello\\n');",
  'stdout, a hundred thousand lines at once':
    "const text = '\\n'.repeat(1e5); for (;;) process.stdout.write(text);",
  'a hundred thousand letters a line': "const text = 'x'.repeat(1e5); for (;;) console.log(text);",
  'console.log after an await':
    "await new Promise((r) => setTimeout(r, 1)); for (;;) console.log('hello');",
  'console.log in microtasks': "for (;;) { console.log('hello'); await null; }",
  'timers that are cancelled at once': 'for (;;) clearTimeout(setTimeout(() => {}, 1));',
  'timers over the limit, errors swallowed':
    'for (;;) try { setTimeout(() => {}, 1_000); } catch {}',
  'ref and unref': 'const t = setTimeout(() => {}, 1_000); for (;;) t.ref().unref();',
  'require of what is not there':
    "for (let i = 0; ; i += 1) try { require('./missing-' + i); } catch {}",
  'import of what is not there':
    "for (let i = 0; ; i += 1) import('./missing-' + i).catch(() => {});",
};

describe.each(tiers)('in the tier %s', (tier) => {
  test.each(Object.entries(floods))('a flood of %s ends as a timeout', async (_name, body) => {
    await using hostile = await deployHostile(tier, handler(body));

    expectTimedOut(await attack(hostile));

    expect(hostile.stops).toEqual(['timeout']);
    await expectFreshEnvironment(hostile);
  });

  test('logs of one invocation are capped, and the cap is logged once', async () => {
    const body = "for (let i = 0; i < 100; i += 1) console.log('x'.repeat(100_000)); return 1;";
    await using hostile = await deployHostile(tier, handler(body), {
      timeoutMs: 5_000,
      cpuMs: 5_000,
    });
    let length = 0;
    const notices: string[] = [];
    hostile.lambda.on('log.written', ({ body: text }) => {
      if (text.includes('platform.logsDropped')) notices.push(text);
      else length += text.length;
    });

    expect(errorTypeOf(await attack(hostile))).toBe('ok: 1');

    expect(notices).toHaveLength(1);
    expect(length).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(length).toBeGreaterThan(3 * 1024 * 1024);
  });

  test('one write of millions of empty lines is cut to the same cap', async () => {
    const body = "process.stdout.write('\\n'.repeat(2e6)); return 1;";
    await using hostile = await deployHostile(tier, handler(body), {
      timeoutMs: 5_000,
      cpuMs: 5_000,
    });
    let lines = 0;
    hostile.lambda.on('log.written', () => (lines += 1));

    expect(errorTypeOf(await attack(hostile))).toBe('ok: 1');

    expect(lines).toBeLessThan(200_000);
  });

  test('a line longer than AWS keeps arrives cut', async () => {
    await using hostile = await deployHostile(
      tier,
      handler("console.log('x'.repeat(300_000)); return 1;"),
      { timeoutMs: 5_000 },
    );
    const lengths: number[] = [];
    hostile.lambda.on('log.written', ({ body }) => lengths.push(body.length));

    await attack(hostile);

    expect(lengths).toEqual([262_144]);
  });

  test('the next invocation has a log budget of its own', async () => {
    const body =
      "if (event.flood) for (let i = 0; i < 50; i += 1) console.log('x'.repeat(100_000)); console.log('end'); return 1;";
    await using hostile = await deployHostile(tier, handler(body), {
      timeoutMs: 5_000,
      cpuMs: 5_000,
    });
    const ends: (string | undefined)[] = [];
    hostile.lambda.on('log.written', ({ body: text, requestId }) => {
      if (text === 'end') ends.push(requestId);
    });

    await attack(hostile, { flood: true });
    const { requestId } = await attack(hostile, {});

    expect(ends).toEqual([requestId]);
  });

  test('a million timers meet the limit of pending operations', async () => {
    const body = 'for (let i = 0; i < 1e6; i += 1) setTimeout(() => {}, 60_000); return 1;';
    await using hostile = await deployHostile(tier, handler(body), {
      timeoutMs: 10_000,
      cpuMs: 10_000,
    });

    expect(await attack(hostile)).toMatchObject({
      error: { errorMessage: expect.stringContaining('Too many pending operations') },
    });
    expect(hostile.lambda.stats().environments).toBe(2);
  });

  test('as many immediates as are allowed all run, in order', async () => {
    const body = `const order = [];
      for (let i = 0; i < 9_000; i += 1) setImmediate(() => order.push(i));
      await new Promise((r) => setImmediate(r));
      return order.every((value, index) => value === index) && order.length;`;
    await using hostile = await deployHostile(tier, handler(body), {
      timeoutMs: 10_000,
      cpuMs: 10_000,
    });

    expect(errorTypeOf(await attack(hostile))).toBe('ok: 9000');
  });
});

test.each(['console.log', 'stdout, line by line', 'stdout, a hundred thousand lines at once'])(
  'a flood of %s on its own thread leaves the event loop of the host alive',
  async (name) => {
    await using hostile = await deployHostile('thread', handler(floods[name] ?? ''));
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 5);

    await attack(hostile);

    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(0);
  },
);
