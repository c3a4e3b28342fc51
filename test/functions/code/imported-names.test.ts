import { describe, expect, test } from 'vitest';
import { importedNames } from '../../../src/functions/code/imported-names.ts';
import { importsOf, loadLexers } from '../../../src/functions/code/module-syntax.ts';

await loadLexers();

function namesIn(text: string): readonly string[] | undefined {
  const names = importedNames(text, importsOf(text, '/a.mjs')).get('x');
  return names === undefined ? undefined : [...names];
}

describe('the names that an ES module imports', () => {
  test.each([
    ['import "x";', []],
    ['import d from "x";', []],
    ['import { a } from "x";', ['a']],
    ["import{a as b,c}from'x';", ['a', 'c']],
    ['import d, { a, b as c } from "x";', ['a', 'b']],
    ['import {\n  a,\n  b,\n} from "x";', ['a', 'b']],
    ['import { default as d, a } from "x";', ['default', 'a']],
    ['export { a as b } from "x";', ['a']],
    ['import { a } from "x"; import { b } from "x";', ['a', 'b']],
    ['import $ from "x"; import { $a, _b } from "x";', ['$a', '_b']],
  ])('%s', (text, names) => {
    expect(namesIn(text)).toEqual(names);
  });

  test.each([
    'import * as all from "x";',
    'import d, * as all from "x";',
    'export * from "x";',
    'export * as all from "x";',
    'import { "a-b" as c } from "x";',
    'import { a /* why */ } from "x";',
    'import { a } from "x"; import * as all from "x";',
  ])('cannot be told of %s', (text) => {
    expect(namesIn(text)).toBeUndefined();
  });
});
