const Joi = require('joi');

const order = Joi.object({
  email: Joi.string().email().required(),
  site: Joi.string().uri(),
  count: Joi.number().integer().min(1).default(1),
});

exports.handler = async () => {
  const good = order.validate({ email: 'ada@example.com', site: 'https://example.com' });
  const bad = order.validate({ email: 'nobody', count: 'x' }, { abortEarly: false });
  return { good: good.value, bad: bad.error.details.map(({ type }) => type) };
};

exports.expected = {
  good: { email: 'ada@example.com', site: 'https://example.com', count: 1 },
  bad: ['string.email', 'number.base'],
};
