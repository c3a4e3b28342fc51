import { setImmediate } from '../timers.ts';
import { part } from '../parts.ts';
import { NativeTypeError } from '../primordials.ts';
import {
  codedError,
  illegalConstructor,
  invalidArgType,
  requireArguments,
} from './internal/errors.ts';
import { domString } from './internal/conversions.ts';
import {
  defineInspect,
  defineInterface,
  setConstructorLength,
  setLengths,
} from './internal/interfaces.ts';
import type { PerformanceEntry } from './performance-entries.ts';

const listKey = Symbol('PerformanceObserverEntryList');
const supportedTypes = Object.freeze(['function', 'mark', 'measure']);

/** https://w3c.github.io/performance-timeline/#performanceobserverentrylist-interface */
export class PerformanceObserverEntryList {
  readonly #entries: readonly PerformanceEntry[];

  constructor(proof: unknown, entries: readonly PerformanceEntry[] = []) {
    if (proof !== listKey) throw illegalConstructor();
    this.#entries = [...entries].sort((a, b) => a.startTime - b.startTime);
  }

  getEntries(): PerformanceEntry[] {
    return [...this.#entries];
  }
  getEntriesByType(type: unknown): PerformanceEntry[] {
    requireArguments(arguments.length, 'type');
    const text = domString(type);
    return this.#entries.filter(({ entryType }) => entryType === text);
  }
  getEntriesByName(name: unknown, type?: unknown): PerformanceEntry[] {
    requireArguments(arguments.length, 'name');
    const text = domString(name);
    return this.#entries.filter(
      (entry) => entry.name === text && (type === undefined || entry.entryType === type),
    );
  }
}

interface ObserveOptions {
  readonly entryTypes?: unknown;
  readonly type?: unknown;
  readonly buffered?: unknown;
}

type Callback = (list: PerformanceObserverEntryList, observer: PerformanceObserver) => unknown;

/** Those that observe anything. */
const observers = new Set<PerformanceObserver>();

/** https://w3c.github.io/performance-timeline/#the-performanceobserver-interface */
export class PerformanceObserver {
  readonly #callback: Callback;
  #types = new Set<string>();
  #isByType: boolean | undefined;
  #queue: PerformanceEntry[] = [];
  #isWaiting = false;

  constructor(callback: unknown) {
    if (typeof callback !== 'function') {
      throw invalidArgType('callback', 'of type function', callback);
    }
    this.#callback = callback as Callback;
  }

  static get supportedEntryTypes(): readonly string[] {
    return supportedTypes;
  }

  observe(options: unknown = {}): void {
    if (typeof options !== 'object' || options === null) {
      throw invalidArgType('options', 'of type object', options);
    }
    const { entryTypes, type, buffered } = options as ObserveOptions;
    const isByType = entryTypes === undefined;
    if (entryTypes === undefined && type === undefined) {
      throw codedError(
        NativeTypeError,
        'ERR_MISSING_ARGS',
        'The "options.entryTypes" and "options.type" arguments must be specified',
      );
    }
    if (this.#isByType !== undefined && this.#isByType !== isByType) {
      throw codedError(
        NativeTypeError,
        'ERR_INVALID_ARG_VALUE',
        'PerformanceObserver can not change observation type',
      );
    }
    this.#isByType = isByType;
    if (isByType) {
      const name = domString(type);
      if (!supportedTypes.includes(name)) return;
      this.#types.add(name);
      if (buffered) this.#takeBuffered(name);
    } else {
      if (!Array.isArray(entryTypes)) {
        throw invalidArgType('options.entryTypes', 'string[]', entryTypes);
      }
      this.#types = new Set(
        entryTypes.filter((name) => supportedTypes.includes(name as string)) as string[],
      );
    }
    if (this.#types.size > 0) observers.add(this);
    else this.disconnect();
  }

  disconnect(): void {
    observers.delete(this);
    this.#queue = [];
    this.#types.clear();
    this.#isByType = undefined;
  }

  takeRecords(): PerformanceEntry[] {
    const records = this.#queue;
    this.#queue = [];
    return records;
  }

  #takeBuffered(type: string): void {
    const { performance } = part('web/performance') as typeof import('./performance.ts');
    for (const entry of performance.getEntriesByType(type)) this.#offer(entry);
  }

  #offer(entry: PerformanceEntry): void {
    if (!this.#types.has(entry.entryType)) return;
    this.#queue.push(entry);
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    setImmediate(() => {
      this.#isWaiting = false;
      const records = this.takeRecords();
      if (records.length === 0) return;
      const list = new PerformanceObserverEntryList(listKey, records);
      Reflect.apply(this.#callback, this, [list, this]);
    });
  }

  /** Taken away from the class below. */
  static offer(observer: PerformanceObserver, entry: PerformanceEntry): void {
    observer.#offer(entry);
  }
  static stateOf(observer: PerformanceObserver): object {
    const entryTypes = [...observer.#types];
    return { pending: observer.#isWaiting, entryTypes, buffer: observer.#queue };
  }
}

const { offer, stateOf } = PerformanceObserver;
for (const name of ['offer', 'stateOf']) {
  delete (PerformanceObserver as unknown as Record<string, unknown>)[name];
}

/** A new entry, for whoever observes its type. */
export function observeEntry(entry: PerformanceEntry): void {
  for (const observer of observers) offer(observer, entry);
}

defineInterface(PerformanceObserverEntryList, 'PerformanceObserverEntryList', [
  'getEntries',
  'getEntriesByType',
  'getEntriesByName',
]);
setConstructorLength(PerformanceObserverEntryList, 0);
setLengths(PerformanceObserverEntryList.prototype, { getEntriesByName: 1 });
defineInspect(PerformanceObserverEntryList.prototype, (list) => list.getEntries());
defineInterface(PerformanceObserver, 'PerformanceObserver', [
  'observe',
  'disconnect',
  'takeRecords',
]);
defineInspect(PerformanceObserver.prototype, (observer) => ({
  connected: observers.has(observer),
  ...stateOf(observer),
}));
