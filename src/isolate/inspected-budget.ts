import { setRealTimer, type RealTimer } from '../core/clock.ts';
import type { Fault } from '../invoke/executor.ts';
import type { InspectedGuest } from './inspected-guest.ts';

/** What isolated-vm is told when nothing limits an entry: the longest it takes, 24 days. */
export const unlimitedMs: number = 2 ** 31 - 1;

/** How often the heap of a running guest is looked at. */
const memoryLookMs = 100;

const bytesPerMb = 1_048_576;

/**
 * The limits of an inspected environment, which the host keeps: wall time while no debugger is attached,
 * and the heap. Computing time is not limited: a debugger may attach at any moment, and V8 cannot be told
 * then.
 */
export class InspectedBudget {
  readonly #guest: InspectedGuest;
  readonly #memoryMb: number;
  readonly #onExceeded: (fault: Fault) => void;
  #timeoutMs: number | undefined;
  #isAttached = false;
  #timer: RealTimer | undefined;
  #look: RealTimer | undefined;

  constructor(guest: InspectedGuest, memoryMb: number, onExceeded: (fault: Fault) => void) {
    this.#guest = guest;
    this.#memoryMb = memoryMb;
    this.#onExceeded = onExceeded;
  }

  /** An init or an invocation begins. */
  begin(timeoutMs: number): void {
    this.#timeoutMs = timeoutMs;
    this.#restart();
    this.#lookLater();
  }

  end(): void {
    this.#timeoutMs = undefined;
    this.#timer?.cancel();
    this.#look?.cancel();
  }

  /** When a debugger leaves, the time counts from the start again. */
  setAttached(isAttached: boolean): void {
    if (this.#isAttached === isAttached) return;
    this.#isAttached = isAttached;
    this.#restart();
  }

  #restart(): void {
    this.#timer?.cancel();
    if (this.#timeoutMs === undefined || this.#isAttached) return;
    this.#timer = setRealTimer(
      () => this.#onExceeded({ kind: 'timeout', budget: 'wall' }),
      this.#timeoutMs,
    );
  }

  #lookLater(): void {
    this.#look?.cancel();
    this.#look = setRealTimer(() => void this.#lookAtHeap(), memoryLookMs);
    this.#look.unref();
  }

  async #lookAtHeap(): Promise<void> {
    const json = await this.#guest.channel.request('Runtime.getHeapUsage');
    if (this.#timeoutMs === undefined) return;
    const { result } = JSON.parse(json) as { result?: { usedSize?: number } };
    if ((result?.usedSize ?? 0) > this.#memoryMb * bytesPerMb) {
      this.#onExceeded({ kind: 'out-of-memory' });
    } else {
      this.#lookLater();
    }
  }
}
