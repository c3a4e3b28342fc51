const Redis = require('ioredis');

exports.handler = async (event, context) => {
  const redis = new Redis(process.env.STUB_REDIS);
  const key = context.awsRequestId;
  const set = await redis.set(key, 'tea');
  const pipeline = await redis.pipeline().incr(`${key}:n`).incr(`${key}:n`).exec();
  const error = await redis.call('NOSUCH').catch((reason) => reason);
  const result = {
    ping: await redis.ping(),
    set,
    get: await redis.get(key),
    none: await redis.get(`${key}:none`),
    pipeline: pipeline.map(([, value]) => value),
    error: error.message,
  };
  await redis.quit();
  return result;
};

exports.expected = {
  ping: 'PONG',
  set: 'OK',
  get: 'tea',
  none: null,
  pipeline: [1, 2],
  error: "ERR unknown command 'NOSUCH'",
};
