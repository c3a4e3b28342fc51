const fastify = require('fastify');
const awsLambdaFastify = require('@fastify/aws-lambda');

const app = fastify();
app.get('/hello/:name', async ({ params, query }) => ({ hello: params.name, q: query.q }));
app.post(
  '/orders',
  {
    schema: { body: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } } },
  },
  async ({ body }, reply) => reply.code(201).send(body),
);

const api = awsLambdaFastify(app);

const request = (httpMethod, path, body) => ({
  httpMethod,
  path,
  headers: { 'content-type': 'application/json', host: 'api.example.com' },
  queryStringParameters: { q: '1' },
  requestContext: {},
  body,
});

exports.handler = async (event, context) => {
  const get = await api(request('GET', '/hello/ada'), context);
  const post = await api(request('POST', '/orders', '{"id":"7"}'), context);
  const invalid = await api(request('POST', '/orders', '{"id":"tea"}'), context);
  const missing = await api(request('GET', '/nowhere'), context);
  return {
    get: [get.statusCode, get.body],
    post: [post.statusCode, post.body],
    invalid: [invalid.statusCode, JSON.parse(invalid.body).code],
    missing: missing.statusCode,
  };
};

exports.expected = {
  get: [200, '{"hello":"ada","q":"1"}'],
  post: [201, '{"id":7}'],
  invalid: [400, 'FST_ERR_VALIDATION'],
  missing: 404,
};
