require('reflect-metadata');
const { plainToInstance, Type } = require('class-transformer');
const { IsEmail, IsInt, Min, validate } = require('class-validator');

class Order {}
// What TypeScript makes of decorators.
for (const decorate of [IsEmail()]) decorate(Order.prototype, 'email');
for (const decorate of [Type(() => Number), IsInt(), Min(1)]) decorate(Order.prototype, 'count');

exports.handler = async () => {
  const good = plainToInstance(Order, { email: 'ada@example.com', count: '3' });
  const bad = await validate(plainToInstance(Order, { email: 'nobody', count: '0' }));
  return {
    good: [good instanceof Order, good.count, (await validate(good)).length],
    bad: bad.map(({ constraints }) => Object.keys(constraints)),
  };
};

exports.expected = { good: [true, 3, 0], bad: [['isEmail'], ['min']] };
