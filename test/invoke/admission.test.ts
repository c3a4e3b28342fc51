import { describe, expect, test } from 'vitest';
import { ThrottledError } from '../../src/core/errors.ts';
import { Events } from '../../src/core/events.ts';
import { Admission, type Lease } from '../../src/invoke/admission.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

function admissionOf(concurrency: number): Admission {
  const clock = new VirtualClock();
  return new Admission({ concurrency, rateLimits: 'none', events: new Events(), clock });
}

function acquire(admission: Admission, functionName: string): Lease {
  return admission.acquire({ functionName }, { isForcedCold: false });
}

function take(admission: Admission, functionName: string, times: number): Lease[] {
  return Array.from({ length: times }, () => acquire(admission, functionName));
}

describe('reserved concurrency', () => {
  test('is the most that a function may run, and is kept for it', () => {
    const admission = admissionOf(110);
    admission.reserve('orders', 10);
    take(admission, 'others', 100);

    expect(() => acquire(admission, 'others')).toThrow(
      expect.objectContaining({ reason: 'ConcurrentInvocationLimitExceeded', limit: 100 }),
    );
    take(admission, 'orders', 10);
    expect(() => acquire(admission, 'orders')).toThrow(
      expect.objectContaining({
        reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        limit: 10,
      }),
    );
  });

  test('of 0 stops a function', () => {
    const admission = admissionOf(1_000);
    admission.reserve('orders', 0);
    expect(() => acquire(admission, 'orders')).toThrow(ThrottledError);
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
    expect(() => admission.claimReserved('orders', 401)).toThrow(
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    );
    admission.claimReserved('orders', 400)();
    admission.claimReserved('mails', 900)();
    admission.claimReserved('orders', 0);
  });

  test('that is being made is promised to nobody else', () => {
    const admission = admissionOf(1_000);
    const settled = admission.claimReserved('mails', 900);
    expect(() => admission.claimReserved('orders', 1)).toThrow('minimum value of [100]');
    admission.claimReserved('mails', 800)();
    settled();
    admission.claimReserved('orders', 900);
  });
});

describe('provisioned concurrency that is being put', () => {
  test('is promised to nobody else', () => {
    const admission = admissionOf(1_000);
    const settled = admission.claimProvisioned('mails', '1', 900);
    expect(() => admission.claimReserved('orders', 1)).toThrow('minimum value of [100]');
    expect(() => admission.claimProvisioned('orders', '1', 1)).toThrow('minimum value of [100]');
    settled();
    admission.claimProvisioned('orders', '1', 900)();
  });

  test('fits the reserve of its function as it is and as it becomes', () => {
    const admission = admissionOf(1_000);
    admission.reserve('orders', 10);
    const lowered = admission.claimReserved('orders', 5);
    expect(() => admission.claimProvisioned('orders', '1', 6)).toThrow(
      'should not be greater than the reservedConcurrentExecution',
    );
    lowered();
    const put = admission.claimProvisioned('orders', '1', 6);
    expect(() => admission.claimReserved('orders', 5)).toThrow('should not be lower than');
    // Without the reserve it is taken from what all share.
    const released = admission.claimReserved('orders', null);
    expect(() => admission.claimReserved('mails', 891)).toThrow('minimum value of [100]');
    admission.claimReserved('mails', 890)();
    released();
    put();
  });
});
