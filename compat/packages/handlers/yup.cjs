const yup = require('yup');

const order = yup.object({
  email: yup.string().email().required(),
  count: yup.number().integer().min(1).default(1),
});

exports.handler = async () => {
  const good = await order.validate({ email: 'ada@example.com', count: '3' });
  const bad = await order
    .validate({ email: 'nobody', count: 0 }, { abortEarly: false })
    .catch((error) => error);
  return { good, bad: [bad.name, bad.errors] };
};

exports.expected = {
  good: { email: 'ada@example.com', count: 3 },
  bad: [
    'ValidationError',
    ['email must be a valid email', 'count must be greater than or equal to 1'],
  ],
};
