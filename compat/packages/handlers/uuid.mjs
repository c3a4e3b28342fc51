import { NIL, parse, stringify, v1, v4, v5, v7, validate, version } from 'uuid';

export const handler = async () => {
  const ids = [v1(), v4(), v7()];
  return {
    valid: ids.every(validate),
    versions: ids.map(version),
    distinct: new Set(Array.from({ length: 500 }, () => v4())).size,
    ordered: v7() < v7({ msecs: Date.now() + 5_000 }),
    named: v5('example.com', v5.DNS),
    round: stringify(parse(NIL)),
  };
};

export const expected = {
  valid: true,
  versions: [1, 4, 7],
  distinct: 500,
  ordered: true,
  named: 'cfbff0d1-9375-5685-968c-48ce8b15ae17',
  round: '00000000-0000-0000-0000-000000000000',
};
