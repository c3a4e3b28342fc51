import { NativeTypeError } from '../primordials.ts';
import { domException } from './dom-exception.ts';
import { EventTarget, defineHandler } from './event-target.ts';
import { elapsedMs, timeOriginMs } from './internal/clock.ts';
import { domString } from './internal/conversions.ts';
import { codedError, illegalConstructor, requireArguments } from './internal/errors.ts';
import {
  defineInspect,
  defineInterface,
  setConstructorLength,
  setLengths,
} from './internal/interfaces.ts';
import {
  PerformanceEntry,
  entryKey,
  PerformanceMark,
  PerformanceMeasure,
  copyDetail,
} from './performance-entries.ts';
import { observeEntry } from './performance-observer.ts';

/** Only this file makes the one object. */
const key = Symbol('Performance');
const maxEntries = 100_000;

interface MeasureOptions {
  readonly start?: unknown;
  readonly end?: unknown;
  readonly duration?: unknown;
  readonly detail?: unknown;
}

/** https://w3c.github.io/hr-time/#sec-performance and User Timing, as far as they make sense in a function. */
export class Performance extends EventTarget {
  #entries: PerformanceEntry[] = [];

  constructor(proof: unknown = null) {
    if (proof !== key) throw illegalConstructor();
    super();
  }

  get timeOrigin(): number {
    void this.#entries;
    return timeOriginMs;
  }

  now(): number {
    void this.#entries;
    return elapsedMs();
  }

  mark(name: unknown, options?: unknown): PerformanceMark {
    requireArguments(arguments.length, 'name');
    const mark = new PerformanceMark(name, options);
    this.#keep(mark);
    return mark;
  }

  measure(name: unknown, startOrOptions?: unknown, endMark?: unknown): PerformanceMeasure {
    requireArguments(arguments.length, 'name');
    const text = domString(name);
    const isOptions = typeof startOrOptions === 'object' && startOrOptions !== null;
    const options: MeasureOptions = isOptions ? startOrOptions : {};
    if (isOptions) checkMeasureOptions(options, endMark);
    const end = this.#endOf(options, endMark);
    const start = this.#startOf(options, isOptions ? undefined : startOrOptions);
    const detail = copyDetail(options.detail);
    const measure = new PerformanceMeasure(entryKey, text, start, end - start, detail);
    this.#keep(measure);
    return measure;
  }

  // As in Node, null is as good as undefined.
  #endOf({ start, end, duration }: MeasureOptions, endMark: unknown): number {
    const mark = endMark ?? end;
    if (mark !== undefined && mark !== null) return this.#timeOf(mark);
    const isGiven = start !== undefined && start !== null && duration !== undefined;
    return isGiven ? this.#timeOf(start) + Number(duration) : elapsedMs();
  }

  #startOf({ start, end, duration }: MeasureOptions, startMark: unknown): number {
    const mark = startMark ?? start;
    if (mark !== undefined && mark !== null) return this.#timeOf(mark);
    const isGiven = end !== undefined && end !== null && duration !== undefined;
    return isGiven ? this.#timeOf(end) - Number(duration) : 0;
  }

  /** A time, or the time of the latest mark of that name. */
  #timeOf(mark: unknown): number {
    if (typeof mark === 'number') {
      if (mark < 0) throw invalidTimestamp(mark);
      return mark;
    }
    const name = domString(mark);
    const found = this.#entries.findLast(
      (entry) => entry.entryType === 'mark' && entry.name === name,
    );
    if (found !== undefined) return found.startTime;
    throw domException(`The "${name}" performance mark has not been set`, 'SyntaxError');
  }

  #keep(entry: PerformanceEntry): void {
    if (this.#entries.length < maxEntries) this.#entries.push(entry);
    observeEntry(entry);
  }

  getEntries(): PerformanceEntry[] {
    return [...this.#entries].sort((a, b) => a.startTime - b.startTime);
  }
  getEntriesByName(name: unknown, type?: unknown): PerformanceEntry[] {
    requireArguments(arguments.length, 'name');
    const text = domString(name);
    return this.getEntries().filter(
      (entry) => entry.name === text && (type === undefined || entry.entryType === type),
    );
  }
  getEntriesByType(type: unknown): PerformanceEntry[] {
    requireArguments(arguments.length, 'type');
    return this.getEntries().filter((entry) => entry.entryType === domString(type));
  }
  clearMarks(name?: unknown): void {
    this.#clear('mark', name);
  }
  clearMeasures(name?: unknown): void {
    this.#clear('measure', name);
  }
  clearResourceTimings(): void {}
  setResourceTimingBufferSize(): void {}
  /** Node's, for clients that bring a `fetch` of their own. Timings of resources are not kept. */
  markResourceTiming(): void {}

  #clear(type: string, name: unknown): void {
    const text = name === undefined ? undefined : domString(name);
    this.#entries = this.#entries.filter(
      (entry) => entry.entryType !== type || (text !== undefined && entry.name !== text),
    );
  }

  /** There is no event loop of its own to tell of. */
  eventLoopUtilization(): { idle: number; active: number; utilization: number } {
    return { idle: 0, active: 0, utilization: 0 };
  }

  timerify(callback: unknown): unknown {
    if (typeof callback !== 'function') {
      throw codedError(
        NativeTypeError,
        'ERR_INVALID_ARG_TYPE',
        'The "fn" argument must be of type function.',
      );
    }
    const timed = function (this: unknown, ...args: unknown[]): unknown {
      const start = elapsedMs();
      const result: unknown =
        new.target === undefined
          ? Reflect.apply(callback, this, args)
          : Reflect.construct(callback, args, callback);
      observeEntry(
        new PerformanceEntry(entryKey, callback.name, 'function', start, elapsedMs() - start),
      );
      return result;
    };
    Object.defineProperty(timed, 'name', { value: `timerified ${callback.name}` });
    Object.defineProperty(timed, 'length', { value: callback.length });
    return timed;
  }

  get nodeTiming(): object {
    return { name: 'node', entryType: 'node', startTime: 0, duration: elapsedMs() };
  }

  toJSON(): object {
    return {
      nodeTiming: this.nodeTiming,
      timeOrigin: timeOriginMs,
      eventLoopUtilization: this.eventLoopUtilization(),
    };
  }
}

function checkMeasureOptions(options: MeasureOptions, endMark: unknown): void {
  const invalid = (message: string): Error =>
    codedError(NativeTypeError, 'ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS', message);
  const { start, end, duration, detail } = options;
  // Options without any known member are none, so an end mark may stand beside them.
  const isEmpty = [start, end, duration, detail].every((member) => member === undefined);
  if (endMark !== undefined && !isEmpty) throw invalid('endMark must not be specified');
  if (start !== undefined && end !== undefined && duration !== undefined) {
    throw invalid('Must not have options.start, options.end, and options.duration specified');
  }
}

function invalidTimestamp(value: unknown): Error {
  return codedError(
    NativeTypeError,
    'ERR_PERFORMANCE_INVALID_TIMESTAMP',
    `${String(value)} is not a valid timestamp`,
  );
}

setConstructorLength(Performance, 0);
defineInterface(Performance, 'Performance', [
  'clearMarks',
  'clearMeasures',
  'clearResourceTimings',
  'getEntries',
  'getEntriesByName',
  'getEntriesByType',
  'mark',
  'measure',
  'now',
  'setResourceTimingBufferSize',
  'timeOrigin',
  'toJSON',
]);
setLengths(Performance.prototype, {
  mark: 1,
  measure: 1,
  getEntriesByName: 1,
  clearMarks: 0,
  clearMeasures: 0,
  setResourceTimingBufferSize: 1,
  markResourceTiming: 7,
});
defineHandler(Performance.prototype, 'resourcetimingbufferfull');
defineInspect(Performance.prototype, ({ nodeTiming, timeOrigin }) => ({ nodeTiming, timeOrigin }));

export const performance = new Performance(key);
