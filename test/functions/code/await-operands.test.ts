import { describe, expect, test } from 'vitest';
import { awaitEdits } from '../../../src/functions/code/await-operands.ts';
import { applyEdits, loaderEdits, sortedEdits } from '../../../src/functions/code/rewrite.ts';
import { importsOf, loadLexers } from '../../../src/functions/code/module-syntax.ts';

await loadLexers();

function rewritten(text: string, format: 'commonjs' | 'module' = 'module'): string {
  const edits = [...loaderEdits(text, '/a.js', importsOf(text, '/a.js'))];
  return applyEdits(text, sortedEdits([...edits, ...awaitEdits(text, format)]));
}

describe('the operand of await goes through the loader', () => {
  test.each([
    ['await x', 'await __isolambda_await(x)'],
    ['await a.b(c).d', 'await __isolambda_await(a.b(c).d)'],
    ['await x + 1', 'await __isolambda_await(x) + 1'],
    ['await (a, b)', 'await (__isolambda_await((a, b)))'],
    ['await await x', 'await __isolambda_await(await __isolambda_await(x))'],
    ['f(await x, await y)', 'f(await __isolambda_await(x), await __isolambda_await(y))'],
    ['await/* why */x', 'await/* why */__isolambda_await(x)'],
    ['await `t${await x}`', 'await __isolambda_await(`t${await __isolambda_await(x)}`)'],
    ['await import("x")', 'await __isolambda_await(__isolambda_import("/a.js", "x"))'],
    ['import(await x)', '__isolambda_import("/a.js", await __isolambda_await(x))'],
    [
      'await import(await x)',
      'await __isolambda_await(__isolambda_import("/a.js", await __isolambda_await(x)))',
    ],
    ['await import.meta.x', 'await __isolambda_await(__isolambda_meta("/a.js").x)'],
    ['await new import.meta.X()', 'await __isolambda_await(new (__isolambda_meta("/a.js")).X())'],
    ['for await (const x of y) await x', 'for await (const x of y) await __isolambda_await(x)'],
    ['await\nx', 'await\n__isolambda_await(x)'],
  ])('%s', (text, expected) => {
    expect(rewritten(text)).toBe(expected);
  });

  test('words that only look like it stay', () => {
    const text = 'var awaits = "await x"; /await x/.test(a); // await x';
    expect(rewritten(text, 'commonjs')).toBe(text);
  });

  test('a text that does not parse stays', () => {
    expect(rewritten('await x; let let', 'commonjs')).toBe('await x; let let');
  });

  test('a CommonJS body may return and may call a variable await', () => {
    expect(rewritten('var await = 1; return await', 'commonjs')).toBe(
      'var await = 1; return await',
    );
  });
});
