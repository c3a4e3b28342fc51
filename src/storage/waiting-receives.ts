import type { Clock, ClockTimer } from '../core/clock.ts';
import type { Lease, ReceiveOptions } from './delivery-queue.ts';
import { LinkedList, type Linked } from './linked-list.ts';

/** A receive that found nothing and waits. */
export class WaitingReceive implements Linked<WaitingReceive> {
  readonly options: ReceiveOptions;
  readonly resolve: (leases: readonly Lease[]) => void;
  readonly reject: (reason: unknown) => void;
  timer: ClockTimer | undefined = undefined;
  onAbort: (() => void) | undefined = undefined;
  prev: WaitingReceive | undefined = undefined;
  next: WaitingReceive | undefined = undefined;

  constructor(
    options: ReceiveOptions,
    { resolve, reject }: Pick<PromiseWithResolvers<readonly Lease[]>, 'resolve' | 'reject'>,
  ) {
    this.options = options;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** Long polls: served first come first served; ended by their time, their signal or the end of the queue. */
export class WaitingReceives {
  readonly #clock: Clock;
  readonly #label: string;
  readonly #waiting = new LinkedList<WaitingReceive>();

  constructor(clock: Clock, label: string) {
    this.#clock = clock;
    this.#label = label;
  }

  /** The one that is served next. */
  get first(): WaitingReceive | undefined {
    return this.#waiting.first;
  }

  add(options: ReceiveOptions): Promise<readonly Lease[]> {
    const { promise, ...settle } = Promise.withResolvers<readonly Lease[]>();
    // Nobody has the promise yet when the change that began the wait is taken back.
    promise.catch(() => {});
    const receive = new WaitingReceive(options, settle);
    const end = (): void => this.remove(receive).resolve([]);
    if (options.waitMs !== Number.POSITIVE_INFINITY) {
      const label = `${this.#label}: a receive waits for a message`;
      receive.timer = this.#clock.setTimer(end, options.waitMs, { label });
    }
    if (options.signal !== undefined) {
      receive.onAbort = end;
      options.signal.addEventListener('abort', end, { once: true });
    }
    this.#waiting.push(receive);
    return promise;
  }

  /** Its caller settles it. */
  remove(receive: WaitingReceive): WaitingReceive {
    this.#waiting.remove(receive);
    receive.timer?.cancel();
    if (receive.onAbort !== undefined) {
      receive.options.signal?.removeEventListener('abort', receive.onAbort);
    }
    return receive;
  }

  /** Ends all of them with nothing. */
  endAll(): void {
    for (let { first } = this; first !== undefined; { first } = this) {
      this.remove(first).resolve([]);
    }
  }

  failAll(error: unknown): void {
    for (let { first } = this; first !== undefined; { first } = this) {
      this.remove(first).reject(error);
    }
  }
}
