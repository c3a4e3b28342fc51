import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { cors } from 'hono/cors';

const app = new Hono();
app.use('*', cors());
app.get('/hello/:name', (c) => c.json({ hello: c.req.param('name'), q: c.req.query('q') }));
app.post('/orders', async (c) => c.json(await c.req.json(), 201));
app.get('/stream', () => {
  const parts = ['one ', 'two'];
  const body = new ReadableStream({
    pull(controller) {
      const part = parts.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(part));
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/plain' } });
});
app.onError((error, c) => c.text(error.message, 500));
app.get('/fails', () => {
  throw new Error('no luck');
});

const api = handle(app);

const request = (method, path, body) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path.split('?')[0],
  rawQueryString: path.split('?')[1] ?? '',
  headers: { host: 'api.example.com', 'content-type': 'application/json' },
  requestContext: {
    domainName: 'api.example.com',
    http: {
      method,
      path: path.split('?')[0],
      protocol: 'HTTP/1.1',
      sourceIp: '203.0.113.1',
      userAgent: 't',
    },
  },
  body,
  isBase64Encoded: false,
});

export const handler = async (event, context) => {
  const get = await api(request('GET', '/hello/ada?q=1'), context);
  const post = await api(request('POST', '/orders', '{"id":7}'), context);
  const stream = await api(request('GET', '/stream'), context);
  const fails = await api(request('GET', '/fails'), context);
  const missing = await api(request('GET', '/nowhere'), context);
  return {
    get: [get.statusCode, get.body, get.headers['access-control-allow-origin']],
    post: [post.statusCode, post.body],
    stream: stream.body,
    fails: [fails.statusCode, fails.body],
    missing: missing.statusCode,
  };
};

export const expected = {
  get: [200, '{"hello":"ada","q":"1"}', '*'],
  post: [201, '{"id":7}'],
  stream: 'one two',
  fails: [500, 'no luck'],
  missing: 404,
};
