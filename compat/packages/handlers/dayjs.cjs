const dayjs = require('dayjs');
const duration = require('dayjs/plugin/duration');
const timezone = require('dayjs/plugin/timezone');
const utc = require('dayjs/plugin/utc');

dayjs.extend(utc);
dayjs.extend(timezone);
dayjs.extend(duration);

exports.handler = async () => {
  const instant = dayjs.utc('2026-07-01T12:00:00Z');
  return {
    berlin: instant.tz('Europe/Berlin').format('YYYY-MM-DD HH:mm Z'),
    later: instant.add(1, 'month').toISOString(),
    minutes: dayjs.duration({ hours: 1, minutes: 30 }).asMinutes(),
  };
};

exports.expected = {
  berlin: '2026-07-01 14:00 +02:00',
  later: '2026-08-01T12:00:00.000Z',
  minutes: 90,
};
