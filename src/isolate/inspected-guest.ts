import { GuestIsolate, type Entered } from './guest-isolate.ts';
import { forgetAtExit, keepUntilExit } from './inspected-exit.ts';
import { InspectorChannel } from './inspector-channel.ts';
import { RunSlots } from './run-slots.ts';

/**
 * What V8 may use above the function's limit, in MB. V8's own end of an isolate that has an inspector
 * session never comes to an end, so the host looks at the heap and ends it before
 * (native-notes/inspector.md).
 */
const memoryReserveMb = 1_024;

/** A paused guest holds its thread for as long as somebody thinks: it must not take a slot from others. */
const unlimitedSlots = new RunSlots(Infinity);

/**
 * An isolate that a debugger may look into. Nobody else uses it, and the host never waits for it: a call
 * that blocks the host's thread while the guest is paused would block the debugger's connection too.
 */
export class InspectedGuest extends GuestIsolate {
  #channel: InspectorChannel | undefined;
  #lastMemoryBytes = 0;
  #ended: Promise<void> | undefined;

  private constructor(memoryLimitMb: number) {
    super({ kind: 'thread', slots: unlimitedSlots }, memoryLimitMb + memoryReserveMb, true);
  }

  static async create(memoryLimitMb: number): Promise<InspectedGuest> {
    const guest = new InspectedGuest(memoryLimitMb);
    // V8 still tells its inspector of the new contexts, on another thread; a session must not meet that.
    await guest.#turn();
    guest.#channel = new InspectorChannel(guest.isolate, guest.context);
    keepUntilExit(guest);
    return guest;
  }

  get channel(): InspectorChannel {
    if (this.#channel === undefined) throw new Error('The inspector session is not open');
    return this.#channel;
  }

  /** Resolves when the isolate was disposed; `undefined` while nobody wants that. */
  get ended(): Promise<void> | undefined {
    return this.#ended;
  }

  /** They load when they are first touched: compiling them here would block the host's thread. */
  override defineParts(): void {}

  /** As of the look before; this one's result comes later. */
  override memoryBytes(): number {
    this.isolate.getHeapStatistics().then(
      (heap) => {
        const { total_heap_size: used, malloced_memory: malloced } = heap;
        this.#lastMemoryBytes = used + malloced + heap.externally_allocated_size;
      },
      // Disposed meanwhile.
      () => {},
    );
    return this.#lastMemoryBytes;
  }

  override enter(run: (options: { timeout: number }) => Entered, timeoutMs: number): Entered {
    return super.enter(async (options) => {
      try {
        return await run(options);
      } catch (error) {
        // V8's inspector ended the entry on our behalf; it rejects with `null`.
        throw this.#ended !== undefined && error === null
          ? new Error('Isolate is disposed', { cause: error })
          : error;
      }
    }, timeoutMs);
  }

  override endIsolate(): void {
    this.#ended ??= this.#end();
  }

  /** The order matters: a session that outlives its isolate hangs or ends the process. */
  async #end(): Promise<void> {
    this.channel.shut();
    this.channel.tell('Runtime.terminateExecution');
    await this.channel.reset();
    // Whatever still runs comes to its end before this gets its turn.
    await this.#turn();
    this.channel.dispose();
    await this.#turn();
    forgetAtExit(this);
    if (!this.isolate.isDisposed) this.isolate.dispose();
  }

  async #turn(): Promise<void> {
    try {
      if (!this.isolate.isDisposed) await this.isolate.getHeapStatistics();
    } catch {
      // It is gone already, so there is nothing to wait for.
    }
  }

  /** Asks whatever runs to stop, without waiting: the process is about to end. */
  interrupt(): void {
    this.channel.shut();
    this.channel.tell('Runtime.terminateExecution');
    this.channel.tell('Debugger.disable');
  }

  /** Time that a thread has spent in the isolate, pauses included: it stands still while none is there. */
  get occupiedNs(): bigint {
    return this.isolate.isDisposed ? 0n : this.isolate.wallTime;
  }
}
