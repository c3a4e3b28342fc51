const moment = require('moment-timezone');

exports.handler = async () => {
  const instant = moment.tz('2026-07-01T12:00:00Z', 'America/New_York');
  return [instant.format('LLLL'), instant.clone().add(1, 'week').toISOString()];
};

exports.expected = ['Wednesday, July 1, 2026 8:00 AM', '2026-07-08T12:00:00.000Z'];
