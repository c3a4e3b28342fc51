import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCron } from '../../src/sources/schedule-cron.ts';
import { nextCron } from '../../src/sources/schedule-next.ts';
import { utc, zoneOf } from '../../src/sources/schedule-zone.ts';
import { means, walkDays, walkMinutes } from './schedule-model.ts';

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function runs(cron: string, from: string, count: number, zone = 'UTC'): string[] {
  const found: string[] = [];
  let atMs: number | undefined = Date.parse(from);
  const parsed = parseCron(cron);
  while (found.length < count) {
    atMs = nextCron(parsed, atMs, zoneOf(zone));
    if (atMs === undefined) break;
    found.push(new Date(atMs).toISOString().slice(0, 16));
  }
  return found;
}

describe('the examples of AWS', () => {
  test.each([
    ['cron(0 10 * * ? *)', ['2026-01-01T10:00', '2026-01-02T10:00']],
    ['cron(15 12 * * ? *)', ['2026-01-01T12:15', '2026-01-02T12:15']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-01-01T18:00', '2026-01-02T18:00', '2026-01-05T18:00']],
    ['cron(0 8 1 * ? *)', ['2026-01-01T08:00', '2026-02-01T08:00']],
    ['cron(0/15 * * * ? *)', ['2026-01-01T00:15', '2026-01-01T00:30', '2026-01-01T00:45']],
    ['cron(0/10 * ? * MON-FRI *)', ['2026-01-01T00:10', '2026-01-01T00:20']],
    ['cron(0/5 8-17 ? * MON-FRI *)', ['2026-01-01T08:00', '2026-01-01T08:05']],
    [
      'cron(0/30 20-2 ? * MON-FRI *)',
      [
        '2026-01-01T00:30',
        '2026-01-01T01:00',
        '2026-01-01T01:30',
        '2026-01-01T02:00',
        '2026-01-01T02:30',
        '2026-01-01T20:00',
      ],
    ],
    ['cron(0 0 L * ? *)', ['2026-01-31T00:00', '2026-02-28T00:00']],
    ['cron(0 0 ? * 6L *)', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['cron(0 0 ? * L *)', ['2026-01-03T00:00', '2026-01-10T00:00']],
    ['cron(0 0 ? * 3#2 *)', ['2026-01-13T00:00', '2026-02-10T00:00']],
    ['cron(0 0 ? * TUE#5 *)', ['2026-03-31T00:00', '2026-06-30T00:00']],
    ['cron(0 0 3W * ? *)', ['2026-01-02T00:00', '2026-02-03T00:00']],
    ['cron(0 0 1W 8 ? *)', ['2026-08-03T00:00', '2027-08-02T00:00']],
    ['cron(0 0 31W 5 ? *)', ['2026-05-29T00:00', '2027-05-31T00:00']],
    ['cron(0 0 29 FEB ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(0 0 1 1 ? 2030-2031)', ['2030-01-01T00:00', '2031-01-01T00:00']],
  ])('%s', (cron, expected) => {
    expect(runs(cron, '2026-01-01T00:00:00Z', expected.length)).toEqual(expected);
  });
});

test.each([
  'cron(0 10 * * * *)',
  'cron(0 10 ? * ? *)',
  'cron(0 10 1 * MON *)',
  'cron(0 10 * * ?)',
  'cron(60 10 * * ? *)',
  'cron(0 24 * * ? *)',
  'cron(0 10 0 * ? *)',
  'cron(0 10 * 13 ? *)',
  'cron(0 10 ? * 8 *)',
  'cron(0 10 ? * 0 *)',
  'cron(0 10 ? * 3#6 *)',
  'cron(0 10 ? * 3#1,5#2 *)',
  'cron(0 10 * * ? 2200)',
  'cron(0 10 * * ? 2030-2020)',
  'cron(0/0 * * * ? *)',
  'cron(*-5 * * * ? *)',
  'cron(, * * * ? *)',
  'cron(1,,2 * * * ? *)',
  'cron(? * * * ? *)',
  'cron(0 L * * ? *)',
  'cron(0 0 LW * ? *)',
  'cron(0 0 32W * ? *)',
  'cron(0 0 ? FEBR MON *)',
  'cron(0 10 * * ? *) ',
  '0 10 * * ? *',
])('%s is none', (cron) => {
  expect(() => parseCron(cron)).toThrow('Parameter ScheduleExpression is not valid.');
});

const item = (min: number, max: number, wraps: boolean) => {
  const value = fc.integer({ min, max });
  const range = fc
    .tuple(value, value)
    .map(([a, b]) => (wraps || a <= b ? `${a}-${b}` : `${b}-${a}`));
  const step = fc.integer({ min: 1, max: Math.max(Math.floor((max - min) / 2), 1) });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 2, arbitrary: value.map(String) },
    { weight: 2, arbitrary: range },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.oneof(fc.constant('*'), value), step).map(([a, s]) => `${a}/${s}`),
    },
    { weight: 1, arbitrary: fc.tuple(range, step).map(([a, s]) => `${a}/${s}`) },
  );
};
const list = (min: number, max: number) =>
  fc.array(item(min, max, true), { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
const day = fc
  .array(
    fc.oneof(
      item(1, 31, true),
      fc.constant('L'),
      fc.integer({ min: 1, max: 31 }).map((n) => `${n}W`),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((items) => [items.join(','), '?']);
const weekday = fc
  .oneof(
    list(1, 7),
    fc.constantFrom('MON-FRI', 'SAT,SUN', 'L'),
    fc.integer({ min: 1, max: 7 }).map((n) => `${n}L`),
    fc
      .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }))
      .map(([n, nth]) => `${n}#${nth}`),
  )
  .map((text) => ['?', text]);
const days = fc.oneof(day, weekday);
const month = fc.oneof(list(1, 12), fc.constantFrom('JAN', 'MAR-MAY', 'NOV-FEB'));
const start = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) });

describe('as a plain search would find it', () => {
  test('walking the minutes of some weeks', () => {
    const cron = fc
      .tuple(list(0, 59), list(0, 23), days)
      .map(
        ([minutes, hours, [inMonth, inWeek]]) =>
          `cron(${minutes} ${hours} ${inMonth} * ${inWeek} *)`,
      );
    fc.assert(
      fc.property(cron, start, (expression, fromMs) => {
        const untilMs = fromMs + 4 * dayMs;
        const found = nextCron(parseCron(expression), fromMs, utc);
        const expected = walkMinutes(expression, fromMs, untilMs);
        if (expected === undefined) expect(found ?? Infinity).toBeGreaterThanOrEqual(untilMs);
        else expect(found).toBe(expected);
      }),
    );
  });

  test('walking the days of some years', () => {
    const cron = fc
      .tuple(days, month, fc.oneof(fc.constant('*'), item(2024, 2036, false)))
      .map(
        ([[inMonth, inWeek], months, years]) => `cron(0 0 ${inMonth} ${months} ${inWeek} ${years})`,
      );
    fc.assert(
      fc.property(cron, start, (expression, anyMs) => {
        const midnightMs = Math.floor(anyMs / dayMs) * dayMs;
        const untilMs = midnightMs + 8 * 366 * dayMs;
        const found = nextCron(parseCron(expression), midnightMs - 1, utc);
        const expected = walkDays(expression, midnightMs, untilMs);
        if (expected === undefined) expect(found ?? Infinity).toBeGreaterThanOrEqual(untilMs);
        else expect(found).toBe(expected);
      }),
    );
  });

  test('walking the minutes in which clocks are put forward and back', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];
    const changes = [
      Date.UTC(2026, 2, 29, 1),
      Date.UTC(2026, 9, 25, 1),
      Date.UTC(2026, 2, 8, 7),
      Date.UTC(2026, 10, 1, 6),
      Date.UTC(2026, 3, 4, 15),
      Date.UTC(2026, 9, 3, 15, 30),
    ];
    const cron = fc
      .tuple(list(0, 59), list(0, 23))
      .map(([minutes, hours]) => `cron(${minutes} ${hours} * * ? *)`);
    const offset = fc.integer({ min: -180, max: 90 });
    fc.assert(
      fc.property(
        cron,
        fc.constantFrom(...zones),
        fc.constantFrom(...changes),
        offset,
        (expression, name, changeMs, minutes) => {
          const zone = zoneOf(name);
          const fromMs = changeMs + minutes * 60_000;
          const untilMs = fromMs + 4 * hourMs;
          const fields = expression.slice('cron('.length, -1).split(' ');
          let expected: number | undefined;
          // What clocks have shown before is not shown anew.
          const shown = new Set<number>();
          for (let ms = fromMs - 2 * hourMs; ms < untilMs; ms += 60_000) {
            const wallMs = zone.wallOf(ms);
            const isNew = !shown.has(wallMs);
            shown.add(wallMs);
            if (ms > fromMs && isNew && means(fields, wallMs)) {
              expected = ms;
              break;
            }
          }
          const found = nextCron(parseCron(expression), fromMs, zone);
          if (expected === undefined) expect(found ?? Infinity).toBeGreaterThanOrEqual(untilMs);
          else expect(found).toBe(expected);
        },
      ),
      { numRuns: 40 },
    );
  });
});

test('a time that clocks skip does not come, one that they show twice comes once', () => {
  const cron = 'cron(30 2 * * ? *)';
  expect(runs(cron, '2026-03-27T12:00:00Z', 3, 'Europe/Berlin')).toEqual([
    '2026-03-28T01:30',
    '2026-03-30T00:30',
    '2026-03-31T00:30',
  ]);
  expect(runs(cron, '2026-10-24T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ]);
});
