import { InvalidOptionError } from '../core/errors.ts';
import { checkInteger, checkKnownKeys, checkString } from '../core/options.ts';
import { parseCron, refused } from './schedule-cron.ts';
import { nextCron } from './schedule-next.ts';
import { utc, zoneOf } from './schedule-zone.ts';

/** A name makes a schedule findable, and one that a file keeps. */
interface Named {
  /** 1 to 64 letters, digits, `.`, `-` and `_`. @default none */
  readonly name?: string;
}

/**
 * When a schedule runs: every so many milliseconds, by one of AWS's expressions, or once.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export type ScheduleWhen = Named &
  (
    | { readonly everyMs: number }
    /** `rate(5 minutes)`; the first run is one period after the schedule was made. */
    | { readonly rate: string }
    /** `cron(0 18 ? * MON-FRI *)`. */
    | { readonly cron: string; readonly timeZone?: string }
    /** `at(2026-03-01T09:00:00)`, or an instant. */
    | { readonly at: string | Date; readonly timeZone?: string }
  );

/** A time in its place, as it can be kept. */
export type KeptWhen =
  | { readonly everyMs: number }
  | { readonly rate: string }
  | { readonly cron: string; readonly timeZone: string }
  | { readonly at: string; readonly timeZone: string };

/** Decides about times; knows no clock. */
export interface Timing {
  readonly kept: KeptWhen;
  /** Whether there is one run only. */
  readonly isOnce: boolean;
  /** The first run after an instant; `undefined` when there is none any more. */
  next(afterMs: number, createdMs: number): number | undefined;
}

const keys = ['everyMs', 'rate', 'cron', 'at'] as const;
const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** A century. */
const longestMs = 36_525 * unitMs.day;

/** @throws InvalidOptionError */
export function resolveWhen(when: ScheduleWhen): {
  readonly name?: string;
  readonly timing: Timing;
} {
  checkKnownKeys('when', when, [...keys, 'timeZone', 'name']);
  const given = keys.filter((key) => Reflect.get(when, key) !== undefined);
  if (given.length !== 1) {
    throw new InvalidOptionError('when', `an object with one of ${keys.join(', ')}`, when);
  }
  const { name } = when;
  if (name !== undefined) {
    const says = '1 to 64 letters, digits, ".", "-" and "_"';
    checkString('when.name', name, { maxLength: 64, pattern: /^[\w.-]+$/, says });
  }
  return { ...(name !== undefined && { name }), timing: timingOf(when) };
}

/** Reads `rate(...)`, `cron(...)` or `at(...)`, as templates have them. */
export function whenOf(expression: string, timeZone?: string): ScheduleWhen {
  const zone = timeZone === undefined ? {} : { timeZone };
  if (expression.startsWith('cron(')) return { cron: expression, ...zone };
  if (expression.startsWith('at(')) return { at: expression, ...zone };
  return { rate: expression };
}

function timingOf(when: ScheduleWhen): Timing {
  if ('cron' in when && when.cron !== undefined) return cronTiming(when.cron, when.timeZone);
  if ('at' in when && when.at !== undefined) return atTiming(when.at, when.timeZone);
  if ('timeZone' in when && when.timeZone !== undefined) {
    throw new InvalidOptionError(
      'when.timeZone',
      'left out where a period is given',
      when.timeZone,
    );
  }
  if ('rate' in when && when.rate !== undefined) {
    return periodTiming({ rate: when.rate }, periodOf(when.rate));
  }
  const { everyMs } = when as { readonly everyMs: number };
  checkInteger('when.everyMs', everyMs, { min: 1, max: longestMs });
  return periodTiming({ everyMs }, everyMs);
}

function periodTiming(kept: KeptWhen, periodMs: number): Timing {
  return {
    kept,
    isOnce: false,
    next: (afterMs, createdMs) =>
      createdMs + (Math.max(Math.floor((afterMs - createdMs) / periodMs), 0) + 1) * periodMs,
  };
}

/** The unit is in the plural unless the number is one. */
function periodOf(rate: unknown): number {
  const rule =
    'such as "rate(1 minute)" or "rate(5 hours)": a number from 1 and minutes, hours or days';
  const pattern = /^rate\((\d{1,9}) (minute|hour|day)(s?)\)$/;
  const [, number, unit, plural] = (typeof rate === 'string' ? pattern.exec(rate) : null) ?? [];
  const value = Number(number);
  if (unit === undefined || value < 1 || (value === 1) !== (plural === ''))
    throw refused(rule, rate);
  const periodMs = value * unitMs[unit as keyof typeof unitMs];
  if (periodMs > longestMs) throw refused(rule, rate);
  return periodMs;
}

function cronTiming(cron: unknown, timeZone = 'UTC'): Timing {
  if (typeof cron !== 'string') throw refused('a text such as "cron(0 12 * * ? *)"', cron);
  const parsed = parseCron(cron);
  const zone = zoneOf(timeZone);
  return {
    kept: { cron, timeZone },
    isOnce: false,
    next: (afterMs) => nextCron(parsed, afterMs, zone),
  };
}

function atTiming(at: unknown, timeZone?: string): Timing {
  const rule = 'a valid date, or a text such as "at(2026-03-01T09:00:00)"';
  if (at instanceof Date) {
    if (Number.isNaN(at.getTime())) throw refused(rule, at);
    if (timeZone !== undefined) {
      throw new InvalidOptionError('when.timeZone', 'left out where `at` is an instant', timeZone);
    }
    return onceTiming(at.getTime(), at.toISOString(), utc.name);
  }
  const zone = zoneOf(timeZone ?? 'UTC');
  // An instant that was kept has its milliseconds and its zone.
  const kept = typeof at === 'string' ? /^\d{4}-.*\.\d{3}Z$/.exec(at) : null;
  if (kept !== null && zone === utc) return onceTiming(Date.parse(kept[0]), kept[0], utc.name);
  const pattern = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/;
  const text = typeof at === 'string' ? pattern.exec(at)?.[1] : undefined;
  const wallMs = text === undefined ? Number.NaN : Date.parse(`${text}Z`);
  const isReal = !Number.isNaN(wallMs) && new Date(wallMs).toISOString().startsWith(text ?? '');
  const instantMs = isReal ? zone.instantOf(wallMs) : undefined;
  if (instantMs === undefined) throw refused(rule, at);
  return onceTiming(instantMs, at as string, zone.name);
}

function onceTiming(atMs: number, at: string, timeZone: string): Timing {
  return {
    kept: { at, timeZone },
    isOnce: true,
    // One that was missed is made up for: it is the only one.
    next: () => atMs,
  };
}
