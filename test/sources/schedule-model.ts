/** A slow and plain model of AWS's cron expressions: it walks the minutes and looks at each. */

const monthNames = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const weekdayNames = 'SUN MON TUE WED THU FRI SAT'.split(' ');

/** The first minute after `afterMs` and before `untilMs` that an expression means, in UTC. */
export function walkMinutes(cron: string, afterMs: number, untilMs: number): number | undefined {
  const fields = cron.slice('cron('.length, -1).split(' ');
  for (let ms = Math.floor(afterMs / 60_000) * 60_000 + 60_000; ms < untilMs; ms += 60_000) {
    if (means(fields, ms)) return ms;
  }
  return undefined;
}

/** The first minute of a day whose date an expression means, walking days. */
export function walkDays(cron: string, fromMs: number, untilMs: number): number | undefined {
  const fields = cron.slice('cron('.length, -1).split(' ');
  for (let ms = fromMs; ms < untilMs; ms += 86_400_000) {
    if (means(['*', '*', ...fields.slice(2)], ms)) return ms;
  }
  return undefined;
}

/** Whether an expression's fields mean a minute; `wallMs` is what clocks show, as if it were UTC. */
export function means(fields: readonly string[], wallMs: number): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields;
  const at = new Date(wallMs);
  return (
    within(minute, at.getUTCMinutes(), 0, 59) &&
    within(hour, at.getUTCHours(), 0, 23) &&
    within(numbered(month, monthNames), at.getUTCMonth() + 1, 1, 12) &&
    within(year, at.getUTCFullYear(), 1970, 2199) &&
    (day === '?' || day.split(',').some((item) => isDay(item, at))) &&
    (weekday === '?' ||
      numbered(weekday, weekdayNames)
        .split(',')
        .some((item) => isWeekday(item, at)))
  );
}

function isDay(item: string, at: Date): boolean {
  const day = at.getUTCDate();
  const last = lastDay(at);
  if (item === 'L') return day === last;
  if (!item.endsWith('W')) return within(item, day, 1, 31);
  const wanted = Number(item.slice(0, -1));
  if (wanted > last || isWeekend(at)) return false;
  // No other weekday of this month is nearer.
  for (let other = 1; other <= last; other += 1) {
    const there = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), other));
    if (!isWeekend(there) && Math.abs(other - wanted) < Math.abs(day - wanted)) return false;
  }
  return true;
}

function isWeekday(item: string, at: Date): boolean {
  const weekday = at.getUTCDay() + 1;
  const day = at.getUTCDate();
  if (item === 'L') return weekday === 7;
  if (item.endsWith('L')) {
    return weekday === Number(item.slice(0, -1)) && day + 7 > lastDay(at);
  }
  const [wanted, nth] = item.split('#');
  if (nth === undefined) return within(item, weekday, 1, 7);
  return weekday === Number(wanted) && Math.ceil(day / 7) === Number(nth);
}

/** `*`, `7`, `3-7`, `22-2`, `5/15` and lists of them. */
function within(field: string, value: number, min: number, max: number): boolean {
  return field.split(',').some((item) => {
    const [range = '', step = '1'] = item.split('/');
    let [from, to] = range.split('-').map(Number) as [number, number | undefined];
    if (range === '*') [from, to] = [min, max];
    else to ??= item.includes('/') ? max : from;
    // Walks from the first value on, over the end where the last one is smaller.
    for (let at = from, steps = 0; ; at = at === max ? min : at + 1, steps += 1) {
      if (at === value && steps % Number(step) === 0) return true;
      if (at === to) return false;
    }
  });
}

function numbered(field: string, names: readonly string[]): string {
  return names.reduce((text, name, index) => text.replaceAll(name, String(index + 1)), field);
}

function isWeekend(at: Date): boolean {
  return at.getUTCDay() === 0 || at.getUTCDay() === 6;
}

function lastDay(at: Date): number {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
}
