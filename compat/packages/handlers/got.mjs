import got from 'got';

const client = got.extend({ prefixUrl: process.env.STUB_HTTP });

export const handler = async () => {
  const get = await client('json').json();
  const packed = await client('gzip').json();
  const post = await client.post('echo', { json: { id: 7 } }).json();
  const flaky = await client('flaky', { retry: { limit: 2, calculateDelay: () => 1 } });
  const redirected = await client('redirect');
  let bytes = 0;
  for await (const chunk of client.stream('chunks')) bytes += chunk.length;
  const teapot = await client('teapot').catch((error) => error);
  return {
    get: get.hello,
    packed: packed.packed.length,
    post: post.body,
    retries: flaky.retryCount,
    redirects: redirected.redirectUrls.length,
    bytes,
    teapot: [teapot.name, teapot.response.statusCode],
  };
};

export const expected = {
  get: 'world',
  packed: 1_000,
  post: '{"id":7}',
  retries: 1,
  redirects: 1,
  bytes: 32_768,
  teapot: ['HTTPError', 418],
};
