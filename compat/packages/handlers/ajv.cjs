const Ajv = require('ajv');

const ajv = new Ajv({ allErrors: true, coerceTypes: true });

// Compiled with `new Function`, when the module loads.
const validate = ajv.compile({
  type: 'object',
  properties: {
    age: { type: 'integer', minimum: 18 },
    name: { type: 'string', pattern: '^\\p{L}+$' },
  },
  required: ['age', 'name'],
  additionalProperties: false,
});

exports.handler = async () => {
  const good = { age: '36', name: 'Ada' };
  const isGood = validate(good);
  validate({ age: 3, nme: 1 });
  return { isGood, age: good.age, errors: validate.errors.map(({ keyword }) => keyword).sort() };
};

exports.expected = {
  isGood: true,
  age: 36,
  errors: ['additionalProperties', 'minimum', 'required'],
};
