import { DateTime, Duration, Interval } from 'luxon';

export const handler = async () => {
  const start = DateTime.fromISO('2026-03-29T01:30:00', { zone: 'Europe/Berlin' });
  return {
    // The hour that daylight saving time leaves out.
    later: start.plus({ hours: 1 }).toISO(),
    german: start.setLocale('de').toLocaleString(DateTime.DATE_FULL),
    duration: Duration.fromISO('PT90M').shiftTo('hours', 'minutes').toObject(),
    days: Interval.fromDateTimes(start, start.plus({ days: 10 })).length('days'),
  };
};

export const expected = {
  later: '2026-03-29T03:30:00.000+02:00',
  german: '29. März 2026',
  duration: { hours: 1, minutes: 30 },
  days: 10,
};
