const express = require('express');
const serverless = require('serverless-http');

const app = express();
app.use(express.json());
app.get('/hello/:name', (request, response) =>
  response.json({ hello: request.params.name, q: request.query.q }),
);
app.post('/orders', (request, response) => response.status(201).send(request.body));
app.get('/fails', () => {
  throw new Error('no luck');
});
app.use((error, request, response, next) => response.status(500).send(error.message));

const api = serverless(app);

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
  const post = await api(request('POST', '/orders', '{"id":7}'), context);
  const fails = await api(request('GET', '/fails'), context);
  const missing = await api(request('GET', '/nowhere'), context);
  return {
    get: [get.statusCode, get.body, get.headers['x-powered-by']],
    post: [post.statusCode, post.body],
    fails: [fails.statusCode, fails.body],
    missing: missing.statusCode,
  };
};

exports.expected = {
  get: [200, '{"hello":"ada","q":"1"}', 'Express'],
  post: [201, '{"id":7}'],
  fails: [500, 'no luck'],
  missing: 404,
};
