import { expect, onTestFinished } from 'vitest';
import type {
  DeliveryQueue,
  Lease,
  OpenQueueOptions,
  OutMessage,
  ReceiveOptions,
} from '../../src/storage/delivery-queue.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** How the suites get at an adapter. */
export interface StorageUnderTest {
  readonly name: string;
  /** A storage of its own for each test. */
  make(clock: Clock): Promise<RunningStorage>;
}

export interface RunningStorage {
  readonly storage: Storage;
  /** The holder of all leases goes without a word; gives the storage that finds what was left. */
  readonly crash: () => Promise<Storage>;
  readonly remove: () => Promise<void>;
}

export interface OpenStorage extends RunningStorage {
  readonly clock: VirtualClock;
  /** A standard queue "orders", unless the options say something else. */
  readonly openQueue: (options?: Partial<OpenQueueOptions>) => DeliveryQueue;
}

/** A storage that is removed when the test ends. */
export async function openStorage(
  subject: StorageUnderTest,
  clockFor: (clock: VirtualClock) => Clock = (clock) => clock,
): Promise<OpenStorage> {
  const clock = new VirtualClock();
  const running = await subject.make(clockFor(clock));
  onTestFinished(() => running.remove());
  return {
    ...running,
    clock,
    openQueue: (options) => openQueue(running.storage, options),
  };
}

export function openQueue(storage: Storage, options?: Partial<OpenQueueOptions>): DeliveryQueue {
  return storage.openQueue({
    name: 'orders',
    label: 'queue "orders"',
    isFifo: false,
    ...options,
  });
}

/** How long a lease lasts when a test does not say. */
export const visibilityMs = 30_000;

export function messages(...ids: readonly string[]): OutMessage[] {
  return ids.map((id) => ({ id, body: id }));
}

export function inGroup(groupId: string, ...ids: readonly string[]): OutMessage[] {
  return ids.map((id) => ({ id, body: id, groupId }));
}

/** Receives up to ten, without waiting. */
export function take(
  queue: DeliveryQueue,
  options: Partial<ReceiveOptions> = {},
): Promise<readonly Lease[]> {
  return queue.receive({ max: 10, waitMs: 0, visibilityMs, ...options });
}

/** Receives as `take` does, and gives the ids. */
export async function takeIds(
  queue: DeliveryQueue,
  options: Partial<ReceiveOptions> = {},
): Promise<string[]> {
  return (await take(queue, options)).map(({ id }) => id);
}

/** The one message that is received. */
export async function takeOne(
  queue: DeliveryQueue,
  options: Partial<ReceiveOptions> = {},
): Promise<Lease> {
  const [lease, ...others] = await take(queue, options);
  expect(others).toEqual([]);
  if (lease === undefined) throw new Error('nothing was received');
  return lease;
}
