import type ivm from 'isolated-vm';
import { expect, test } from 'vitest';
import { engine } from '../../src/isolate/engine.ts';
import { classifyEntryError } from '../../src/isolate/fault.ts';

/** isolated-vm has no error codes, so its texts are part of what isolambda relies on. */
async function endOf(
  run: (isolate: ivm.Isolate, context: ivm.Context) => unknown,
): Promise<string> {
  const isolate = new engine.Isolate({ memoryLimit: 8, onCatastrophicError: () => {} });
  const context = isolate.createContextSync();
  try {
    await run(isolate, context);
    return 'no error';
  } catch (error) {
    return classifyEntryError(error).kind;
  } finally {
    if (!isolate.isDisposed) isolate.dispose();
  }
}

const fill = 'const kept = []; for (;;) kept.push({ a: 1 });';

test.each<[string, string, (isolate: ivm.Isolate, context: ivm.Context) => unknown]>([
  ['a loop, synchronously', 'timed-out', (_isolate, c) => c.evalSync('for (;;);', { timeout: 20 })],
  ['a loop, on a thread', 'timed-out', (_isolate, c) => c.eval('for (;;);', { timeout: 20 })],
  ['a full heap, synchronously', 'out-of-memory', (_isolate, c) => c.evalSync(fill)],
  ['a full heap, on a thread', 'out-of-memory', (_isolate, c) => c.eval(fill)],
  ['a thrown error', 'thrown', (_isolate, c) => c.evalSync('throw new TypeError("x")')],
  ['a syntax error', 'thrown', (i) => i.compileScriptSync('(')],
  [
    'a dispose while it runs',
    'disposed',
    (isolate, context) => {
      setTimeout(() => isolate.dispose(), 20);
      return context.eval('for (;;);');
    },
  ],
  [
    'a dispose while it waits',
    'disposed',
    (isolate, context) => {
      setTimeout(() => isolate.dispose(), 20);
      return context.eval('new Promise(() => {})', { promise: true });
    },
  ],
  [
    'a dispose before it began',
    'disposed',
    (isolate, context) => {
      isolate.dispose();
      return context.evalSync('1');
    },
  ],
])('isolated-vm says of %s what is read as %s', async (_name, kind, run) => {
  expect(await endOf(run)).toBe(kind);
});
