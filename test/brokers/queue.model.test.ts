import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokerError } from '../../src/brokers/broker-error.ts';
import { Queue } from '../../src/brokers/queue.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { QueueModel, type HandleOutcome, type QueueStep } from './queue-model.ts';
import { storages, type SharedContext } from './storages.ts';

/** So that a receive of 10 always takes everything that there is. */
const mostMessages = 10;

const short = fc.constantFrom(0, 1_000, 5_000);
const anyHandle = fc.nat({ max: 30 });

function stepsFor(maxima: readonly number[]): fc.Arbitrary<QueueStep[]> {
  const max = fc.constantFrom(...maxima);
  const group = fc.constantFrom('a', 'b', 'c');
  const step: fc.Arbitrary<QueueStep> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('send'), delayMs: short, group }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('receive'), max, visibilityMs: short }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete'), handle: anyHandle }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('change'),
        handle: anyHandle,
        visibilityMs: short,
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance'), ms: short }) },
  );
  return fc.array(step, { maxLength: 60 });
}

interface Case {
  readonly isFifo: boolean;
  readonly maxReceives: number;
  /** Of receives. */
  readonly maxima: readonly number[];
}

const cases: readonly [string, Case][] = [
  ['a standard queue', { isFifo: false, maxReceives: 1_000, maxima: [1, 2, 10] }],
  ['a FIFO queue', { isFifo: true, maxReceives: 1_000, maxima: [1, 2, 10] }],
  ['a standard queue with dead letters', { isFifo: false, maxReceives: 2, maxima: [10] }],
  ['a FIFO queue with dead letters', { isFifo: true, maxReceives: 2, maxima: [10] }],
];

describe.each(storages)('%s', (_, open) => {
  test.each(cases)('%s does what a plain list does', async (__, { maxima, ...options }) => {
    const context = await open();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(stepsFor(maxima), async (steps) => {
        const run = new QueueRun(context, { ...options, number: (runs += 1) });
        for (const step of steps) await run.take(step);
        await run.end();
      }),
      { numRuns: 150 },
    );
  });
});

/** Takes the same steps with a queue and its model, and compares. */
class QueueRun {
  readonly #clock: VirtualClock;
  readonly #letters: Queue;
  readonly #queue: Queue;
  readonly #model: QueueModel;
  readonly #isFifo: boolean;
  readonly #handles: string[] = [];
  #sent = 0;

  constructor(
    context: SharedContext,
    { isFifo, maxReceives, number }: Omit<Case, 'maxima'> & { readonly number: number },
  ) {
    const suffix = `-${number}${isFifo ? '.fifo' : ''}`;
    this.#clock = context.clock;
    this.#letters = new Queue(`letters${suffix}`, {}, context);
    const redrive = { target: this.#letters, maxReceives };
    this.#queue = new Queue(`orders${suffix}`, { redrive }, context);
    this.#model = new QueueModel({ isFifo, maxReceives });
    this.#isFifo = isFifo;
  }

  async end(): Promise<void> {
    await this.#queue.close();
    await this.#letters.close();
  }

  async take(step: QueueStep): Promise<void> {
    await this.#do(step);
    expect(this.#queue.counts).toMatchObject(this.#model.counts);
    expect(this.#letters.size).toBe(this.#model.letters.length);
  }

  async #do(step: QueueStep): Promise<void> {
    switch (step.kind) {
      case 'send':
        return this.#send(step);
      case 'receive':
        return this.#receive(step.max, step.visibilityMs);
      case 'delete':
        return this.#use(
          step.handle,
          (handle) => this.#queue.delete(handle),
          (index) => this.#model.delete(index),
        );
      case 'change':
        return this.#use(
          step.handle,
          (handle) => this.#queue.changeVisibility(handle, step.visibilityMs),
          (index) => this.#model.change(index, step.visibilityMs),
        );
      case 'advance':
        this.#model.advance(step.ms);
        return this.#clock.advance(step.ms);
    }
  }

  async #send({ delayMs, group }: QueueStep & { readonly kind: 'send' }): Promise<void> {
    if (this.#model.size === mostMessages) return;
    const body = `message ${(this.#sent += 1)}`;
    const ids = { groupId: group, dedupId: String(this.#sent) };
    await this.#queue.send(body, this.#isFifo ? ids : { delayMs });
    this.#model.send(body, group, this.#isFifo ? 0 : delayMs);
  }

  async #receive(max: number, visibilityMs: number): Promise<void> {
    const receivable = this.#model.receivable();
    const poison = new Set(this.#model.poison());
    const received = await this.#queue.receive({ max, visibilityMs });
    const bodies = received.map(({ body }) => body);

    const expected = receivable.filter((body) => !poison.has(body));
    expect(bodies).toHaveLength(Math.min(max, expected.length));
    expect(expected).toEqual(expect.arrayContaining(bodies));
    if (this.#isFifo) this.#expectInOrder(bodies, expected);
    this.#model.gaveUp([...poison]);
    this.#model.received(bodies, visibilityMs);
    this.#handles.push(...received.map(({ receiptHandle }) => receiptHandle));
  }

  /** Of each group the first ones, one after the other. */
  #expectInOrder(bodies: readonly string[], expected: readonly string[]): void {
    for (const group of ['a', 'b', 'c']) {
      const ofGroup = (body: string): boolean => this.#model.groupOf(body) === group;
      const received = bodies.filter(ofGroup);
      expect(received).toEqual(expected.filter(ofGroup).slice(0, received.length));
    }
  }

  async #use(
    pick: number,
    act: (handle: string) => Promise<boolean>,
    model: (index: number) => HandleOutcome,
  ): Promise<void> {
    if (this.#handles.length === 0) return;
    const index = pick % this.#handles.length;
    expect(await outcomeOf(act(this.#handles[index] ?? ''))).toBe(model(index));
  }
}

async function outcomeOf(action: Promise<boolean>): Promise<HandleOutcome> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof BrokerError) return 'refused';
    throw error;
  }
}
