import * as v from 'valibot';

const Order = v.object({ email: v.pipe(v.string(), v.email()), count: v.optional(v.number(), 1) });

export const handler = async () => ({
  good: v.parse(Order, { email: 'ada@example.com' }),
  bad: v.safeParse(Order, { email: 'nobody', count: 'x' }).issues.map(v.getDotPath),
});

export const expected = { good: { email: 'ada@example.com', count: 1 }, bad: ['email', 'count'] };
