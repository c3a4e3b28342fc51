const { getParameter, getParameters } = require('@aws-lambda-powertools/parameters/ssm');
const { getSecret } = require('@aws-lambda-powertools/parameters/secrets');

exports.handler = async () => ({
  one: await getParameter('/shop/name'),
  many: await getParameters('/shop/colours'),
  secret: (await getSecret('database', { transform: 'json' })).user,
});

exports.expected = {
  one: 'value of /shop/name',
  many: { a: 'value of /shop/colours/a', b: 'value of /shop/colours/b' },
  secret: 'ada',
};
