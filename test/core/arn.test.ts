import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatFunctionArn,
  functionArn,
  parseFunctionArn,
  parseFunctionReference,
  referenceLengths,
  resolveHome,
} from '../../src/core/arn.ts';
import { FunctionNotFoundError, InvalidOptionError } from '../../src/core/errors.ts';
import { untyped } from '../functions/control-plane.ts';

const home = resolveHome({ region: 'us-east-1', accountId: '123456789012' });
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders';
const nameChars = Array.from('abcXYZ019-_');
const digits = Array.from('0123456789');

const names = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...nameChars), minLength: 1, maxLength });

const arns = fc.record({
  partition: fc.constantFrom('aws', 'aws-cn', 'aws-us-gov'),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'us-gov-west-1', 'cn-north-1'),
  accountId: fc.string({ unit: fc.constantFrom(...digits), minLength: 12, maxLength: 12 }),
  name: names(64),
  qualifier: fc.option(fc.oneof(fc.constant('$LATEST'), names(128)), { nil: undefined }),
});

test('formatting and parsing an ARN gives the same parts', () => {
  fc.assert(
    fc.property(arns, (parts) => {
      expect(parseFunctionArn(formatFunctionArn(parts))).toEqual(parts);
    }),
  );
});

test('every spelling of a function at home is the same reference', () => {
  fc.assert(
    fc.property(names(64), fc.option(names(128), { nil: undefined }), (name, qualifier) => {
      const suffix = qualifier === undefined ? '' : `:${qualifier}`;
      const spellings = [
        `${name}${suffix}`,
        `123456789012:function:${name}${suffix}`,
        functionArn(home, name, qualifier),
      ];
      for (const spelling of spellings) {
        expect(parseFunctionReference(spelling, home)).toEqual({ name, qualifier });
      }
    }),
  );
});

describe('references', () => {
  test.each([
    ['orders', 'orders', undefined],
    ['orders:live', 'orders', 'live'],
    ['orders:7', 'orders', '7'],
    ['orders:$LATEST', 'orders', '$LATEST'],
    ['123456789012:function:orders', 'orders', undefined],
    ['123456789012:function:orders:live', 'orders', 'live'],
    [arn, 'orders', undefined],
    [`${arn}:$LATEST`, 'orders', '$LATEST'],
    ['123456789012:function', '123456789012', 'function'],
    ['a'.repeat(64), 'a'.repeat(64), undefined],
  ])('%s is read', (reference, name, qualifier) => {
    expect(parseFunctionReference(reference, home)).toEqual({ name, qualifier });
  });

  test.each([
    '',
    'or ders',
    'orders:',
    'orders:live:more',
    'orders:$latest',
    'orders\n',
    'a'.repeat(65),
    `orders:${'a'.repeat(129)}`,
    '12345:function:orders',
    'arn:aws:sqs:us-east-1:123456789012:orders',
    'arn:aws:lambda:us-east-1:123456789012:layer:orders:1',
    null,
    7,
  ])('%j is refused', (reference) => {
    expect(() => parseFunctionReference(untyped(reference), home)).toThrow(InvalidOptionError);
    expect(() => parseFunctionReference(untyped(reference), home)).toThrow(/`functionName`/);
  });

  test('a control operation takes shorter references than an invocation', () => {
    const long = `${arn}:${'a'.repeat(100)}`;

    expect(parseFunctionReference(long, home).name).toBe('orders');
    expect(() =>
      parseFunctionReference(long, home, { maxLength: referenceLengths.control }),
    ).toThrow(/at most 140 characters/);
  });

  test('a qualifier may be given beside the reference, or twice the same', () => {
    const expected = { name: 'orders', qualifier: 'live' };

    expect(parseFunctionReference('orders', home, { qualifier: 'live' })).toEqual(expected);
    expect(parseFunctionReference('orders:live', home, { qualifier: 'live' })).toEqual(expected);
  });

  test('two different qualifiers are refused', () => {
    const read = () => parseFunctionReference('orders:live', home, { qualifier: '2' });

    expect(read).toThrow(InvalidOptionError);
    expect(read).toThrow(
      'Expected `qualifier` to be "live", the qualifier in "orders:live", got "2"',
    );
  });

  test.each(['', 'a b', '$LAST', 'a'.repeat(129), null])('the qualifier %j is refused', (bad) => {
    expect(() => parseFunctionReference('orders', home, { qualifier: untyped(bad) })).toThrow(
      /`qualifier`/,
    );
  });

  test('a function of another region is not reachable, in the words of AWS', () => {
    const read = () =>
      parseFunctionReference('arn:aws:lambda:eu-west-1:123456789012:function:orders', home);

    expect(read).toThrow(FunctionNotFoundError);
    expect(read).toThrow(
      "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    );
  });

  test.each([
    'arn:aws:lambda:us-east-1:999999999999:function:orders',
    '999999999999:function:orders:live',
  ])('a function of another account is not reachable: %s', (reference) => {
    const read = () => parseFunctionReference(reference, home);

    expect(read).toThrow(FunctionNotFoundError);
    expect(read).toThrow(/account '999999999999' .* account \('123456789012'\)/);
  });
});

describe('the home of a Lambda', () => {
  test.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('%s is in the partition %s', (region, partition) => {
    expect(resolveHome({ region, accountId: '123456789012' }).partition).toBe(partition);
  });

  test.each([
    [{ region: 'moon', accountId: '123456789012' }, /`region`.*"moon"/],
    [{ region: 'us-east-1', accountId: '12' }, /`accountId`.*12 digits.*"12"/],
    [{ region: 'us-east-1', accountId: 123_456_789_012 }, /`accountId`/],
  ])('%j is refused', (place, message) => {
    expect(() => resolveHome(untyped(place))).toThrow(message);
  });
});
