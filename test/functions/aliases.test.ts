import { describe, expect, test } from 'vitest';
import { ConflictError, FunctionNotFoundError, InvalidOptionError } from '../../src/core/errors.ts';
import { AwsRuleError } from '../../src/functions/aws-rule-error.ts';
import { PreconditionFailedError } from '../../src/functions/revision.ts';
import { arnOf, code, controlPlane, untyped } from './control-plane.ts';

/** The function `orders` with the versions 1, 2 and 3. */
async function threeVersions() {
  const plane = controlPlane();
  await plane.store.create({ name: 'orders', code });
  for (const memoryMb of [256, 512, 1_024]) {
    await plane.store.update('orders', { memoryMb });
    await plane.store.versions.publish('orders');
  }
  return { ...plane, aliases: plane.store.aliases };
}

test('an alias names a version', async () => {
  const { aliases } = await threeVersions();
  const live = await aliases.create('orders', 'live', {
    version: '1',
    description: 'for everybody',
  });

  expect(live).toMatchObject({
    functionName: 'orders',
    name: 'live',
    arn: arnOf('orders:live'),
    version: '1',
    weights: {},
    description: 'for everybody',
  });
  expect(Object.isFrozen(live) && Object.isFrozen(live.weights)).toBe(true);
  expect(aliases.get('orders', 'live')).toBe(live);
});

test('an alias may name $LATEST', async () => {
  const { aliases } = await threeVersions();
  const { version } = await aliases.create('orders', 'dev', { version: '$LATEST' });
  expect(version).toBe('$LATEST');
});

test('a second alias of the same name is a conflict', async () => {
  const { aliases } = await threeVersions();
  const live = await aliases.create('orders', 'live', { version: '1' });

  await expect(aliases.create('orders', 'live', { version: '2' })).rejects.toThrow(
    new ConflictError(`Alias already exists: ${arnOf('orders:live')}`),
  );
  expect(aliases.get('orders', 'live')).toBe(live);
});

test('aliases are listed in the order of creation, or by version', async () => {
  const { aliases } = await threeVersions();
  for (const [name, version] of [
    ['b', '1'],
    ['a', '2'],
    ['c', '1'],
  ] as const) {
    await aliases.create('orders', name, { version });
  }
  const names = (version?: string) =>
    aliases.list('orders', version === undefined ? {} : { version }).map(({ name }) => name);

  expect(names()).toEqual(['b', 'a', 'c']);
  expect(names('1')).toEqual(['b', 'c']);
});

describe('update', () => {
  test('keeps what is left out', async () => {
    const { aliases } = await threeVersions();
    const before = await aliases.create('orders', 'live', {
      version: '1',
      weights: { 2: 0.1 },
      description: 'stays',
    });
    const after = await aliases.update('orders', 'live', { version: '3' });

    expect(after).toMatchObject({ version: '3', weights: { 2: 0.1 }, description: 'stays' });
    expect(after.revisionId).not.toBe(before.revisionId);
    expect((await aliases.update('orders', 'live', { weights: {} })).weights).toEqual({});
  });

  test('with an old revision id fails', async () => {
    const { aliases } = await threeVersions();
    const { revisionId } = await aliases.create('orders', 'live', { version: '1' });
    await aliases.update('orders', 'live', { version: '2', revisionId });

    await expect(aliases.update('orders', 'live', { version: '3', revisionId })).rejects.toThrow(
      PreconditionFailedError,
    );
    expect(aliases.get('orders', 'live').version).toBe('2');
  });

  test('that is refused changes nothing', async () => {
    const { aliases } = await threeVersions();
    const before = await aliases.create('orders', 'live', { version: '1' });

    for (const changes of [{ version: '9' }, { weights: { 1: 0.5 } }, { versions: '1' }]) {
      await expect(aliases.update('orders', 'live', untyped(changes))).rejects.toThrow();
    }
    expect(aliases.get('orders', 'live')).toBe(before);
  });
});

test('looking up and updating an unknown alias fail in the words of AWS', async () => {
  const { aliases } = await threeVersions();
  const arn = arnOf('orders:live');

  expect(() => aliases.get('orders', 'live')).toThrow(
    new FunctionNotFoundError(arn, `Cannot find alias arn: ${arn}`),
  );
  await expect(aliases.update('orders', 'live', {})).rejects.toThrow(
    new FunctionNotFoundError(arn, `Alias not found: ${arn}`),
  );
});

test('deleting an alias twice is no error', async () => {
  const { aliases } = await threeVersions();
  await aliases.create('orders', 'live', { version: '1' });

  expect(await aliases.delete('orders', 'live')).toBe(true);
  expect(await aliases.delete('orders', 'live')).toBe(false);
  expect(aliases.list('orders')).toEqual([]);
});

describe('weights', () => {
  test.each([0, 0.1, 1])('of %d are kept', async (weight) => {
    const { aliases } = await threeVersions();
    const alias = await aliases.create('orders', 'live', { version: '1', weights: { 2: weight } });
    expect(alias.weights).toEqual({ 2: weight });
  });

  test.each([
    [
      { version: '1', weights: { 2: 0.1, 3: 0.1 } },
      'Number of items in AdditionalVersionWeights cannot be greater than 1',
    ],
    [
      { version: '1', weights: { 1: 0.1 } },
      'Invalid function version 1. Function version 1 is already included in routing configuration.',
    ],
    [
      { version: '$LATEST', weights: { 1: 0.1 } },
      '$LATEST is not supported for an alias pointing to more than 1 version',
    ],
    [
      { version: '1', weights: { $LATEST: 0.1 } },
      '$LATEST is not supported for an alias pointing to more than 1 version',
    ],
  ])('%j are refused in the words of AWS', async (options, awsMessage) => {
    const { aliases } = await threeVersions();
    const create = () => aliases.create('orders', 'live', options);

    await expect(create()).rejects.toThrow(AwsRuleError);
    await expect(create()).rejects.toThrow(
      expect.objectContaining({ option: 'weights', awsMessage }),
    );
    expect(aliases.list('orders')).toEqual([]);
  });

  test.each([-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY, '0.5', null])(
    'of %j are refused',
    async (weight) => {
      const { aliases } = await threeVersions();
      const weights = untyped({ 2: weight });
      await expect(aliases.create('orders', 'live', { version: '1', weights })).rejects.toThrow(
        /Expected `weights\.2` to be a number from 0 to 1, got /,
      );
      expect(aliases.list('orders')).toEqual([]);
    },
  );

  test('between versions of different roles are refused', async () => {
    const { store, aliases } = await threeVersions();
    await store.update('orders', { role: 'arn:aws:iam::123456789012:role/other' });
    await store.versions.publish('orders');

    await expect(
      aliases.create('orders', 'live', { version: '1', weights: { 4: 0.1 } }),
    ).rejects.toThrow(/role of version 1/);
  });
});

test.each([{ version: '9' }, { version: '1', weights: { 9: 0.1 } }])(
  'an alias on %j, which does not exist, is refused',
  async (options) => {
    const { aliases } = await threeVersions();
    const create = () => aliases.create('orders', 'live', options);

    await expect(create()).rejects.toThrow(FunctionNotFoundError);
    await expect(create()).rejects.toThrow(`Function not found: ${arnOf('orders:9')}`);
  },
);

test.each([
  ['7', { version: '1' }, '`name`'],
  ['', { version: '1' }, '`name`'],
  ['a b', { version: '1' }, '`name`'],
  ['a'.repeat(129), { version: '1' }, '`name`'],
  ['$LATEST', { version: '1' }, '`name`'],
  ['live', {}, '`version`'],
  ['live', { version: 1 }, '`version`'],
  ['live', { version: 'blue' }, '`version`'],
  ['live', { version: '1', weights: null }, '`weights`'],
  ['live', { version: '1', weights: [0.1] }, '`weights`'],
  ['live', { version: '1', weights: { blue: 0.1 } }, '`weights`'],
  ['live', { version: '1', description: 7 }, '`description`'],
  ['live', { version: '1', weight: 1 }, '`options`'],
])('the alias %j on %j is refused', async (name, options, message) => {
  const { aliases } = await threeVersions();
  const create = () => aliases.create('orders', name, untyped(options));

  await expect(create()).rejects.toThrow(InvalidOptionError);
  await expect(create()).rejects.toThrow(message);
  expect(aliases.list('orders')).toEqual([]);
});
