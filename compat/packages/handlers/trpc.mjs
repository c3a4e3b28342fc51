import { initTRPC, TRPCError } from '@trpc/server';
import { awsLambdaRequestHandler } from '@trpc/server/adapters/aws-lambda';
import { z } from 'zod';

const t = initTRPC.create();
const router = t.router({
  hello: t.procedure
    .input(z.object({ name: z.string() }))
    .query(({ input }) => `hello ${input.name}`),
  fails: t.procedure.mutation(() => {
    throw new TRPCError({ code: 'FORBIDDEN', message: 'no luck' });
  }),
});

const api = awsLambdaRequestHandler({ router });

const request = (method, path, query, body) => ({
  version: '2.0',
  routeKey: 'ANY /{proxy+}',
  pathParameters: { proxy: path.slice(1) },
  rawPath: path,
  rawQueryString: query,
  headers: { 'content-type': 'application/json' },
  queryStringParameters: Object.fromEntries(new URLSearchParams(query)),
  requestContext: {
    domainName: 'api.example.com',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.1' },
  },
  body,
  isBase64Encoded: false,
});

export const handler = async (event, context) => {
  const input = encodeURIComponent('{"name":"Ada"}');
  const hello = await api(request('GET', '/hello', `input=${input}`), context);
  const wrong = await api(request('GET', '/hello', 'input=%7B%7D'), context);
  const fails = await api(request('POST', '/fails', '', '{}'), context);
  return {
    hello: JSON.parse(hello.body).result.data,
    wrong: wrong.statusCode,
    fails: [fails.statusCode, JSON.parse(fails.body).error.message],
  };
};

export const expected = { hello: 'hello Ada', wrong: 400, fails: [403, 'no luck'] };
