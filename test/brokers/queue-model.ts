/** What is asked of a queue and of its model. `handle` picks one of those that were given so far. */
export type QueueStep =
  | { readonly kind: 'send'; readonly delayMs: number; readonly group: string }
  | { readonly kind: 'receive'; readonly max: number; readonly visibilityMs: number }
  | { readonly kind: 'delete'; readonly handle: number }
  | { readonly kind: 'change'; readonly handle: number; readonly visibilityMs: number }
  | { readonly kind: 'advance'; readonly ms: number };

interface ModelMessage {
  readonly body: string;
  readonly group: string;
  readonly visibleFromMs: number;
  hiddenUntilMs: number;
  receives: number;
  isGone: boolean;
}

interface ModelHandle {
  readonly message: ModelMessage;
  /** The message's how many-th receive it came from. */
  readonly receive: number;
}

/** What becomes of a delete or change. */
export type HandleOutcome = boolean | 'refused';

/** A queue as a list that is searched from the front: slow, and easy to believe. */
export class QueueModel {
  readonly letters: string[] = [];
  readonly #isFifo: boolean;
  readonly #maxReceives: number;
  #messages: ModelMessage[] = [];
  #handles: ModelHandle[] = [];
  #nowMs = 0;

  constructor(options: { readonly isFifo: boolean; readonly maxReceives: number }) {
    this.#isFifo = options.isFifo;
    this.#maxReceives = options.maxReceives;
  }

  get size(): number {
    return this.#messages.length;
  }

  get handles(): number {
    return this.#handles.length;
  }

  get counts(): { readonly visible: number; readonly delayed: number; readonly inFlight: number } {
    const inFlight = this.#messages.filter((message) => this.#isInFlight(message)).length;
    const delayed = this.#messages.filter(
      ({ visibleFromMs }) => visibleFromMs > this.#nowMs,
    ).length;
    return { visible: this.size - inFlight - delayed, delayed, inFlight };
  }

  send(body: string, group: string, delayMs: number): void {
    const visibleFromMs = this.#nowMs + delayMs;
    const message = { body, group, visibleFromMs, hiddenUntilMs: 0, receives: 0, isGone: false };
    this.#messages.push(message);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** What may come now: all of it, when there is room; in a FIFO queue in the order of each group. */
  receivable(): string[] {
    const closed = new Set<string>();
    const found: ModelMessage[] = [];
    for (const message of this.#messages) {
      const isVisible = message.visibleFromMs <= this.#nowMs && !this.#isInFlight(message);
      if (isVisible && !(this.#isFifo && closed.has(message.group))) found.push(message);
      else closed.add(message.group);
    }
    return found.map(({ body }) => body);
  }

  /** Messages that the next receive moves away. */
  poison(): string[] {
    const receivable = new Set(this.receivable());
    return this.#messages
      .filter(({ body, receives }) => receivable.has(body) && receives >= this.#maxReceives)
      .map(({ body }) => body);
  }

  groupOf(body: string): string {
    return this.#find(body).group;
  }

  /** The queue gave these out. */
  received(bodies: readonly string[], visibilityMs: number): void {
    for (const body of bodies) {
      const message = this.#find(body);
      message.receives += 1;
      message.hiddenUntilMs = this.#nowMs + visibilityMs;
      this.#handles.push({ message, receive: message.receives });
    }
  }

  /** The queue moved these away. */
  gaveUp(bodies: readonly string[]): void {
    for (const body of bodies) this.#remove(this.#find(body));
    this.letters.push(...bodies);
  }

  delete(index: number): HandleOutcome {
    const { message, isGood } = this.#handle(index);
    if (message.isGone) return false;
    if (isGood) this.#remove(message);
    return isGood || (this.#isFifo ? 'refused' : false);
  }

  change(index: number, visibilityMs: number): HandleOutcome {
    const { message, isGood } = this.#handle(index);
    if (message.isGone) return 'refused';
    if (isGood) message.hiddenUntilMs = this.#nowMs + visibilityMs;
    return isGood || (this.#isFifo ? 'refused' : false);
  }

  #handle(index: number): { readonly message: ModelMessage; readonly isGood: boolean } {
    const handle = this.#handles[index];
    if (handle === undefined) throw new Error(`no handle ${index}`);
    const { message, receive } = handle;
    const isNewest = receive === message.receives;
    return { message, isGood: isNewest && (!this.#isFifo || this.#isInFlight(message)) };
  }

  #isInFlight({ hiddenUntilMs }: ModelMessage): boolean {
    return hiddenUntilMs > this.#nowMs;
  }

  #find(body: string): ModelMessage {
    const message = this.#messages.find((one) => one.body === body);
    if (message === undefined) throw new Error(`"${body}" is not in the queue`);
    return message;
  }

  #remove(message: ModelMessage): void {
    message.isGone = true;
    this.#messages = this.#messages.filter((one) => one !== message);
  }
}
