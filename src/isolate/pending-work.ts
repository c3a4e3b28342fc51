import type { Clock, ClockTimer } from '../core/clock.ts';
import type { HostTask } from '../host/host-services.ts';

/** What the guest waits for and what it is told when it happens. */
export interface Delivery {
  readonly id: number;
  readonly failed: boolean;
  readonly text: string | undefined;
  readonly bytes?: Uint8Array | undefined;
}

type Operation =
  | {
      readonly kind: 'timer';
      readonly delayMs: number;
      readonly repeats: boolean;
      isRef: boolean;
      timer: ClockTimer | undefined;
      dueMs: number;
      /** Time that was left when the environment froze. */
      leftMs: number;
    }
  | { readonly kind: 'immediate' | 'import'; isRef: boolean }
  /** An operation of a service: it outlives invocations, as sockets of a frozen process do. */
  | { readonly kind: 'host'; isRef: boolean; readonly task: HostTask };

/** So many timers and immediates may pass an answer that waits: endless ones must not hold it up. */
const mostPassing = 64;

/**
 * Timers and operations of one environment. They keep its event loop busy while they are ref'd, pause when
 * the environment freezes and go on when it thaws.
 */
export class PendingWork {
  readonly #clock: Clock;
  readonly #label: string;
  readonly #onReady: () => void;
  readonly #operations = new Map<number, Operation>();
  /** Timers, immediates and imports that are ready. */
  readonly #ready = new ReadyQueue();
  /** What services answered. */
  readonly #answers = new ReadyQueue();
  /** How many passed the first answer. */
  #passed = 0;
  #refs = 0;
  #isFrozen = false;

  /** `onReady` is called when a delivery is there and none was before. */
  constructor(clock: Clock, label: string, onReady: () => void) {
    this.#clock = clock;
    this.#label = label;
    this.#onReady = onReady;
  }

  /** Nothing that could still run code keeps the loop alive: Node would be at the end of its event loop. */
  get isLoopEmpty(): boolean {
    return this.#refs === 0;
  }

  get isEmpty(): boolean {
    return this.#operations.size === 0;
  }

  get size(): number {
    return this.#operations.size;
  }

  addTimer(id: number, delayMs: number, repeats: boolean): void {
    const operation: Operation = {
      kind: 'timer',
      delayMs,
      repeats,
      isRef: true,
      timer: undefined,
      dueMs: 0,
      leftMs: delayMs,
    };
    this.#add(id, operation);
    if (!this.#isFrozen) this.#arm(id, operation);
  }

  addImmediate(id: number): void {
    this.#add(id, { kind: 'immediate', isRef: true });
    this.#deliver({ id, failed: false, text: undefined });
  }

  /** An operation that the host answers with `settle`. */
  addOperation(id: number): void {
    this.#add(id, { kind: 'import', isRef: true });
  }

  /** An operation of a service. */
  addHostOperation(id: number, task: HostTask): void {
    this.#add(id, { kind: 'host', isRef: true, task });
  }

  settle(delivery: Delivery): void {
    if (this.#operations.has(delivery.id)) this.#deliver(delivery);
  }

  cancel(id: number): void {
    const operation = this.#operations.get(id);
    if (operation === undefined) return;
    if (operation.kind === 'timer') operation.timer?.cancel();
    if (operation.kind === 'host' && !this.#answers.has(id)) operation.task.cancel();
    this.#forget(id, operation);
  }

  #forget(id: number, operation: Operation): void {
    this.#operations.delete(id);
    if (operation.isRef) this.#refs -= 1;
    this.#ready.remove(id);
    this.#answers.remove(id);
    if (operation.kind === 'host') operation.task.forget();
  }

  setRef(id: number, isRef: boolean): void {
    const operation = this.#operations.get(id);
    if (operation === undefined || operation.isRef === isRef) return;
    operation.isRef = isRef;
    this.#refs += isRef ? 1 : -1;
  }

  /**
   * The next delivery. Timers and immediates come in the order in which they became ready, and so do
   * answers; but as in Node, where nothing is heard from outside while code runs, an immediate that the
   * code asked for comes before the answer to what it sent.
   */
  next(): Delivery | undefined {
    const isAnswersTurn = this.#ready.size === 0 || this.#passed >= mostPassing;
    const delivery = (isAnswersTurn ? this.#answers.shift() : undefined) ?? this.#ready.shift();
    this.#passed = isAnswersTurn || this.#answers.size === 0 ? 0 : this.#passed + 1;
    if (delivery === undefined) return undefined;
    const operation = this.#operations.get(delivery.id);
    if (operation?.kind === 'timer' && operation.repeats) this.#arm(delivery.id, operation);
    else if (operation !== undefined) this.#forget(delivery.id, operation);
    return delivery;
  }

  get hasReady(): boolean {
    return this.#ready.size > 0 || this.#answers.size > 0;
  }

  /** The timer that fires next; one that keeps the loop busy comes first. */
  nextTimer(): { readonly label: string; readonly inMs: number } | undefined {
    let next: Extract<Operation, { kind: 'timer' }> | undefined;
    for (const operation of this.#operations.values()) {
      if (operation.kind !== 'timer' || operation.timer === undefined) continue;
      const isSooner = next === undefined || operation.dueMs < next.dueMs;
      const isAsBusy = next === undefined || operation.isRef === next.isRef;
      if (isAsBusy ? isSooner : operation.isRef) next = operation;
    }
    if (next === undefined) return undefined;
    return { label: this.#timerLabel(next), inMs: next.dueMs - this.#clock.now() };
  }

  freeze(): void {
    if (this.#isFrozen) return;
    this.#isFrozen = true;
    const nowMs = this.#clock.now();
    for (const operation of this.#operations.values()) {
      if (operation.kind !== 'timer' || operation.timer === undefined) continue;
      operation.timer.cancel();
      operation.timer = undefined;
      operation.leftMs = Math.max(operation.dueMs - nowMs, 0);
    }
  }

  thaw(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    for (const [id, operation] of this.#operations) {
      const waits = operation.kind === 'timer' && !this.#ready.has(id);
      if (waits) this.#arm(id, operation, operation.leftMs);
    }
  }

  /** Drops everything. */
  clear(): void {
    for (const id of [...this.#operations.keys()]) this.cancel(id);
  }

  /** Drops timers and immediates; what services work on goes on. */
  clearTimers(): void {
    for (const [id, operation] of this.#operations) {
      if (operation.kind !== 'host') this.cancel(id);
    }
  }

  #add(id: number, operation: Operation): void {
    this.cancel(id);
    this.#operations.set(id, operation);
    this.#refs += 1;
  }

  #arm(
    id: number,
    operation: Extract<Operation, { kind: 'timer' }>,
    delayMs = operation.delayMs,
  ): void {
    operation.dueMs = this.#clock.now() + delayMs;
    operation.timer = this.#clock.setTimer(
      () => {
        operation.timer = undefined;
        this.#deliver({ id, failed: false, text: undefined });
      },
      delayMs,
      { label: this.#timerLabel(operation) },
    );
  }

  #timerLabel({ delayMs, repeats }: Extract<Operation, { kind: 'timer' }>): string {
    return `${this.#label}: ${repeats ? 'setInterval' : 'setTimeout'} of ${delayMs} ms`;
  }

  #deliver(delivery: Delivery): void {
    const isAnswer = this.#operations.get(delivery.id)?.kind === 'host';
    (isAnswer ? this.#answers : this.#ready).push(delivery);
    if (this.#ready.size + this.#answers.size === 1) this.#onReady();
  }
}

/** Deliveries handed out before the queue's array is cut. */
const longestGap = 16_384;

/**
 * Deliveries in the order of their arrival, at most one for each operation. Ten thousand may be ready at
 * once and any of them may be cancelled, so taking and removing one must not look at the others.
 */
class ReadyQueue {
  /** A removed delivery leaves a gap. */
  #deliveries: (Delivery | undefined)[] = [];
  #head = 0;
  /** How many were cut off in front of `#deliveries`; places count from the very first. */
  #cut = 0;
  readonly #places = new Map<number, number>();

  get size(): number {
    return this.#places.size;
  }

  has(id: number): boolean {
    return this.#places.has(id);
  }

  push(delivery: Delivery): void {
    this.remove(delivery.id);
    this.#places.set(delivery.id, this.#cut + this.#deliveries.push(delivery) - 1);
  }

  shift(): Delivery | undefined {
    while (this.#head < this.#deliveries.length) {
      const delivery = this.#deliveries[this.#head];
      this.#head += 1;
      if (delivery === undefined) continue;
      this.remove(delivery.id);
      if (this.#head >= longestGap) this.#compact();
      return delivery;
    }
    return undefined;
  }

  remove(id: number): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#deliveries[place - this.#cut] = undefined;
    this.#places.delete(id);
    if (this.#places.size === 0) this.clear();
  }

  clear(): void {
    this.#deliveries = [];
    this.#head = 0;
    this.#cut = 0;
    this.#places.clear();
  }

  /** A queue that never runs empty must not keep what it has handed out. */
  #compact(): void {
    this.#deliveries = this.#deliveries.slice(this.#head);
    this.#cut += this.#head;
    this.#head = 0;
  }
}
