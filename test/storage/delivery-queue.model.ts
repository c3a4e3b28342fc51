import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeliveryQueue, LeaseKey } from '../../src/storage/delivery-queue.ts';
import { QueueModel, type ModelOptions, type QueueStep } from './queue-model.ts';
import { openStorage, type OpenStorage, type StorageUnderTest } from './storage-under-test.ts';

const delayMs = fc.constantFrom(0, 0, 1, 5, 10, 30);
const handle = fc.nat(20);
const step: fc.Arbitrary<QueueStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      messages: fc.array(
        fc.record({
          group: fc.constantFrom('a', 'b', 'c'),
          dedup: fc.option(fc.constantFrom('d', 'e'), { nil: undefined, freq: 3 }),
          delayMs,
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('receive' as const),
      max: fc.constantFrom(1, 2, 10),
      visibilityMs: fc.constantFrom(0, 5, 10, 40),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('ack' as const),
      handles: fc.array(handle, { maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('nack' as const), handle, delayMs }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('extend' as const),
      handle,
      visibilityMs: fc.constantFrom(0, 5, 20),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deadLetter' as const), handle }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'purge' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      ms: fc.constantFrom(1, 5, 10, 30, 60),
    }),
  },
);

/** Random steps: a `DeliveryQueue` does what plain lists do, to the order of every message. */
export function deliveryQueueModel(subject: StorageUnderTest, numRuns: number): void {
  describe(`random steps ${subject.name}`, () => {
    test.each([
      ['a standard queue', { isFifo: false, retentionMs: 1e9, dedupWindowMs: 20 }],
      ['a FIFO queue', { isFifo: true, retentionMs: 1e9, dedupWindowMs: 20 }],
      [
        'a standard queue that drops what is old',
        { isFifo: false, retentionMs: 40, dedupWindowMs: 20 },
      ],
      ['a FIFO queue that drops what is old', { isFifo: true, retentionMs: 40, dedupWindowMs: 20 }],
    ])('%s does what plain lists do', async (_, options) => {
      const opened = await openStorage(subject);
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const pair = new QueueAndModel(opened, `run ${(run += 1)}`, options);
          for (const each of steps) await pair.take(each);
          await pair.close();
        }),
        { numRuns },
      );
    });
  });
}

/** Takes the same steps with a queue and its model, and compares. */
class QueueAndModel {
  readonly #opened: OpenStorage;
  readonly #name: string;
  readonly #options: ModelOptions;
  readonly #model: QueueModel;
  readonly #letters: DeliveryQueue;
  /** Of the queue, by the handle of the model. */
  readonly #leases = new Map<number, LeaseKey>();
  #queue: DeliveryQueue;
  #sent = 0;

  constructor(opened: OpenStorage, name: string, options: ModelOptions) {
    this.#opened = opened;
    this.#name = name;
    this.#options = options;
    this.#model = new QueueModel(opened.clock.now(), options);
    this.#queue = this.#open();
    this.#letters = opened.openQueue({ name: `letters of ${name}`, isFifo: options.isFifo });
  }

  async take(next: QueueStep): Promise<void> {
    await this.#do(next);
    expect(this.#queue.stats()).toEqual(this.#model.stats());
    const { letters } = this.#model;
    expect(this.#letters.stats()).toMatchObject({ ready: letters.length });
  }

  async close(): Promise<void> {
    const letters = await this.#letters.receive({ max: 100, waitMs: 0, visibilityMs: 0 });
    expect(letters.map(({ id }) => id).toSorted()).toEqual(this.#model.letters.toSorted());
    await this.#queue.close();
    await this.#letters.close();
  }

  async #do(next: QueueStep): Promise<void> {
    switch (next.kind) {
      case 'send':
        return this.#send(next);
      case 'receive':
        return this.#receive(next.max, next.visibilityMs);
      case 'ack': {
        const known = next.handles.filter((number) => this.#leases.has(number));
        const acked = await this.#queue.ack(known.map((number) => this.#lease(number)));
        expect(acked).toEqual(known.map((number) => this.#model.ack(number)));
        return;
      }
      case 'nack': {
        if (!this.#leases.has(next.handle)) return;
        const lease = this.#lease(next.handle);
        const isDone = await this.#queue.nack(lease, { delayMs: next.delayMs, reason: '' });
        expect(isDone).toBe(this.#model.nack(next.handle, next.delayMs));
        return;
      }
      case 'extend': {
        if (!this.#leases.has(next.handle)) return;
        const isDone = await this.#queue.extend(this.#lease(next.handle), next.visibilityMs);
        expect(isDone).toBe(this.#model.extend(next.handle, next.visibilityMs));
        return;
      }
      case 'deadLetter': {
        if (!this.#leases.has(next.handle)) return;
        const options = { reason: '', target: this.#letters };
        const isDone = await this.#queue.deadLetter(this.#lease(next.handle), options);
        expect(isDone).toBe(this.#model.deadLetter(next.handle));
        return;
      }
      case 'purge':
        expect(await this.#queue.purge()).toBe(this.#model.purge());
        return;
      case 'reopen':
        await this.#queue.close();
        this.#queue = this.#open();
        this.#model.reopen();
        return;
      case 'advance':
        await this.#opened.clock.advance(next.ms);
        this.#model.nowMs = this.#opened.clock.now();
    }
  }

  async #send({ messages }: QueueStep & { readonly kind: 'send' }): Promise<void> {
    const nowMs = this.#opened.clock.now();
    const batch = messages.map(({ group, dedup, delayMs: delay }) => ({
      id: `${(this.#sent += 1)}`,
      group,
      dedup,
      delay,
    }));
    const results = await this.#queue.send(
      batch.map(({ id, group, dedup, delay }) => ({
        id,
        body: `body ${id}`,
        groupId: group,
        notBeforeMs: nowMs + delay,
        ...(dedup !== undefined && { dedupId: dedup }),
      })),
    );
    const kept = batch.map(({ id, group, dedup, delay }) =>
      this.#model.send(id, group, dedup, delay),
    );
    expect(results.map(({ id }) => id)).toEqual(kept);
    expect(results.map(({ isDuplicate }) => isDuplicate)).toEqual(
      kept.map((id, index) => id !== batch[index]?.id),
    );
  }

  async #receive(max: number, visibilityMs: number): Promise<void> {
    const leases = await this.#queue.receive({ max, waitMs: 0, visibilityMs });
    const expected = this.#model.receive(max, visibilityMs);
    expect(leases).toMatchObject(
      expected.map(({ id, receiveCount }) => ({ id, body: `body ${id}`, receiveCount })),
    );
    for (const [index, { handle: number }] of expected.entries()) {
      const lease = leases[index];
      if (lease !== undefined) this.#leases.set(number, lease);
    }
  }

  #open(): DeliveryQueue {
    return this.#opened.openQueue({ name: this.#name, ...this.#options });
  }

  #lease(number: number): LeaseKey {
    const lease = this.#leases.get(number);
    if (lease === undefined) throw new Error('a lease that was never handed out');
    return lease;
  }
}
