import type { Cron, DayRule } from './schedule-cron.ts';
import type { Zone } from './schedule-zone.ts';

const minuteMs = 60_000;
const lastYear = 2199;

/**
 * The first minute after `afterMs` that a cron expression means; `undefined` when there is none. A time that clocks
 * skip in spring does not come; one that they show twice in autumn comes once.
 */
export function nextCron(cron: Cron, afterMs: number, zone: Zone): number | undefined {
  const from = new Date(zone.wallOf(Math.floor(afterMs / minuteMs) * minuteMs));
  // Earlier than that, clocks show nothing new; an hour that comes again is told apart by the instant.
  const earliestMs = from.getTime();
  for (let year = from.getUTCFullYear(); year <= lastYear; year += 1) {
    if (!cron.years.has(year)) continue;
    const firstMonth = year === from.getUTCFullYear() ? from.getUTCMonth() + 1 : 1;
    for (let month = firstMonth; month <= 12; month += 1) {
      if (!cron.months.has(month)) continue;
      for (const day of daysOf(cron.days, year, month)) {
        const startMs = Date.UTC(year, month - 1, day);
        if (startMs + 1_440 * minuteMs <= earliestMs) continue;
        const found = nextInDay(cron, startMs, { afterMs, earliestMs, zone });
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function nextInDay(
  { hours, minutes }: Cron,
  startMs: number,
  { afterMs, earliestMs, zone }: { afterMs: number; earliestMs: number; zone: Zone },
): number | undefined {
  for (const hour of hours) {
    for (const minute of minutes) {
      const wallMs = startMs + (hour * 60 + minute) * minuteMs;
      if (wallMs < earliestMs) continue;
      const instantMs = zone.instantOf(wallMs);
      if (instantMs !== undefined && instantMs > afterMs) return instantMs;
    }
  }
  return undefined;
}

/** The days of a month that any of the rules means, in order. `month` is 1 to 12. */
function daysOf(rules: readonly DayRule[], year: number, month: number): readonly number[] {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  /** Of day 1, 0 is Sunday. */
  const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const days = new Set<number>();
  for (const rule of rules) {
    for (const day of daysOfRule(rule, length, firstWeekday)) days.add(day);
  }
  return [...days].toSorted((a, b) => a - b);
}

function daysOfRule(rule: DayRule, length: number, firstWeekday: number): readonly number[] {
  switch (rule.kind) {
    case 'day':
      return rule.day <= length ? [rule.day] : [];
    case 'last-day':
      return [length];
    case 'near-day':
      return rule.day <= length ? [nearestWeekday(rule.day, length, firstWeekday)] : [];
    default: {
      const first = ((rule.weekday - 1 - firstWeekday + 7) % 7) + 1;
      const all = [0, 1, 2, 3, 4].map((week) => first + week * 7).filter((day) => day <= length);
      if (rule.kind === 'weekday') return all;
      return rule.kind === 'last-weekday' ? all.slice(-1) : all.slice(rule.nth - 1, rule.nth);
    }
  }
}

/** From Monday to Friday, without leaving the month. */
function nearestWeekday(day: number, length: number, firstWeekday: number): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === length ? day - 2 : day + 1;
  return day;
}
