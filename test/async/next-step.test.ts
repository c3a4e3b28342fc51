import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs, nextStep, type AttemptOutcome } from '../../src/async/next-step.ts';

const policy = { maxRetries: 2, maxEventAgeMs: 21_600_000 };

/** Plays an event that always ends the same way; when each attempt takes place, and how it ends. */
function play(
  outcome: AttemptOutcome,
  { maxRetries, maxEventAgeMs }: typeof policy,
): { attemptsAtMs: number[]; condition: string } {
  const attemptsAtMs: number[] = [];
  let ageMs = 0;
  for (;;) {
    attemptsAtMs.push(ageMs);
    const attempts = attemptsAtMs.length;
    const facts = {
      ageMs,
      functionErrors: outcome === 'function-error' ? attempts : 0,
      backoffs: outcome === 'function-error' ? 0 : attempts,
    };
    const step = nextStep(outcome, facts, { maxRetries, maxEventAgeMs });
    if (step.kind === 'finish') return { attemptsAtMs, condition: step.condition };
    ageMs += step.delayMs;
  }
}

describe('a handler that fails', () => {
  test('is tried again after one minute and after two more', () => {
    expect(play('function-error', policy)).toEqual({
      attemptsAtMs: [0, 60_000, 180_000],
      condition: 'RetriesExhausted',
    });
  });

  test('is tried as often as the configuration says', () => {
    expect(play('function-error', { ...policy, maxRetries: 0 }).attemptsAtMs).toEqual([0]);
    expect(play('function-error', { ...policy, maxRetries: 1 }).attemptsAtMs).toEqual([0, 60_000]);
  });

  test('is given up at once when the next attempt would come too late', () => {
    // A recorded case: with an age of 60 s, the retry after 60 s is too late, however fast the first attempt was.
    const step = nextStep(
      'function-error',
      { ageMs: 0, functionErrors: 1, backoffs: 0 },
      { maxRetries: 2, maxEventAgeMs: 60_000 },
    );
    expect(step).toEqual({ kind: 'finish', condition: 'EventAgeExceeded' });
  });
});

describe('an event that is throttled', () => {
  test('comes again after 1 s, 2 s, 4 s and so on up to 5 minutes, for six hours', () => {
    const { attemptsAtMs, condition } = play('throttled', policy);
    const delays = attemptsAtMs.slice(1).map((at, index) => at - (attemptsAtMs[index] ?? 0));

    expect(delays.slice(0, 10)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000,
    ]);
    expect(new Set(delays.slice(9))).toEqual(new Set([300_000]));
    expect(condition).toBe('EventAgeExceeded');
    expect(attemptsAtMs.at(-1)).toBeLessThanOrEqual(21_600_000);
    expect(attemptsAtMs.at(-1)).toBeGreaterThan(21_600_000 - 300_000);
  });

  test('uses up no retry', () => {
    const facts = { ageMs: 0, functionErrors: 2, backoffs: 50 };
    expect(nextStep('throttled', facts, policy)).toEqual({ kind: 'retry', delayMs: 300_000 });
  });
});

test('no reserved concurrency and an endless chain are the end at once', () => {
  const facts = { ageMs: 0, functionErrors: 0, backoffs: 0 };
  expect(nextStep('zero-reserved', facts, policy)).toEqual({
    kind: 'finish',
    condition: 'ZeroReservedConcurrency',
  });
  expect(nextStep('recursion', facts, policy)).toEqual({
    kind: 'finish',
    condition: 'RecursiveInvocation',
  });
});

test('whatever happens, an event ends: by its attempts or by its age', () => {
  const outcome = fc.constantFrom<AttemptOutcome>('function-error', 'throttled', 'system-fault');
  fc.assert(
    fc.property(
      fc.array(outcome, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 60_000, max: 21_600_000 }),
      (outcomes, maxRetries, maxEventAgeMs) => {
        let [ageMs, functionErrors, backoffs] = [0, 0, 0];
        for (let attempts = 0; ; attempts += 1) {
          const next = outcomes[attempts % outcomes.length] ?? 'throttled';
          functionErrors += next === 'function-error' ? 1 : 0;
          backoffs = next === 'function-error' ? 0 : backoffs + 1;
          const step = nextStep(
            next,
            { ageMs, functionErrors, backoffs },
            { maxRetries, maxEventAgeMs },
          );
          if (step.kind === 'finish') break;
          ageMs += step.delayMs;
          expect(step.delayMs).toBeGreaterThan(0);
          expect(ageMs).toBeLessThanOrEqual(maxEventAgeMs);
        }
        expect(functionErrors).toBeLessThanOrEqual(maxRetries + 1);
      },
    ),
  );
});

test('back-offs never shrink', () => {
  const delays = Array.from({ length: 2_000 }, (_, index) => backoffMs(index));
  expect(delays).toEqual(delays.toSorted((a, b) => a - b));
  expect(Math.max(...delays)).toBe(300_000);
});
