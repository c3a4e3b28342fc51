import { NativeTypeError } from '../primordials.ts';
import { part } from '../parts.ts';
import { elapsedMs } from './internal/clock.ts';
import { domString } from './internal/conversions.ts';
import {
  codedError,
  illegalConstructor,
  invalidArgType,
  requireArguments,
} from './internal/errors.ts';
import { defineInspect, defineInterface, setConstructorLength } from './internal/interfaces.ts';

/** Only the prelude makes entries other than marks. */
export const entryKey: unique symbol = Symbol('PerformanceEntry');

/** https://w3c.github.io/performance-timeline/#the-performanceentry-interface */
export class PerformanceEntry {
  readonly #name: string;
  readonly #type: string;
  readonly #startTime: number;
  readonly #duration: number;

  constructor(proof: unknown, name = '', type = '', startTime = 0, duration = 0) {
    if (proof !== entryKey) throw illegalConstructor();
    this.#name = name;
    this.#type = type;
    this.#startTime = startTime;
    this.#duration = duration;
  }

  get name(): string {
    return this.#name;
  }
  get entryType(): string {
    return this.#type;
  }
  get startTime(): number {
    return this.#startTime;
  }
  get duration(): number {
    return this.#duration;
  }
  toJSON(): object {
    return {
      name: this.#name,
      entryType: this.#type,
      startTime: this.#startTime,
      duration: this.#duration,
    };
  }
}

interface MarkOptions {
  readonly startTime?: unknown;
  readonly detail?: unknown;
}

/** https://w3c.github.io/user-timing/#performancemark */
export class PerformanceMark extends PerformanceEntry {
  readonly #detail: unknown;

  constructor(name: unknown, options?: unknown) {
    requireArguments(arguments.length, 'name');
    const text = domString(name);
    if (options !== undefined && options !== null && typeof options !== 'object') {
      throw invalidArgType('options', 'of type object', options);
    }
    const { startTime, detail } = (options ?? {}) as MarkOptions;
    super(entryKey, text, 'mark', startTime === undefined ? elapsedMs() : checkedTime(startTime));
    this.#detail = copyDetail(detail);
  }

  get detail(): unknown {
    return this.#detail;
  }
  override toJSON(): object {
    return { ...super.toJSON(), detail: this.#detail };
  }
}

/** https://w3c.github.io/user-timing/#performancemeasure */
export class PerformanceMeasure extends PerformanceEntry {
  readonly #detail: unknown;

  constructor(proof: unknown, name = '', startTime = 0, duration = 0, detail: unknown = null) {
    super(proof, name, 'measure', startTime, duration);
    this.#detail = detail;
  }

  get detail(): unknown {
    return this.#detail;
  }
  override toJSON(): object {
    return { ...super.toJSON(), detail: this.#detail };
  }
}

function checkedTime(value: unknown): number {
  if (typeof value !== 'number') {
    throw invalidArgType('startTime', 'of type number', value);
  }
  if (value >= 0) return value;
  throw codedError(
    NativeTypeError,
    'ERR_PERFORMANCE_INVALID_TIMESTAMP',
    `${value} is not a valid timestamp`,
  );
}

/** A clone, so that what is measured does not change any more. */
export function copyDetail(detail: unknown): unknown {
  if (detail === undefined || detail === null) return null;
  if (typeof detail !== 'object' && typeof detail !== 'function' && typeof detail !== 'symbol') {
    return detail;
  }
  const { structuredClone } = part(
    'web/structured-clone',
  ) as typeof import('./structured-clone.ts');
  return structuredClone(detail);
}

defineInterface(PerformanceEntry, 'PerformanceEntry', [
  'name',
  'entryType',
  'startTime',
  'duration',
  'toJSON',
]);
setConstructorLength(PerformanceEntry, 0);
defineInspect(PerformanceEntry.prototype, (entry) => entry.toJSON());
defineInterface(PerformanceMark, 'PerformanceMark', ['detail']);
setConstructorLength(PerformanceMark, 1);
defineInterface(PerformanceMeasure, 'PerformanceMeasure', ['detail']);
setConstructorLength(PerformanceMeasure, 0);
