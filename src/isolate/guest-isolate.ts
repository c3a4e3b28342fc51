import type ivm from 'isolated-vm';
import { guestEntry } from '../wire/messages.ts';
import { producedCache } from './compile-cache.ts';
import { engine } from './engine.ts';
import { bootstrapFilename, bootstrapSource } from './guest-bundle.ts';
import { defineParts } from './foreseen-parts.ts';
import { exactBuffer } from './guest-messages.ts';
import type { Delivery } from './pending-work.ts';
import type { RunSlots } from './run-slots.ts';

/** Who hears what the guest sends. Both may be called while an entry runs. */
export interface GuestListener {
  onEmit(kind: number, text: string, bytes: unknown): void;
  onCall(kind: number, text: string, bytes: unknown): string | ArrayBuffer | undefined;
  /** V8 lost control of the isolate: its entry never ends, its memory is gone for good. */
  onCatastrophe(message: string): void;
}

/** How a tier enters isolates. */
export type Tier =
  | { readonly kind: 'inline' }
  | { readonly kind: 'thread'; readonly slots: RunSlots };

/** An entry's end: the value the guest returned, at once or later. */
export type Entered = string | undefined | Promise<string | undefined>;

let bootstrapCache: ivm.ExternalCopy<ArrayBuffer> | undefined;

/**
 * One isolate with the bootstrap in it. Blank until a session takes it. Every entry has a native timeout;
 * strings and numbers are all that goes in or out.
 */
export class GuestIsolate {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
  readonly memoryLimitMb: number;
  /** A debugger may pause it at any time, so nothing may be done in it on the host's own thread. */
  readonly isInspected: boolean;
  readonly #tier: Tier;
  readonly #start: ivm.Reference<GuestFunction>;
  readonly #invoke: ivm.Reference<GuestFunction>;
  readonly #deliver: ivm.Reference<GuestFunction>;
  #listener: GuestListener = silentListener;
  #entryInFlight: Promise<unknown> | undefined;
  #isDisposed = false;
  #holdsSlot = false;

  constructor(tier: Tier, memoryLimitMb: number, isInspected = false) {
    this.#tier = tier;
    this.memoryLimitMb = memoryLimitMb;
    this.isInspected = isInspected;
    this.isolate = new engine.Isolate({
      memoryLimit: memoryLimitMb,
      inspector: isInspected,
      // On the host's own thread the handler would park that thread: only pool threads get one.
      ...(tier.kind === 'thread' && {
        onCatastrophicError: (message: string) => this.#listener.onCatastrophe(message),
      }),
    });
    this.context = this.isolate.createContextSync({ inspector: isInspected });
    const guest = this.#boot(tier);
    const connect = guest.getSync(guestEntry.connect, { reference: true });
    connect.applySync(undefined, []);
    connect.release();
    this.#start = guest.getSync(guestEntry.start, { reference: true });
    this.#invoke = guest.getSync(guestEntry.invoke, { reference: true });
    this.#deliver = guest.getSync(guestEntry.deliver, { reference: true });
    guest.release();
  }

  #boot(tier: Tier): ivm.Reference<GuestFunctions> {
    // The bootstrap is ours and short: it needs neither time limit nor slot.
    const script = this.isolate.compileScriptSync(bootstrapSource(), {
      filename: bootstrapFilename,
      ...(bootstrapCache === undefined
        ? { produceCachedData: true }
        : { cachedData: bootstrapCache }),
    });
    bootstrapCache ??= producedCache(script);
    const boot = script.runSync(this.context, { reference: true }) as ivm.Reference<
      () => GuestBoot
    >;
    const emit = new engine.Callback(
      (kind: number, text: string, bytes: unknown) => this.#listener.onEmit(kind, text, bytes),
      // From a pool thread, waiting for the host would cost a hop for every line; floods use `call`.
      tier.kind === 'thread' ? { ignored: true } : {},
    );
    const call = new engine.Callback((kind: number, text: string, bytes: unknown) =>
      this.#listener.onCall(kind, text, bytes),
    );
    const connect = boot.applySync(undefined, [], { result: { reference: true } }) as ivm.Reference<
      (emit: unknown, call: unknown) => GuestFunctions
    >;
    const guest = connect.applySync(undefined, [emit, call], { result: { reference: true } });
    connect.release();
    boot.release();
    return guest;
  }

  get isInline(): boolean {
    return this.#tier.kind === 'inline';
  }

  listen(listener: GuestListener): void {
    this.#listener = listener;
  }

  start(startJson: string, timeoutMs: number): Entered {
    return this.#call(this.#start, [startJson], timeoutMs);
  }

  /** Arguments that are not needed are left out: each costs 0.1 us and more on its way in. */
  invoke(args: InvokeArguments, timeoutMs: number): Entered {
    return this.#call(this.#invoke, args, timeoutMs);
  }

  /** `nowMs` goes along where the guest goes by a clock of the host's that stands still while it runs. */
  deliver(delivery: Delivery, timeoutMs: number, nowMs: number | undefined): Entered {
    const { id, failed, text, bytes } = delivery;
    if (bytes !== undefined) return this.#deliverBytes(id, bytes, timeoutMs, nowMs);
    const usual: GuestValue[] = failed || text !== undefined ? [id, failed, text] : [id];
    const args = nowMs === undefined ? usual : [id, failed, text, undefined, nowMs];
    return this.#call(this.#deliver, args, timeoutMs);
  }

  #deliverBytes(
    id: number,
    bytes: Uint8Array,
    timeoutMs: number,
    nowMs: number | undefined,
  ): Entered {
    // Transferred, not copied, on the host's side: they are nobody's but the guest's from here on.
    const copy = new engine.ExternalCopy(exactBuffer(bytes), { transferOut: true });
    const crossing = copy.copyInto({ release: true, transferIn: true });
    return this.#call(this.#deliver, [id, false, undefined, crossing, nowMs], timeoutMs);
  }

  /** Hands parts of the prelude over, compiled from the code cache; only before the start. */
  defineParts(names: ReadonlySet<string>): void {
    defineParts(names, this.isolate, this.context);
  }

  /** Inline, nothing stands between the caller and isolated-vm, not even a closure. */
  #call(entry: ivm.Reference<GuestFunction>, args: GuestValue[], timeoutMs: number): Entered {
    if (this.#tier.kind === 'inline') {
      return entry.applySync(undefined, args, { timeout: timeoutMs });
    }
    return this.enter((options) => entry.apply(undefined, args, options), timeoutMs);
  }

  /** Runs one entry by the rules of the tier; `leave` must follow when it ended. */
  enter(run: (options: { timeout: number }) => Entered, timeoutMs: number): Entered {
    const options = { timeout: timeoutMs };
    if (this.#tier.kind === 'inline') return run(options);
    const { slots } = this.#tier;
    if (slots.tryAcquire()) return this.#runInSlot(run, options, slots);
    return slots.acquire().then(() => this.#runInSlot(run, options, slots));
  }

  #runInSlot(
    run: (options: { timeout: number }) => Entered,
    options: { timeout: number },
    slots: RunSlots,
  ): Entered {
    if (this.#isDisposed) {
      slots.release();
      throw new Error('Isolate is disposed');
    }
    this.#holdsSlot = true;
    const entry = run(options) as Promise<string | undefined>;
    this.#entryInFlight = entry;
    return entry;
  }

  /** Whoever entered says that the entry ended, before it enters again. */
  leave(): void {
    if (this.#tier.kind === 'inline') return;
    this.#entryInFlight = undefined;
    this.#releaseSlot(this.#tier.slots);
  }

  #releaseSlot(slots: RunSlots): void {
    if (!this.#holdsSlot) return;
    this.#holdsSlot = false;
    slots.release();
  }

  /** The entry that a pool thread still works on, if any; it may never settle. */
  get entryInFlight(): Promise<unknown> | undefined {
    return this.#entryInFlight;
  }

  /** The entry will not come back: others may have its slot. */
  abandonEntry(): void {
    if (this.#tier.kind === 'thread') this.#releaseSlot(this.#tier.slots);
  }

  /**
   * Heap and external memory in bytes; only while no entry runs. `undefined` when the isolate is gone: V8
   * may find it over its limit in the very look, after the entry that filled it had ended well.
   */
  memoryBytes(): number | undefined {
    try {
      const heap = this.isolate.getHeapStatisticsSync();
      return heap.total_heap_size + heap.malloced_memory + heap.externally_allocated_size;
    } catch {
      return undefined;
    }
  }

  /**
   * On-thread time since creation, in milliseconds (native-notes/watchdog.md: not CPU time); an isolate
   * that is gone tells nothing.
   */
  onThreadMs(): number | undefined {
    return this.isolate.isDisposed ? undefined : Number(this.isolate.cpuTime) / 1e6;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#listener = silentListener;
    this.endIsolate();
  }

  /** Ends whatever runs in the isolate, and the isolate; the entry in flight rejects. */
  endIsolate(): void {
    try {
      this.isolate.dispose();
    } catch {
      // Disposed already, or by V8 itself after it ran out of memory: there is nothing left to end.
    }
  }
}

/** The event as JSON, then request id, then the rarely used fields as JSON, then the time as in `deliver`. */
export type InvokeArguments =
  | [eventJson: string]
  | [eventJson: string, requestId: string]
  | [eventJson: string, requestId: string, extrasJson: string]
  | [eventJson: string, requestId: string, extrasJson: string | undefined, nowMs: number];

/** The last one is a buffer in the host's hands; the guest gets an `ArrayBuffer` of its own. */
type GuestValue = string | number | boolean | undefined | ivm.Copy<ArrayBuffer>;
type GuestFunction = (...args: GuestValue[]) => string | undefined;
type GuestFunctions = Record<keyof typeof guestEntry, GuestFunction>;
type GuestBoot = (emit: unknown, call: unknown) => GuestFunctions;

const silentListener: GuestListener = {
  onEmit: () => {},
  onCall: () => undefined,
  onCatastrophe: () => {},
};
