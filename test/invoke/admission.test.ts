import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ThrottledError } from '../../src/core/errors.ts';
import { Events } from '../../src/core/events.ts';
import { Admission, type ConcurrencyPool } from '../../src/invoke/admission.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

function admissionOf(limit: number): Admission {
  return new Admission(limit, new Events(), new VirtualClock());
}

function take(admission: Admission, functionName: string, times: number): ConcurrencyPool[] {
  return Array.from({ length: times }, () => admission.acquire(functionName));
}

describe('reserved concurrency', () => {
  test('is the most that a function may run, and is kept for it', () => {
    const admission = admissionOf(110);
    admission.reserve('orders', 10);
    take(admission, 'others', 100);

    expect(() => admission.acquire('others')).toThrow(
      expect.objectContaining({ reason: 'ConcurrentInvocationLimitExceeded', limit: 100 }),
    );
    take(admission, 'orders', 10);
    expect(() => admission.acquire('orders')).toThrow(
      expect.objectContaining({
        reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        limit: 10,
      }),
    );
  });

  test('of 0 stops a function', () => {
    const admission = admissionOf(1_000);
    admission.reserve('orders', 0);
    expect(() => admission.acquire('orders')).toThrow(ThrottledError);
  });

  test('goes back to the others when it is taken away', () => {
    const admission = admissionOf(200);
    admission.reserve('orders', 100);
    expect(admission.limitOf('others')).toBe(100);
    admission.reserve('orders', null);
    expect(admission.limitOf('others')).toBe(200);
    expect(admission.limitOf('orders')).toBe(200);
  });

  test('must leave 100 to the others, in the words of AWS', () => {
    const admission = admissionOf(1_000);
    admission.reserve('mails', 500);
    expect(() => admission.claim('orders', 401)).toThrow(
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    );
    admission.claim('orders', 400)();
    admission.claim('mails', 900)();
    admission.claim('orders', 0);
  });

  test('that is being made is promised to nobody else', () => {
    const admission = admissionOf(1_000);
    const settled = admission.claim('mails', 900);
    expect(() => admission.claim('orders', 1)).toThrow('minimum value of [100]');
    admission.claim('mails', 800)();
    settled();
    admission.claim('orders', 900);
  });
});

test('no pool ever runs more than its limit, and everything comes back', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('acquire' as const), name: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('release' as const), index: fc.nat() }),
    fc.record({
      kind: fc.constant('reserve' as const),
      name: fc.constantFrom('a', 'b'),
      reserved: fc.option(fc.integer({ min: 0, max: 4 })),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const admission = admissionOf(12);
      const held: ConcurrencyPool[] = [];
      for (const current of steps) {
        if (current.kind === 'reserve') admission.reserve(current.name, current.reserved);
        else if (current.kind === 'release') {
          const [pool] = held.splice(current.index % Math.max(held.length, 1), 1);
          if (pool !== undefined) admission.release(pool);
        } else {
          const before = admission.running;
          try {
            const pool = admission.acquire(current.name);
            held.push(pool);
            expect(pool.running).toBeLessThanOrEqual(pool.limit);
          } catch (error) {
            expect(error).toBeInstanceOf(ThrottledError);
            expect(admission.running).toBe(before);
          }
        }
        expect(admission.running).toBe(held.length);
      }
      for (const pool of held) admission.release(pool);
      expect(admission.running).toBe(0);
    }),
  );
});
