import { PatternFault } from './pattern-fault.ts';

/**
 * AWS refuses patterns that could keep its engine in too many places of the pattern at once. The number is not
 * documented; the readme of the engine (https://github.com/aws/event-ruler) speaks of 10, and answers on record
 * refuse 11 and take 7. Matching here takes no longer for a higher one.
 */
const maxPlaces = 10;

/** Enough to find what is too complex; what is not found by then passes. */
const maxStates = 2_000;

/** Compiles `a*b`, where `\*` and `\\` stand for the characters themselves. Nothing backtracks. */
export function compileWildcard(wildcard: string): (value: string) => boolean {
  const segments = parse(wildcard);
  if (segments.length > 1 && isTooComplex(segments)) {
    throw new PatternFault(
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
    );
  }
  const first = segments[0] ?? '';
  if (segments.length === 1) return (value) => value === first;

  const last = segments.at(-1) ?? '';
  const between = segments.slice(1, -1);
  return (value) => {
    const end = value.length - last.length;
    if (end < first.length || !value.startsWith(first) || !value.endsWith(last)) return false;
    // The leftmost place is the best one for each: it leaves the most for those that follow.
    let at = first.length;
    for (const segment of between) {
      const found = value.indexOf(segment, at);
      if (found === -1 || found + segment.length > end) return false;
      at = found + segment.length;
    }
    return true;
  };
}

/** The texts between the wildcards. */
function parse(wildcard: string): string[] {
  const segments = [''];
  const add = (text: string): void => {
    segments[segments.length - 1] += text;
  };
  for (let index = 0; index < wildcard.length; index += 1) {
    const unit = wildcard.charAt(index);
    const next = wildcard.charAt(index + 1);
    if (unit === '*') {
      if (next === '*') refuse('Consecutive wildcard characters', wildcard, index);
      segments.push('');
    } else if (unit === '\\') {
      if (next !== '*' && next !== '\\') refuse('Invalid escape character', wildcard, index);
      add(next);
      index += 1;
    } else {
      add(unit);
    }
  }
  return segments;
}

/** AWS counts bytes of UTF-8, with the quotation mark before the text. */
function refuse(what: string, wildcard: string, index: number): never {
  throw new PatternFault(`${what} at pos ${Buffer.byteLength(wildcard.slice(0, index)) + 1}`);
}

/** A character, or the wildcard. */
type Token = string | null;

/**
 * Whether some value has the engine in more than `maxPlaces` places at once: the pattern as an automaton whose
 * states are sets of places, walked until one is too large. Place n stands behind the n-th token.
 */
function isTooComplex(segments: readonly string[]): boolean {
  const tokens = segments.flatMap((segment, index): Token[] =>
    index === 0 ? Array.from(segment) : [null, ...Array.from(segment)],
  );
  const start = withSkips([0], tokens);
  const seen = new Set([start.join()]);
  const waiting = [start];
  while (waiting.length > 0 && seen.size < maxStates) {
    const places = waiting.pop() ?? [];
    for (const token of new Set(places.map((place) => tokens[place]))) {
      const next = withSkips(stepOver(places, tokens, token), tokens);
      if (next.filter((place) => place > 0).length > maxPlaces) return true;
      const key = next.join();
      if (!seen.has(key)) waiting.push(next);
      seen.add(key);
    }
  }
  return false;
}

/** One may stand behind a wildcard without having read anything. */
function withSkips(places: readonly number[], tokens: readonly Token[]): number[] {
  const all = new Set(places);
  for (const place of places) if (tokens[place] === null) all.add(place + 1);
  return [...all].sort((a, b) => a - b);
}

/** Where one stands after a character; for the wildcard, after one that the pattern does not name. */
function stepOver(
  places: readonly number[],
  tokens: readonly Token[],
  character: Token | undefined,
): number[] {
  return places.flatMap((place) => [
    // Behind a wildcard one stays, whatever comes.
    ...(tokens[place - 1] === null ? [place] : []),
    ...(typeof character === 'string' && tokens[place] === character ? [place + 1] : []),
  ]);
}
