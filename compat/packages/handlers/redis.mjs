import { createClient } from 'redis';

export const handler = async (event, context) => {
  const redis = createClient({ url: process.env.STUB_REDIS, RESP: 2 });
  await redis.connect();
  const key = `redis:${context.awsRequestId}`;
  await redis.set(key, 'tea');
  const answers = [await redis.ping(), await redis.get(key), await redis.incr(`${key}:n`)];
  await redis.close();
  return answers;
};

export const expected = ['PONG', 'tea', 1];
