import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ClosedError,
  ConflictError,
  FunctionNotFoundError,
  InvalidOptionError,
  Lambda,
  type ScheduleWhen,
} from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { deploy } from './http/fixture.ts';

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html

const start = Date.UTC(2026, 0, 1);
const noting = `exports.handler = async (event) => console.log(JSON.stringify(event));`;
const minute = 60_000;
const day = 86_400_000;

/** What the function got, in order. */
function got(lambda: Lambda): unknown[] {
  return lambda
    .readLogs()
    .map(({ message }) => /INFO\t(.*)/.exec(message)?.[1])
    .filter((json) => json !== undefined)
    .map((json) => JSON.parse(json) as unknown);
}

/** When the attempts at events began, as ISO text without seconds. */
function attempts(lambda: Lambda): string[] {
  const times: string[] = [];
  lambda.on('async.attempted', ({ at }) => times.push(new Date(at).toISOString().slice(0, 16)));
  return times;
}

describe('a schedule', () => {
  test("sends AWS's scheduled event, one period after it was made", async () => {
    const clock = new VirtualClock(start);
    await using lambda = new Lambda({ clock });
    const fn = await deploy(lambda, noting);
    const times = attempts(lambda);
    const schedule = lambda.schedule(fn, { rate: 'rate(5 minutes)', name: 'tick' });
    expect(schedule.next?.getTime()).toBe(start + 5 * minute);
    await clock.advance(5 * minute - 1);
    expect(times).toEqual([]);
    await clock.advance(1);
    expect(times).toEqual(['2026-01-01T00:05']);
    await clock.advance(10 * minute);
    expect(times).toEqual(['2026-01-01T00:05', '2026-01-01T00:10', '2026-01-01T00:15']);
    expect(got(lambda)[0]).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '123456789012',
      time: '2026-01-01T00:05:00Z',
      region: 'us-east-1',
      resources: ['arn:aws:events:us-east-1:123456789012:rule/tick'],
      detail: {},
    });
  });

  test('sends what it was given, every so many milliseconds', async () => {
    const clock = new VirtualClock(start);
    await using lambda = new Lambda({ clock });
    const fn = await deploy(lambda, noting);
    lambda.schedule(fn, { everyMs: 1_500 }, { user: 'ada' });
    await clock.advance(4_500);
    expect(got(lambda)).toEqual([{ user: 'ada' }, { user: 'ada' }, { user: 'ada' }]);
  });

  test('runs at the times of an expression, on clocks of somewhere', async () => {
    const clock = new VirtualClock(start);
    await using lambda = new Lambda({ clock });
    const fn = await deploy(lambda, noting);
    const times = attempts(lambda);
    const cron = 'cron(0 18 ? * MON-FRI *)';
    lambda.schedule(fn.name, { cron, timeZone: 'America/New_York' });
    await clock.advance(5 * day);
    expect(times).toEqual(['2026-01-01T23:00', '2026-01-02T23:00', '2026-01-05T23:00']);
  });

  test('runs once, and is over', async () => {
    const clock = new VirtualClock(start);
    await using lambda = new Lambda({ clock });
    const fn = await deploy(lambda, noting);
    const times = attempts(lambda);
    const at = lambda.schedule(fn, { at: 'at(2026-01-01T06:00:00)', timeZone: 'Europe/Berlin' });
    lambda.schedule(fn, { at: new Date(start + 7 * 60 * minute) });
    expect(lambda.listSchedules()).toHaveLength(2);
    await clock.advance(day);
    expect(times).toEqual(['2026-01-01T05:00', '2026-01-01T07:00']);
    expect([at.next, at.isPaused, lambda.listSchedules()]).toEqual([undefined, false, []]);
  });

  test('reaches further than a timer of Node does', async () => {
    const clock = new VirtualClock(start);
    await using lambda = new Lambda({ clock });
    const fn = await deploy(lambda, noting);
    const times = attempts(lambda);
    lambda.schedule(fn, { cron: 'cron(0 0 1 7 ? 2026)' });
    await clock.advance(200 * day);
    expect(times).toEqual(['2026-07-01T00:00']);
    expect(lambda.listSchedules()).toEqual([]);
  });

  test('pauses, goes on in step, and is cancelled', async () => {
    const clock = new VirtualClock(start);
    await using lambda = new Lambda({ clock });
    const fn = await deploy(lambda, noting);
    const times = attempts(lambda);
    const schedule = lambda.schedule(fn, { rate: 'rate(1 hour)' });
    schedule.pause();
    schedule.pause();
    expect([schedule.isPaused, schedule.next]).toEqual([true, undefined]);
    await clock.advance(90 * minute);
    schedule.resume();
    expect(schedule.next?.getTime()).toBe(start + 120 * minute);
    await clock.advance(30 * minute);
    expect(times).toEqual(['2026-01-01T02:00']);
    schedule.cancel();
    schedule.resume();
    await clock.advance(day);
    expect(times).toHaveLength(1);
    expect(lambda.listSchedules()).toEqual([]);
  });

  test('goes to the alias that it names', async () => {
    const clock = new VirtualClock(start);
    await using lambda = new Lambda({ clock });
    const fn = await deploy(
      lambda,
      `exports.handler = async (_, c) => console.log(JSON.stringify(c.invokedFunctionArn));`,
    );
    const live = await fn.createAlias('live', { version: '$LATEST' });
    const { target } = lambda.schedule(live, { everyMs: minute });
    await clock.advance(minute);
    expect([target, ...got(lambda)]).toEqual([live.arn, live.arn]);
  });

  test('whose function is gone says so and goes on', async () => {
    const clock = new VirtualClock(start);
    await using lambda = new Lambda({ clock });
    const fn = await deploy(lambda, noting);
    const failed: unknown[] = [];
    lambda.on('delivery.failed', ({ from, to, reason }) => failed.push([from, to, reason]));
    const schedule = lambda.schedule(fn, { everyMs: minute });
    await fn.delete();
    await clock.advance(minute);
    expect(failed).toEqual([[schedule.arn, fn.arn, expect.stringContaining('Function not found')]]);
    await deploy(lambda, noting);
    await clock.advance(minute);
    expect(got(lambda)).toHaveLength(1);
  });

  test('ends with the Lambda', async () => {
    const clock = new VirtualClock(start);
    const lambda = new Lambda({ clock });
    const fn = await deploy(lambda, noting);
    const schedule = lambda.schedule(fn, { everyMs: minute });
    await lambda.close();
    expect(schedule.next).toBeUndefined();
    expect(() => lambda.schedule(fn, { everyMs: minute })).toThrow(ClosedError);
  });
});

test.each<[string, object]>([
  ['nothing', {}],
  ['two kinds', { everyMs: 1, rate: 'rate(1 minute)' }],
  ['something unknown', { everyMs: 1, zone: 'UTC' }],
  ['a period of nothing', { everyMs: 0 }],
  ['a period of no time', { rate: 'rate(0 minutes)' }],
  ['one in the plural', { rate: 'rate(1 minutes)' }],
  ['several in the singular', { rate: 'rate(5 minute)' }],
  ['seconds', { rate: 'rate(30 seconds)' }],
  ['a fraction', { rate: 'rate(1.5 hours)' }],
  ['a rate in a zone', { rate: 'rate(1 minute)', timeZone: 'UTC' }],
  ['a bad expression', { cron: 'cron(* * * * * *)' }],
  ['an expression that never comes', { cron: 'cron(0 0 30 2 ? *)' }],
  ['years that are over', { cron: 'cron(0 0 1 1 ? 2020)' }],
  ['a zone that is none', { cron: 'cron(0 0 1 1 ? *)', timeZone: 'Europe/Atlantis' }],
  ['a time that is none', { at: 'at(2026-02-30T00:00:00)' }],
  ['a time that clocks skip', { at: 'at(2026-03-29T02:30:00)', timeZone: 'Europe/Berlin' }],
  ['a time that is over', { at: 'at(2025-12-31T23:59:59)' }],
  ['a date that is none', { at: new Date(Number.NaN) }],
  ['a name with spaces', { everyMs: 1, name: 'a b' }],
])('%s is refused', async (_, when) => {
  await using lambda = new Lambda({ clock: new VirtualClock(start) });
  const fn = await deploy(lambda, noting);
  expect(() => lambda.schedule(fn, when as ScheduleWhen)).toThrow(InvalidOptionError);
  expect(lambda.listSchedules()).toEqual([]);
});

test('targets that take no events are refused', async () => {
  await using lambda = new Lambda();
  expect(() => lambda.schedule('missing', { everyMs: 1 })).toThrow(FunctionNotFoundError);
  await deploy(lambda, noting, { perTenant: true });
  expect(() => lambda.schedule('web', { everyMs: 1 })).toThrow('A schedule names no tenant');
});

describe('a name', () => {
  test('gives the same schedule again, and no other one', async () => {
    await using lambda = new Lambda({ clock: new VirtualClock(start) });
    const fn = await deploy(lambda, noting);
    const schedule = lambda.schedule(fn, { everyMs: minute, name: 'a' }, [1]);
    expect(lambda.schedule('web', { everyMs: minute, name: 'a' }, [1])).toBe(schedule);
    expect(lambda.getSchedule('a')).toBe(schedule);
    expect(() => lambda.schedule(fn, { everyMs: minute, name: 'a' }, [2])).toThrow(ConflictError);
    schedule.cancel();
    expect(lambda.getSchedule('a')).toBeUndefined();
    lambda.schedule(fn, { everyMs: minute, name: 'a' }, [2]);
  });

  test('lets a file keep it, in step and with what it missed', async ({ onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'isolambda-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'lambda.db');
    const before = await Lambda.open({ storage: { file }, clock: new VirtualClock(start) });
    const fn = await deploy(before, noting);
    before.schedule(fn, { rate: 'rate(1 hour)', name: 'hourly' });
    before.schedule(fn, { cron: 'cron(0 12 * * ? *)', name: 'paused' }).pause();
    before.schedule(fn, { at: new Date(start + minute), name: 'once' }, 'once');
    before.schedule(fn, { everyMs: minute, name: 'cancelled' }).cancel();
    before.schedule(fn, { everyMs: 7 * day });
    await before.close();

    const clock = new VirtualClock(start + 90 * minute);
    await using after = await Lambda.open({ storage: { file }, clock });
    const names = after.listSchedules().map(({ name }) => name);
    expect(names.toSorted()).toEqual(['hourly', 'once', 'paused']);
    expect(after.getSchedule('paused')?.isPaused).toBe(true);
    expect(after.getSchedule('hourly')?.next?.getTime()).toBe(start + 120 * minute);
    await clock.advance(0);
    expect(got(after)).toEqual(['once']);
    expect(after.getSchedule('once')).toBeUndefined();
    // The program that made it asks again when it starts.
    expect(after.schedule('web', { rate: 'rate(1 hour)', name: 'hourly' })).toBe(
      after.getSchedule('hourly'),
    );
  });
});
