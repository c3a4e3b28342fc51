import { describe, expect, test } from 'vitest';
import { runHostileChild } from './hostile-child.ts';
import { handler, hostileError } from './hostile-fixture.ts';

/**
 * What no kill inside of one process can end (native-notes/crashes.md). In the tier `thread` the caller
 * and the neighbours are safe and a thread is lost; in the tier `inline` the process is.
 */

interface Guest {
  readonly source: string;
  readonly format?: 'commonjs' | 'module';
}

/** Builtins that never look up, and guest code that isolated-vm runs outside of every time limit. */
const unstoppable: Record<string, Guest> = {
  'a builtin over an endless array-like': {
    source: handler('return [].indexOf.call({ length: 2 ** 53 - 1 }, 1);'),
  },
  'one multiplication of huge integers': {
    source: handler('let x = 2n ** 100_000n; for (;;) x = x * x;'),
  },
  'getters of a rejection that nobody handles': {
    source: handler(
      `(async () => { throw ${hostileError}; })(); await new Promise((r) => setTimeout(r, 50));`,
    ),
  },
  'getters of what an ES module throws at the top level': {
    source: `throw ${hostileError};`,
    format: 'module',
  },
};

/** Hangs the thread until its isolate is disposed, so that only the tier `inline` suffers. */
const disposable: Record<string, Guest> = {
  'Error.prepareStackTrace of a rejection that nobody handles': {
    source: `Error.prepareStackTrace = () => { for (;;); };
      exports.handler = async () => { (async () => null.x)(); await new Promise((r) => setTimeout(r, 50)); };`,
  },
};

/** One allocation over the limit: V8 gives up before a check of the limit can run. */
const allocations: Record<string, string> = {
  'a Map that grows': handler('const m = new Map(); for (let i = 0; ; i += 1) m.set(i, i);'),
  'an object used as a dictionary': handler(
    "const o = {}; for (let i = 0; ; i += 1) o['k' + i] = i;",
  ),
};

const roomy = { timeoutMs: 10_000, cpuMs: 10_000 };

describe('in the tier thread', () => {
  test.concurrent.each(Object.entries(unstoppable))(
    '%s: the caller gets its timeout, the thread is counted as lost, the host goes on',
    async (_name, { source, format = 'commonjs' }) => {
      const { said, wasHung } = await runHostileChild({ tier: 'thread', source, format });

      expect(said.get('outcome')).toMatchObject({ errorType: 'Sandbox.Timedout', meanwhile: 2 });
      const { tookMs, ticks } = said.get('outcome') as { tookMs: number; ticks: number };
      expect(tookMs).toBeLessThan(3_000);
      expect(ticks).toBeGreaterThan(5);
      expect(said.get('after')).toBe(3);
      expect(said.get('zombies')).toBeGreaterThanOrEqual(1);
      expect(said.get('closed')).toBe(true);
      expect(wasHung).toBe(false);
    },
  );

  test.concurrent.each(Object.entries(disposable))(
    '%s: the caller gets its timeout and no thread is lost',
    async (_name, { source }) => {
      const { said } = await runHostileChild({ tier: 'thread', source });

      expect(said.get('outcome')).toMatchObject({ errorType: 'Sandbox.Timedout', meanwhile: 2 });
      expect(said.get('after')).toBe(3);
      expect(said.get('zombies')).toBe(0);
      expect(said.get('closed')).toBe(true);
    },
  );

  test.concurrent.each(Object.entries(allocations))(
    '%s: the caller hears of the memory, the host goes on',
    async (_name, source) => {
      const { said, wasHung } = await runHostileChild({
        tier: 'thread',
        source,
        settings: roomy,
        patienceMs: 10_000,
      });

      expect(said.get('outcome')).toMatchObject({ errorType: 'Runtime.OutOfMemory', meanwhile: 2 });
      expect(said.get('after')).toBe(3);
      // V8 parks the thread, or lets it go: both happen.
      expect(said.get('zombies')).toBeLessThanOrEqual(1);
      expect(said.get('spinning')).toBe(false);
      expect(said.get('closed')).toBe(true);
      expect(wasHung).toBe(false);
    },
  );

  test.concurrent('one array of a hundred million: the caller gets its timeout, the host goes on', async () => {
    const source = handler('return new Array(1e8).fill(0).length;');
    const { said } = await runHostileChild({ tier: 'thread', source });

    expect(said.get('outcome')).toMatchObject({ errorType: 'Sandbox.Timedout', meanwhile: 2 });
    expect(said.get('after')).toBe(3);
    expect(said.get('closed')).toBe(true);
  });
});

describe('in the tier inline, which is for code that one trusts,', () => {
  test.concurrent.each(Object.entries({ ...unstoppable, ...disposable }))(
    '%s hangs the process',
    async (_name, { source, format = 'commonjs' }) => {
      const { said, wasHung } = await runHostileChild({ tier: 'inline', source, format });

      expect(said.get('ready')).toBe(true);
      expect(said.has('outcome')).toBe(false);
      expect(wasHung).toBe(true);
    },
  );

  test.concurrent.each(Object.entries(allocations))(
    '%s is caught as out of memory, or takes the process along with SIGABRT',
    async (_name, source) => {
      const { said, signal, stderr } = await runHostileChild({
        tier: 'inline',
        source,
        settings: roomy,
        patienceMs: 15_000,
      });

      expect(said.get('ready')).toBe(true);
      // Whether V8 looks at the limit before or inside of the one large allocation is a matter of timing,
      // and Node 26 mostly looks before.
      if (said.has('outcome')) {
        expect(said.get('outcome')).toMatchObject({ errorType: 'Runtime.OutOfMemory' });
        return;
      }
      expect(signal).toBe('SIGABRT');
      expect(stderr).toContain('Last few GCs');
    },
  );
});
