import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileEventPattern } from '../../../src/brokers/event-pattern.ts';
import { naiveMatch, type Alternative, type NaivePattern } from './naive-match.ts';

const keys = fc.constantFrom('a', 'b', 'c');
const leaves = fc.constantFrom<string | number | boolean | null>('x', 'y', 1, true, null);

const { event } = fc.letrec<{ event: object; value: unknown }>((tie) => ({
  event: fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    leaves,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('event'),
  ),
}));

const alternatives = fc.array(
  fc.oneof(
    leaves,
    fc.constantFrom<Alternative>(
      { exists: true },
      { exists: false },
      { 'anything-but': 'x' },
      { 'anything-but': 1 },
    ),
  ),
  { minLength: 1, maxLength: 2 },
);

const { pattern } = fc.letrec<{ pattern: NaivePattern }>((tie) => ({
  pattern: fc.dictionary(
    keys,
    fc.oneof({ depthSize: 'small', maxDepth: 3 }, alternatives, tie('pattern')),
    { minKeys: 1, maxKeys: 3 },
  ) as fc.Arbitrary<NaivePattern>,
}));

/** Nesting that needs a pattern of its own is found too seldom by chance. */
const arraysOfObjects = fc.record({
  a: fc.array(
    fc.oneof(
      fc.dictionary(
        keys,
        fc.oneof(leaves, fc.array(fc.dictionary(keys, leaves), { maxLength: 2 })),
        {
          maxKeys: 3,
        },
      ),
      fc.array(fc.oneof(leaves, fc.dictionary(keys, leaves)), { maxLength: 2 }),
      leaves,
    ),
    { maxLength: 4 },
  ),
});
const patternsOnThem = fc.record({
  a: fc.dictionary(
    keys,
    fc.oneof(alternatives, fc.dictionary(keys, alternatives, { minKeys: 1 })),
    {
      minKeys: 1,
    },
  ),
});

describe('events are matched as AWS’s engine does it field by field', () => {
  test('for any structure', () => {
    fc.assert(
      fc.property(pattern, event, (wanted, given) => {
        expect(compileEventPattern(wanted).matches(given)).toBe(naiveMatch(wanted, given));
      }),
      { numRuns: 2_000 },
    );
  });

  test('for arrays of objects', () => {
    fc.assert(
      fc.property(patternsOnThem, arraysOfObjects, (wanted, given) => {
        expect(compileEventPattern(wanted).matches(given)).toBe(naiveMatch(wanted, given));
      }),
      { numRuns: 3_000 },
    );
  });

  test('for a field and fields below it in the same array', () => {
    const both = fc.record({ a: alternatives, 'a.b': alternatives, 'a.c': alternatives });
    fc.assert(
      fc.property(both, arraysOfObjects, (wanted, given) => {
        expect(compileEventPattern(wanted).matches(given)).toBe(naiveMatch(wanted, given));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('hostile input takes no more than its size', () => {
  test('fields in many arrays that do not agree', () => {
    const names = Array.from('abcdefghijklmnop');
    const elements = Array.from({ length: 300 }, (_, index) => ({ v: index }));
    const large = Object.fromEntries(names.map((name) => [name, elements]));
    const wanted = Object.fromEntries(names.map((name) => [name, { v: [{ exists: true }] }]));
    const never = { ...wanted, z: ['never'] };
    // The naive way would try 300 ^ 16 combinations.
    expect(compileEventPattern(wanted).matches(large)).toBe(true);
    expect(compileEventPattern(never).matches(large)).toBe(false);
  });

  test('arrays in arrays, deeper than any stack', () => {
    let deep: unknown = ['x'];
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    const wanted = { a: ['x'], 'a.b': [{ exists: false }] };
    expect(compileEventPattern(wanted).matches({ a: deep })).toBe(false);
  });

  test('a hundred arrays in each other around many elements', () => {
    let deep: unknown = Array.from({ length: 20_000 }, (_, index) => ({ b: index }));
    for (let level = 0; level < 100; level += 1) deep = [deep];
    const wanted = { a: { b: [19_999], c: [{ exists: false }], d: [{ exists: false }] } };
    expect(compileEventPattern(wanted).matches({ a: deep })).toBe(true);
  });

  test('wildcards that nearly match', () => {
    const matches = compileEventPattern({ a: [{ wildcard: '*a*a*a*b' }] });
    expect(matches.matches({ a: 'a'.repeat(200_000) })).toBe(false);
  });

  test('a text in any case whose forms differ in length', () => {
    const matches = compileEventPattern({ a: [{ 'equals-ignore-case': 'ß'.repeat(1_000) }] });
    expect(matches.matches({ a: `${'S'.repeat(1_999)}T` })).toBe(false);
    expect(matches.matches({ a: 'SSß'.repeat(500) })).toBe(true);
  });
});
