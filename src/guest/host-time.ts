import { callKind } from '../wire/messages.ts';
import { askText } from './bridge.ts';
import {
  NativeProxy,
  NumberOf,
  ObjectDefineProperty,
  ReflectApply,
  ReflectConstruct,
  replaceDateNow,
} from './primordials.ts';

/**
 * Time by the host's clock, for a `Lambda` on a clock of its own: `Date` and what is built on it asks the
 * host instead of the machine. V8 offers no other way, and under the system's clock nothing of this is there.
 */

const NativeDate: DateConstructor = Date;
const dateToString = Date.prototype.toString;

/** What the host said last, on a clock that stands still while code runs. */
let toldMs: number | undefined;

/** The host entered the guest anew, and time has gone on in between. */
export function tellTime(nowMs: number): void {
  toldMs = nowMs;
}

/** A number is the present: the host tells when it has changed. `look`: it changes by itself. */
export function followHostClock(time: number | 'look'): void {
  if (time !== 'look') toldMs = time;
  replaceDateNow(hostNow);
  replaceDate();
  replaceFormats();
}

function hostNow(): number {
  return toldMs ?? NumberOf(askText(callKind.now, ''));
}

function replaceDate(): void {
  const { now } = {
    now(): number {
      return hostNow();
    },
  };
  define(NativeDate, 'now', now);
  const HostDate = new NativeProxy(NativeDate, {
    apply: () => ReflectApply(dateToString, new NativeDate(hostNow()), []),
    construct: (target, args: unknown[], newTarget) =>
      ReflectConstruct(target, args.length === 0 ? [hostNow()] : args, newTarget) as object,
  });
  define(NativeDate.prototype, 'constructor', HostDate);
  define(globalThis, 'Date', HostDate);
}

/** What formats the present when it is given no time. */
function replaceFormats(): void {
  const { prototype } = Intl.DateTimeFormat;
  const format = Object.getOwnPropertyDescriptor(prototype, 'format')?.get as (
    this: unknown,
  ) => (date: unknown) => string;
  ObjectDefineProperty(prototype, 'format', {
    get(this: unknown) {
      const native = ReflectApply(format, this, []);
      return (date?: unknown) => native(date === undefined ? hostNow() : date);
    },
    configurable: true,
  });
  const toParts = prototype.formatToParts as (date: unknown) => unknown;
  const { formatToParts } = {
    formatToParts(this: unknown, date?: unknown): unknown {
      return ReflectApply(toParts, this, [date === undefined ? hostNow() : date]);
    },
  };
  define(prototype, 'formatToParts', formatToParts);
}

function define(holder: object, name: string, value: unknown): void {
  ObjectDefineProperty(holder, name, { value, writable: true, configurable: true });
}
