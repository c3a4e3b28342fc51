import PQueue from 'p-queue';

/**
 * At most `size` isolates run on pool threads at one time; isolated-vm itself has no cap, and fifty
 * spinning guests would make everyone's calls slow (native-notes/watchdog.md). A free slot is taken
 * without a queue; the line of those who wait is a p-queue, first come, first served.
 */
export class RunSlots {
  readonly #size: number;
  #taken = 0;
  /** Its one running task is the head of the line, waiting for a slot to be handed over. */
  readonly #line = new PQueue({ concurrency: 1 });
  #handOver: (() => void) | undefined;
  /** Those who wait for a slot to become free without taking it. */
  #onRelief: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Takes a slot at once, if one is free and nobody waits for it. */
  tryAcquire(): boolean {
    if (this.#taken >= this.#size || this.waiting > 0) return false;
    this.#taken += 1;
    return true;
  }

  /** Waits in line for a slot. */
  acquire(): Promise<void> {
    return this.#line.add(
      () =>
        new Promise<void>((granted) => {
          if (this.#taken < this.#size) {
            this.#taken += 1;
            granted();
            return;
          }
          this.#handOver = granted;
        }),
    );
  }

  release(): void {
    for (const relieve of this.#onRelief.splice(0)) relieve();
    const handOver = this.#handOver;
    if (handOver === undefined) {
      this.#taken -= 1;
      return;
    }
    // The slot goes straight to the head of the line, so nobody can overtake it.
    this.#handOver = undefined;
    handOver();
  }

  /** Set while no slot is free; resolves when one was given back, which somebody in line may have got. */
  relief(): Promise<void> | undefined {
    if (this.#taken < this.#size) return undefined;
    return new Promise((resolve) => {
      this.#onRelief.push(resolve);
    });
  }

  /** How many wait. */
  get waiting(): number {
    return this.#line.size + this.#line.pending;
  }
}
