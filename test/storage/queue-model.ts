/** What a test does with a queue; `handle` picks one of the leases that were ever handed out. */
export type QueueStep =
  | {
      readonly kind: 'send';
      readonly messages: readonly {
        readonly group: string;
        readonly dedup: string | undefined;
        readonly delayMs: number;
      }[];
    }
  | { readonly kind: 'receive'; readonly max: number; readonly visibilityMs: number }
  | { readonly kind: 'ack'; readonly handles: readonly number[] }
  | { readonly kind: 'nack'; readonly handle: number; readonly delayMs: number }
  | { readonly kind: 'extend'; readonly handle: number; readonly visibilityMs: number }
  | { readonly kind: 'deadLetter'; readonly handle: number }
  | { readonly kind: 'purge' }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'advance'; readonly ms: number };

export interface ModelMessage {
  readonly id: string;
  readonly group: string;
  readonly sentMs: number;
  readonly number: number;
  state: 'ready' | 'delayed' | 'leased';
  dueMs: number;
  /** In line; counts where there are no groups. */
  place: number;
  receiveCount: number;
  /** Of the lease that answers. */
  handle: number | undefined;
}

export interface ModelOptions {
  readonly isFifo: boolean;
  readonly retentionMs: number;
  readonly dedupWindowMs: number;
}

/** A queue as plain lists, without an eye on cost. */
export class QueueModel {
  nowMs: number;
  letters: string[] = [];
  readonly #options: ModelOptions;
  #messages: ModelMessage[] = [];
  #seen: { dedup: string; id: string; sentMs: number }[] = [];
  /** Groups in line, the next one first. */
  #line: string[] = [];
  #numbers = 0;
  #places = 0;
  #handles = 0;

  constructor(nowMs: number, options: ModelOptions) {
    this.nowMs = nowMs;
    this.#options = options;
  }

  /** The id of the message that is kept. */
  send(id: string, group: string, dedup: string | undefined, delayMs: number): string {
    this.#catchUp();
    const { isFifo, dedupWindowMs } = this.#options;
    if (isFifo && dedup !== undefined) {
      this.#seen = this.#seen.filter(({ sentMs }) => this.nowMs - sentMs < dedupWindowMs);
      const first = this.#seen.find((seen) => seen.dedup === dedup);
      if (first !== undefined) return first.id;
      this.#seen.push({ dedup, id, sentMs: this.nowMs });
    }
    this.#messages.push({
      id,
      group,
      sentMs: this.nowMs,
      number: (this.#numbers += 1),
      state: delayMs > 0 ? 'delayed' : 'ready',
      dueMs: this.nowMs + delayMs,
      place: (this.#places += 1),
      receiveCount: 0,
      handle: undefined,
    });
    this.#settle();
    return id;
  }

  receive(
    max: number,
    visibilityMs: number,
  ): { id: string; receiveCount: number; handle: number }[] {
    this.#catchUp();
    const taken = this.#options.isFifo ? this.#frontOfGroups(max) : this.#front(max);
    for (const message of taken) {
      message.state = 'leased';
      message.dueMs = this.nowMs + visibilityMs;
      message.receiveCount += 1;
      message.handle = this.#handles += 1;
    }
    this.#settle();
    return taken.map(({ id, receiveCount, handle = 0 }) => ({ id, receiveCount, handle }));
  }

  ack(handle: number): boolean {
    const message = this.#find(handle);
    if (message === undefined) return false;
    this.#drop([message]);
    return true;
  }

  nack(handle: number, delayMs: number): boolean {
    const message = this.#find(handle);
    if (message === undefined) return false;
    message.handle = undefined;
    message.state = delayMs > 0 ? 'delayed' : 'ready';
    message.dueMs = this.nowMs + delayMs;
    message.place = this.#places += 1;
    this.#settle();
    return true;
  }

  extend(handle: number, visibilityMs: number): boolean {
    const message = this.#find(handle);
    if (message === undefined) return false;
    message.state = 'leased';
    message.dueMs = this.nowMs + visibilityMs;
    this.#catchUp();
    return true;
  }

  deadLetter(handle: number): boolean {
    const message = this.#find(handle);
    if (message === undefined) return false;
    this.letters.push(message.id);
    this.#drop([message]);
    return true;
  }

  purge(): number {
    this.#catchUp();
    const count = this.#messages.length;
    this.#drop(this.#messages);
    this.#seen = [];
    return count;
  }

  reopen(): void {
    for (const message of this.#messages) message.handle = undefined;
    const leased = this.#messages.filter(({ state }) => state === 'leased');
    for (const message of leased.toSorted(byDueTime)) this.#makeReady(message);
  }

  stats(): { ready: number; delayed: number; leased: number; oldestMs: number | undefined } {
    this.#catchUp();
    const count = (state: string): number =>
      this.#messages.filter((message) => message.state === state).length;
    const kept = this.#messages.filter((message) => !this.#isTooOld(message));
    return {
      ready: count('ready'),
      delayed: count('delayed'),
      leased: count('leased'),
      oldestMs: kept.length === 0 ? undefined : Math.min(...kept.map(({ sentMs }) => sentMs)),
    };
  }

  #catchUp(): void {
    const due = this.#messages.filter(
      ({ state, dueMs }) => state !== 'ready' && dueMs <= this.nowMs,
    );
    for (const message of due.toSorted(byDueTime)) this.#makeReady(message);
    this.#drop(
      this.#messages.filter((message) => message.state !== 'leased' && this.#isTooOld(message)),
    );
  }

  #makeReady(message: ModelMessage): void {
    if (this.#options.isFifo && message.state === 'leased') message.handle = undefined;
    message.state = 'ready';
    message.place = this.#places += 1;
    this.#settle();
  }

  #isTooOld({ sentMs }: ModelMessage): boolean {
    return this.nowMs - sentMs >= this.#options.retentionMs;
  }

  #find(handle: number): ModelMessage | undefined {
    this.#catchUp();
    return this.#messages.find((message) => message.handle === handle);
  }

  #drop(messages: readonly ModelMessage[]): void {
    for (const message of messages) {
      this.#messages = this.#messages.filter((other) => other !== message);
      this.#settle();
    }
  }

  #front(max: number): ModelMessage[] {
    const ready = this.#messages.filter(({ state }) => state === 'ready');
    return ready.toSorted((a, b) => a.place - b.place).slice(0, max);
  }

  #frontOfGroups(max: number): ModelMessage[] {
    const taken: ModelMessage[] = [];
    for (const group of this.#line) {
      for (const message of this.#messages.filter((other) => other.group === group)) {
        if (message.state !== 'ready' || taken.length === max) break;
        taken.push(message);
      }
    }
    return taken;
  }

  /** A group whose first message is ready stands in line. */
  #settle(): void {
    const firsts = new Map<string, ModelMessage>();
    for (const message of this.#messages) {
      if (!firsts.has(message.group)) firsts.set(message.group, message);
    }
    const mayGo = (group: string): boolean => firsts.get(group)?.state === 'ready';
    this.#line = this.#line.filter(mayGo);
    for (const group of firsts.keys()) {
      if (mayGo(group) && !this.#line.includes(group)) this.#line.push(group);
    }
  }
}

function byDueTime(a: ModelMessage, b: ModelMessage): number {
  return a.dueMs - b.dueMs || a.number - b.number;
}
