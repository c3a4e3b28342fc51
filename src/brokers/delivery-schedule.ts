/** How SNS tries again. AWS adds jitter; here the times are exact. */
export type DeliverySchedule = (failures: number) => number | undefined;

interface Phase {
  readonly retries: number;
  readonly delayMs: (index: number) => number;
}

/**
 * For queues and functions: 3 retries at once, 2 after a second each, 10 from 1 to 20 seconds, 100,000 every 20
 * seconds; that is 23 days. Gives the milliseconds until the next attempt after so many failed ones, and
 * undefined when there is none.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export const managedEndpointSchedule: DeliverySchedule = scheduleOf([
  { retries: 3, delayMs: () => 0 },
  { retries: 2, delayMs: () => 1_000 },
  { retries: 10, delayMs: (index) => Math.round(1_000 * 20 ** (index / 9)) },
  { retries: 100_000, delayMs: () => 20_000 },
]);

/** For callbacks, which stand in for HTTP endpoints: 3 retries, 20 seconds apart. */
export const callbackSchedule: DeliverySchedule = scheduleOf([
  { retries: 3, delayMs: () => 20_000 },
]);

function scheduleOf(phases: readonly Phase[]): DeliverySchedule {
  return (failures) => {
    let index = failures - 1;
    for (const { retries, delayMs } of phases) {
      if (index < retries) return delayMs(index);
      index -= retries;
    }
    return undefined;
  };
}
