/**
 * Runs in a process of its own, so that one measurement leaves no heap to the next. Prints one JSON line.
 * Arguments: what, `memory` or `sqlite`, how many events, with how many a depth is measured.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Lambda,
  SystemClock,
  type ClockTimer,
  type LambdaFunction,
  type TimerOptions,
} from 'isolambda';
import type { DeliveryQueue } from '../../src/storage/delivery-queue.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { SqliteStorage } from '../../src/storage/sqlite-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';

/** How long the handler that stands in the way would wait. */
const blockMs = 800_000;

/** The system's clock, but for one timer that ends when somebody says so. */
class ReleasableClock extends SystemClock {
  release = (): void => {};

  override setTimer(callback: () => void, delayMs: number, options: TimerOptions): ClockTimer {
    if (delayMs !== blockMs) return super.setTimer(callback, delayMs, options);
    this.release = callback;
    return { cancel: () => {} };
  }
}

const clock = new ReleasableClock();
const [what = '', where = '', countText = '', probeText = ''] = process.argv.slice(2);
const count = Number(countText);
const folder = mkdtempSync(join(tmpdir(), 'isolambda-bench-'));
const file = join(folder, 'queue.db');
/** About 100 bytes of JSON. */
const event = {
  orderId: 1234567,
  customer: 'ada@example.com',
  items: ['tea', 'sugar'],
  total: 12.5,
};
/** Events that a measurement at some depth is taken with. */
const probe = Number(probeText);
const warmUp = probe / 2;
/** Sends that are under way at one time where each waits for the disk. */
const window = 1_000;

const measurements: Record<string, () => Promise<object>> = { accept, finish, size, growth, queue };
try {
  console.log(JSON.stringify(await measurements[what]?.()));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

/** Events that are accepted while nobody takes them. */
async function accept(): Promise<object> {
  const { orders } = await deployBlocked();
  await sendMany(orders, Math.min(count, 20_000));
  const startedMs = performance.now();
  await sendMany(orders, count);
  return { perSecond: (count / (performance.now() - startedMs)) * 1_000 };
}

/** Events from `send` to the end of an empty handler. */
async function finish(): Promise<object> {
  const lambda = await open();
  const orders = await lambda.createFunction({
    name: 'orders',
    code: { source: 'exports.handler = async () => {};' },
    isolation: 'inline',
  });
  const play = async (events: number): Promise<number> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = events;
    const onEnd = (): void => {
      left -= 1;
      if (left === 0) resolve();
    };
    lambda.on('async.succeeded', onEnd);
    const startedMs = performance.now();
    await sendMany(orders, events);
    await promise;
    lambda.off('async.succeeded', onEnd);
    return performance.now() - startedMs;
  };
  await play(Math.min(count, 5_000));
  return { perSecond: (count / (await play(count))) * 1_000 };
}

/** What an event takes while it waits. */
async function size(): Promise<object> {
  const { lambda, orders } = await deployBlocked();
  await sendMany(orders, 1_000);
  const before = await heldBytes();
  const beforeFile = where === 'sqlite' ? statSync(file).size : 0;
  await sendMany(orders, count);
  const bytes = ((await heldBytes()) - before) / count;
  const queued = lambda.stats().queuedEvents;
  if (queued < count) throw new Error(`${queued} of ${count} events are queued`);
  const fileBytes = where === 'sqlite' ? (statSync(file).size - beforeFile) / count : undefined;
  return { bytes, fileBytes, payloadBytes: JSON.stringify(event).length };
}

/**
 * Microseconds of one event, accepted and dealt with by an empty handler, while so many wait: for each one that
 * ends another one is sent.
 */
async function growth(): Promise<object> {
  const { orders, lambda } = await deployBlocked();
  await sendMany(orders, count);
  await orders.update({ reservedConcurrency: null });
  const { promise, resolve } = Promise.withResolvers<number>();
  let dealtWith = 0;
  let startedMs = 0;
  lambda.on('async.succeeded', () => {
    dealtWith += 1;
    if (dealtWith === warmUp) startedMs = performance.now();
    if (dealtWith === warmUp + probe) resolve(performance.now());
    if (dealtWith < warmUp + probe) orders.send(event).catch(fail);
  });
  clock.release();
  return { us: (((await promise) - startedMs) / probe) * 1_000 };
}

function fail(error: unknown): never {
  throw error;
}

/** The queue alone, in batches. */
async function queue(): Promise<object> {
  const storage: Storage =
    where === 'sqlite' ? await SqliteStorage.open({ file }) : new MemoryStorage();
  const messages = storage.openQueue({ name: 'bench', label: 'bench', isFifo: false });
  const body = JSON.stringify(event);
  let next = 0;
  const send = (many: number): Promise<unknown> =>
    messages.send(Array.from({ length: many }, () => ({ id: `event-${(next += 1)}`, body })));
  for (let filled = 0; filled < count; filled += 1_000) await send(Math.min(1_000, count - filled));
  const batch = 100;
  const rounds = probe / batch;
  await cycles(messages, send, batch, rounds);
  const startedMs = performance.now();
  await cycles(messages, send, batch, rounds);
  return { us: ((performance.now() - startedMs) / (rounds * batch)) * 1_000 };
}

async function cycles(
  messages: DeliveryQueue,
  send: (many: number) => Promise<unknown>,
  batch: number,
  rounds: number,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await send(batch);
    const leases = await messages.receive({ max: batch, waitMs: 0, visibilityMs: 60_000 });
    await messages.ack(leases);
  }
}

async function open(): Promise<Lambda> {
  return where === 'sqlite' ? Lambda.open({ storage: { file }, clock }) : new Lambda({ clock });
}

/** A function whose one place is taken for good, so that everything that is sent waits. */
async function deployBlocked(): Promise<{ lambda: Lambda; orders: LambdaFunction }> {
  const lambda = await open();
  const orders = await lambda.createFunction({
    name: 'orders',
    code: {
      source: `exports.handler = async ({ blocks }) => {
        if (blocks) await new Promise((done) => setTimeout(done, ${blockMs}));
      };`,
    },
    isolation: 'inline',
    timeoutMs: 900_000,
    reservedConcurrency: 1,
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  lambda.on('invocation.started', () => resolve());
  await orders.send({ blocks: true });
  await promise;
  return { lambda, orders };
}

async function sendMany(target: LambdaFunction, many: number): Promise<void> {
  if (where === 'memory') {
    for (let sent = 0; sent < many; sent += 1) await target.send(event);
    return;
  }
  for (let sent = 0; sent < many; sent += window) {
    const batch = Array.from({ length: Math.min(window, many - sent) }, () => target.send(event));
    await Promise.all(batch);
  }
}

async function heldBytes(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
