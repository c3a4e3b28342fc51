import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureStep, type FailurePolicy, type Piece } from '../../src/sources/failure-step.ts';

interface Invocation {
  readonly from: number;
  readonly to: number;
}

interface Story {
  readonly invocations: readonly Invocation[];
  /** Records in the order in which the mapping was done with them. */
  readonly done: readonly number[];
  readonly discarded: readonly Piece[];
  readonly splits: number;
  readonly retries: number;
}

/** A batch of `size` records, some of which always fail; `reports` says whether the function tells which. */
function play(
  size: number,
  poison: ReadonlySet<number>,
  policy: FailurePolicy,
  reports: boolean,
): Story {
  const pieces: Piece[] = [{ from: 0, to: size, failures: 0 }];
  const invocations: Invocation[] = [];
  const done: number[] = [];
  const discarded: Piece[] = [];
  let splits = 0;
  let retries = 0;
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    const { from, to } = piece;
    invocations.push({ from, to });
    const firstBad = range(from, to).find((index) => poison.has(index));
    if (firstBad === undefined) {
      done.push(...range(from, to));
      continue;
    }
    const firstLeft = reports ? firstBad : from;
    done.push(...range(from, firstLeft));
    const step = failureStep(piece, firstLeft, policy);
    if (step.kind === 'split') {
      splits += 1;
      pieces.unshift(...step.pieces);
    } else if (step.kind === 'retry') {
      retries += 1;
      pieces.unshift(step.piece);
    } else {
      discarded.push(step.piece);
      done.push(...range(step.piece.from, step.piece.to));
    }
  }
  return { invocations, done, discarded, splits, retries };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe('a batch that fails', () => {
  test('with bisect, one bad record stands alone after ceil(log2 n) splits and uses up its own retries', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.nat(),
        fc.integer({ min: 0, max: 4 }),
        (size, where, maxRetries) => {
          const bad = where % size;
          const story = play(size, new Set([bad]), { maxRetries, bisects: true }, false);
          expect(story.splits).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
          expect(story.discarded).toEqual([{ from: bad, to: bad + 1, failures: maxRetries + 1 }]);
          expect(story.retries).toBe(maxRetries);
          const alone = story.invocations.filter(({ from, to }) => from === bad && to === bad + 1);
          expect(alone).toHaveLength(maxRetries + 1);
        },
      ),
    );
  });

  test('is never reordered, and nothing in it is skipped or dealt with twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat({ max: 59 }), { maxLength: 8 }),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        fc.boolean(),
        (size, bad, maxRetries, bisects, reports) => {
          const story = play(size, new Set(bad), { maxRetries, bisects }, reports);
          expect(story.done).toEqual(range(0, size));
        },
      ),
    );
  });

  test('with bisect, only bad records are given up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat({ max: 59 }), { maxLength: 8 }),
        fc.boolean(),
        (size, bad, reports) => {
          const poison = new Set(bad.filter((index) => index < size));
          const story = play(size, poison, { maxRetries: 1, bisects: true }, reports);
          const lost = story.discarded.flatMap(({ from, to }) => range(from, to));
          expect(lost).toEqual([...poison].toSorted((a, b) => a - b));
        },
      ),
    );
  });

  test('without bisect, the rest behind the lowest reported record is given up as a whole', () => {
    const story = play(10, new Set([4]), { maxRetries: 2, bisects: false }, true);
    expect(story.discarded).toEqual([{ from: 4, to: 10, failures: 3 }]);
    expect(story.invocations).toEqual([
      { from: 0, to: 10 },
      { from: 4, to: 10 },
      { from: 4, to: 10 },
    ]);
  });

  test('without a limit is tried for ever', () => {
    const piece = { from: 0, to: 5, failures: 10_000 };
    const step = failureStep(piece, 0, { maxRetries: -1, bisects: false });
    expect(step).toEqual({ kind: 'retry', piece: { ...piece, failures: 10_001 } });
  });
});
