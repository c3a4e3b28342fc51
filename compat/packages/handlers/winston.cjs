const { PassThrough } = require('node:stream');
const winston = require('winston');

const { combine, errors, json, printf, splat } = winston.format;

const logger = winston.createLogger({
  format: combine(errors({ stack: true }), splat(), json()),
  defaultMeta: { service: 'orders' },
  transports: [new winston.transports.Console()],
});

exports.handler = async () => {
  const stream = new PassThrough();
  const lines = [];
  stream.on('data', (chunk) => lines.push(chunk.toString().trim()));
  const kept = winston.createLogger({
    format: printf(({ level, message }) => `${level} ${message}`),
    transports: [new winston.transports.Stream({ stream })],
  });
  kept.warn('careful');
  kept.debug('not shown');
  logger.info('paid %d', 12, { order: 7 });
  logger.error(new Error('no luck'));
  await new Promise((resolve) => {
    logger.on('finish', resolve);
    logger.end();
  });
  return lines;
};

exports.expected = ['warn careful'];

exports.expectedLog = [
  /"level":"info","message":"paid 12","order":7,"service":"orders"/,
  /"level":"error","message":"no luck","service":"orders","stack":"Error: no luck/,
];
