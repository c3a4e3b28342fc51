const Stripe = require('stripe');

const { hostname, port } = new URL(process.env.STUB_HTTP);
const stripe = new Stripe('sk_test_stub', {
  host: hostname,
  port: Number(port),
  protocol: 'http',
  telemetry: false,
  maxNetworkRetries: 0,
});

exports.handler = async () => {
  const customer = await stripe.customers.create({
    email: 'ada@example.com',
    metadata: { plan: 'tea' },
  });
  const error = await stripe.customers.retrieve('cus_missing').catch((reason) => reason);
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'charge.succeeded' });
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret: 'whsec_stub' });
  return {
    customer: [customer.id, customer.email, customer.metadata.plan, customer.key],
    error: [error.type, error.code],
    event: stripe.webhooks.constructEvent(payload, header, 'whsec_stub').type,
  };
};

exports.expected = {
  customer: ['cus_stub', 'ada@example.com', 'tea', 'Bearer sk_test_stub'],
  error: ['StripeInvalidRequestError', 'resource_missing'],
  event: 'charge.succeeded',
};
