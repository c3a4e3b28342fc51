const pino = require('pino');

const logger = pino({
  level: 'info',
  redact: ['card.number'],
  serializers: { error: pino.stdSerializers.err },
});

exports.handler = async () => {
  const lines = [];
  const kept = pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) });
  kept.child({ order: 7 }).warn('careful %s', 'now');
  kept.debug('not shown');
  logger.info({ card: { number: '4111', holder: 'ada' } }, 'paid');
  logger.error({ error: new TypeError('not a card') });
  return lines.map((line) => JSON.parse(line));
};

exports.expected = [{ level: 40, order: 7, msg: 'careful now' }];

exports.expectedLog = [
  /"level":30,.*"card":\{"number":"\[Redacted\]","holder":"ada"\},"msg":"paid"/,
  /"level":50,.*"error":\{"type":"TypeError","message":"not a card","stack":"TypeError: not a card/,
];
