import {
  NativeProxy,
  ObjectDefineProperty,
  ReflectApply,
  ReflectConstruct,
  replaceDateNow,
} from '../../primordials.ts';

/**
 * Time by the host's clock, for a `Lambda` on a clock of its own: `Date` and what is built on it asks the
 * host instead of the machine. V8 offers no other way, and under the system's clock nothing of this is there.
 */

const NativeDate: DateConstructor = Date;
const dateToString = Date.prototype.toString;

/** What the host said last, on a clock that stands still while code runs. */
let toldMs: number | undefined;
let askHost: () => number;

/** The host entered the guest anew, and time has gone on in between. */
export function tellTime(nowMs: number): void {
  toldMs = nowMs;
}

/** `time` is the present if the host tells when it has changed; if it changes by itself, the host is asked. */
export function followHostClock(time: number | 'look', ask: () => number): void {
  if (time !== 'look') toldMs = time;
  askHost = ask;
  replaceDateNow(hostNow);
  replaceDate();
  replaceFormats();
}

function hostNow(): number {
  return toldMs ?? askHost();
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
