import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Value } from '@sinclair/typebox/value';

const Order = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  item: Type.String({ default: 'tea' }),
});

export const handler = async () => {
  const check = TypeCompiler.Compile(Order);
  return {
    good: check.Check({ id: 7, item: 'milk' }),
    errors: [...check.Errors({ id: 0 })].map(({ path }) => path),
    filled: Value.Default(Order, { id: 1 }),
  };
};

export const expected = {
  good: true,
  errors: ['/item', '/id', '/item'],
  filled: { id: 1, item: 'tea' },
};
