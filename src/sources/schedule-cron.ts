import { AwsRuleError } from '../functions/aws-rule-error.ts';

/** What of a month's days a cron expression means. */
export type DayRule =
  /** Days of the month. */
  | { readonly kind: 'day'; readonly day: number }
  | { readonly kind: 'last-day' }
  /** The weekday nearest to that day, in the same month. */
  | { readonly kind: 'near-day'; readonly day: number }
  /** Days of the week, 1 is Sunday. */
  | { readonly kind: 'weekday'; readonly weekday: number }
  | { readonly kind: 'last-weekday'; readonly weekday: number }
  | { readonly kind: 'nth-weekday'; readonly weekday: number; readonly nth: number };

/** A cron expression, read. Lists are in order. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly DayRule[];
  /** 1 to 12. */
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of values, the first for `min`. */
  readonly names?: readonly string[];
}

const minute: Field = { name: 'minutes', min: 0, max: 59 };
const hour: Field = { name: 'hours', min: 0, max: 23 };
const dayOfMonth: Field = { name: 'day-of-month', min: 1, max: 31 };
const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const dayOfWeek: Field = { name: 'day-of-week', min: 1, max: 7, names: weekdayNames };
const monthNames = [
  ...['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN'],
  ...['JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
];
const month: Field = { name: 'month', min: 1, max: 12, names: monthNames };
const year: Field = { name: 'year', min: 1970, max: 2199 };

/**
 * Reads `cron(minutes hours day-of-month month day-of-week year)` with all of AWS's wildcards.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @throws {AwsRuleError} that says which field is wrong, and why
 */
export function parseCron(expression: string): Cron {
  const inner = /^cron\((.*)\)$/.exec(expression)?.[1];
  const fields = inner?.trim().split(/\s+/) ?? [];
  if (inner === undefined || fields.length !== 6) {
    throw refused('cron(minutes hours day-of-month month day-of-week year)', expression);
  }
  const [minutes = '', hours = '', days = '', months = '', weekdays = '', years = ''] = fields;
  return {
    minutes: valuesOf(minute, minutes, expression),
    hours: valuesOf(hour, hours, expression),
    days: daysOf(days, weekdays, expression),
    months: new Set(valuesOf(month, months, expression)),
    years: new Set(valuesOf(year, years, expression)),
  };
}

function daysOf(days: string, weekdays: string, expression: string): readonly DayRule[] {
  if ((days === '?') === (weekdays === '?')) {
    throw refused('a cron expression with "?" in one of day-of-month and day-of-week', expression);
  }
  if (weekdays === '?') {
    return days.split(',').flatMap((item) => daysOfMonth(item, expression));
  }
  const isSingle = !weekdays.includes(',');
  if (weekdays.includes('#') && !isSingle) {
    throw refused('a cron expression whose day-of-week has one "#" and nothing else', expression);
  }
  return weekdays.split(',').flatMap((item) => daysOfWeek(item, expression));
}

function daysOfMonth(item: string, expression: string): readonly DayRule[] {
  if (item === 'L') return [{ kind: 'last-day' }];
  const near = /^(\d+)W$/.exec(item)?.[1];
  if (near !== undefined) {
    return [{ kind: 'near-day', day: valueOf(dayOfMonth, near, expression) }];
  }
  return itemValues(dayOfMonth, item, expression).map((day) => ({ kind: 'day', day }));
}

function daysOfWeek(item: string, expression: string): readonly DayRule[] {
  // Alone it is the last day of the week.
  if (item === 'L') return [{ kind: 'weekday', weekday: dayOfWeek.max }];
  const [, last] = /^(\w+)L$/.exec(item) ?? [];
  if (last !== undefined) {
    return [{ kind: 'last-weekday', weekday: valueOf(dayOfWeek, last, expression) }];
  }
  const [, weekday, nth] = /^(\w+)#(\d)$/.exec(item) ?? [];
  if (weekday !== undefined) {
    const count = Number(nth);
    if (count < 1 || count > 5) throw badField(dayOfWeek, item, expression);
    return [{ kind: 'nth-weekday', weekday: valueOf(dayOfWeek, weekday, expression), nth: count }];
  }
  return itemValues(dayOfWeek, item, expression).map((day) => ({ kind: 'weekday', weekday: day }));
}

/** All values of a field, in order and once each. */
function valuesOf(field: Field, text: string, expression: string): readonly number[] {
  const all = text.split(',').flatMap((item) => itemValues(field, item, expression));
  return [...new Set(all)].toSorted((a, b) => a - b);
}

/** The values of `*`, `7`, `3-7`, `22-2`, `5/15`, `3-30/9` or `*` with a step. */
function itemValues(field: Field, item: string, expression: string): number[] {
  const [, from = '', to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d{1,4}))?$/.exec(item) ?? [];
  if (from === '' || (from === '*' && to !== undefined)) throw badField(field, item, expression);
  const by = step === undefined ? 1 : Number(step);
  if (by < 1 || by > field.max) throw badField(field, item, expression);
  const first = from === '*' ? field.min : valueOf(field, from, expression);
  const last = lastOf(field, { from, to, step }, first, expression);
  const size = field.max - field.min + 1;
  if (last < first && field === year) throw badField(field, item, expression);
  // A range may go over the end: from ten in the evening to two in the night.
  const length = ((last - first + size) % size) + 1;
  const values: number[] = [];
  for (let offset = 0; offset < length; offset += by) {
    values.push(field.min + ((first - field.min + offset) % size));
  }
  return values;
}

function lastOf(
  field: Field,
  { from, to, step }: { from: string; to: string | undefined; step: string | undefined },
  first: number,
  expression: string,
): number {
  if (to !== undefined) return valueOf(field, to, expression);
  return from === '*' || step !== undefined ? field.max : first;
}

function valueOf(field: Field, text: string, expression: string): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? field.min + named : /^\d{1,4}$/.test(text) ? Number(text) : -1;
  if (value >= field.min && value <= field.max) return value;
  throw badField(field, text, expression);
}

function badField({ name, min, max }: Field, text: string, expression: string): AwsRuleError {
  return refused(
    `a cron expression whose ${name} ("${text}" here) are from ${min} to ${max}, with the wildcards of that field`,
    expression,
  );
}

/** What EventBridge says of every expression that it does not take. */
export function refused(rule: string, expression: unknown): AwsRuleError {
  return new AwsRuleError(
    'schedule',
    rule,
    expression,
    'Parameter ScheduleExpression is not valid.',
  );
}
