const axios = require('axios');

const client = axios.create({ baseURL: process.env.STUB_HTTP, timeout: 5_000 });

exports.handler = async () => {
  const get = await client.get('/json', { headers: { accept: 'application/json' } });
  const packed = await client.get('/gzip');
  const post = await client.post('/echo', { id: 7 });
  const redirected = await client.get('/redirect');
  const stream = await client.get('/chunks', { responseType: 'stream' });
  let bytes = 0;
  for await (const chunk of stream.data) bytes += chunk.length;
  const teapot = await client.get('/teapot').catch((error) => error);
  const closed = await axios
    .get(`http://127.0.0.1:${process.env.CLOSED_PORT}/`)
    .catch((error) => error);
  return {
    get: get.data,
    packed: packed.data.packed.length,
    post: post.data,
    redirected: redirected.data.hello,
    bytes,
    teapot: [teapot.code, teapot.response.status],
    closed: closed.code,
  };
};

exports.expected = {
  get: { hello: 'world', accept: 'application/json' },
  packed: 1_000,
  post: { type: 'application/json', length: 8, body: '{"id":7}' },
  redirected: 'world',
  bytes: 32_768,
  teapot: ['ERR_BAD_REQUEST', 418],
  closed: 'ECONNREFUSED',
};
