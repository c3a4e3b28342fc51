import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import validator from '@middy/validator';
import { transpileSchema } from '@middy/validator/transpile';

const eventSchema = transpileSchema({
  type: 'object',
  properties: {
    body: {
      type: 'object',
      properties: { email: { type: 'string', format: 'email' } },
      required: ['email'],
    },
  },
});

const shop = middy()
  .use(httpJsonBodyParser())
  .use(validator({ eventSchema }))
  .handler(async ({ body }) => ({ statusCode: 200, body: body.email }));

const request = (body) => ({ headers: { 'content-type': 'application/json' }, body });

export const handler = async (event, context) => {
  const good = await shop(request('{"email":"ada@example.com"}'), context);
  const invalid = await shop(request('{"email":"nobody"}'), context).catch((error) => error);
  const broken = await shop(request('{"email"'), context).catch((error) => error);
  return { good, invalid: invalid.statusCode, broken: broken.statusCode };
};

export const expected = {
  good: { statusCode: 200, body: 'ada@example.com' },
  invalid: 400,
  broken: 422,
};
