import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { literal, matchesWildcard, parseWildcard } from '../../src/access/wildcard.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 12 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 8 });

/** The definition, word by word. */
function model(rest: string, text: string): boolean {
  if (rest === '') return text === '';
  const [head = ''] = rest;
  const tail = rest.slice(1);
  if (head === '*') return model(tail, text) || (text !== '' && model(rest, text.slice(1)));
  return text !== '' && (head === '?' || head === text[0]) && model(tail, text.slice(1));
}

test('a pattern fits what the definition says', () => {
  fc.assert(
    fc.property(pattern, letters, (wanted, text) => {
      expect(matchesWildcard(parseWildcard(wanted), text)).toBe(model(wanted, text));
    }),
    { numRuns: 2_000 },
  );
});

test('a text fits itself when it is taken literally, and nothing else does', () => {
  fc.assert(
    fc.property(pattern, letters, (text, other) => {
      expect(matchesWildcard(literal(text), text)).toBe(true);
      expect(matchesWildcard(literal(text), other)).toBe(text === other);
    }),
  );
});

test('many wildcards over a long text take no time to speak of', () => {
  const hostile = parseWildcard(`${'*a'.repeat(200)}b`);
  expect(matchesWildcard(hostile, 'a'.repeat(20_000))).toBe(false);
});
