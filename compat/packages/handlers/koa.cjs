const Koa = require('koa');
const serverless = require('serverless-http');

const app = new Koa();
app.silent = true;
app.use(async (ctx, next) => {
  ctx.state.user = 'ada';
  await next();
});
app.use(async (ctx) => {
  if (ctx.path === '/fails') ctx.throw(409, 'no luck');
  ctx.body = { path: ctx.path, q: ctx.query.q, user: ctx.state.user };
});

const api = serverless(app);

const request = (path) => ({
  httpMethod: 'GET',
  path,
  headers: { host: 'api.example.com' },
  queryStringParameters: { q: '1' },
  requestContext: {},
});

exports.handler = async (event, context) => {
  const get = await api(request('/orders'), context);
  const fails = await api(request('/fails'), context);
  return [get.statusCode, get.body, fails.statusCode, fails.body];
};

exports.expected = [200, '{"path":"/orders","q":"1","user":"ada"}', 409, 'no luck'];
