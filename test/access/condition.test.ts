import { describe, expect, test } from 'vitest';
import { parseCondition } from '../../src/access/condition.ts';
import { requestContext, type ContextValues } from '../../src/access/request-context.ts';

function holds(
  operator: string,
  wanted: string | readonly string[],
  values: ContextValues,
  key = 'aws:k',
): boolean {
  const list: readonly string[] = [wanted].flat();
  return parseCondition('Condition', operator, key, list, true)(requestContext(values));
}

const on = (operator: string, wanted: string | readonly string[], actual: string): boolean =>
  holds(operator, wanted, { 'aws:K': actual });

describe('operators', () => {
  test.each([
    ['StringEquals', 'a', 'a', 'A'],
    ['StringNotEquals', 'a', 'A', 'a'],
    ['StringEqualsIgnoreCase', 'aB', 'Ab', 'a'],
    ['StringNotEqualsIgnoreCase', 'aB', 'a', 'Ab'],
    ['StringLike', 'a*c?', 'abbcd', 'abbc'],
    ['StringNotLike', 'a*c?', 'abbc', 'abbcd'],
    ['NumericEquals', '1.0', '1', '1.1'],
    ['NumericNotEquals', '1', '2', '1.0'],
    ['NumericLessThan', '10', '9', '10'],
    ['NumericLessThanEquals', '10', '10', '10.5'],
    ['NumericGreaterThan', '-1', '0', '-1'],
    ['NumericGreaterThanEquals', '5', '5', '4'],
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:01Z'],
    ['DateNotEquals', '2026-01-01', '2026-01-02', '2026-01-01T00:00:00Z'],
    ['DateLessThan', '1767225600', '2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z'],
    ['DateLessThanEquals', '2026-01-01', '2026-01-01', '2026-01-02'],
    ['DateGreaterThan', '2026-01-01', '2026-01-02', '2026-01-01'],
    ['DateGreaterThanEquals', '2026-01-01', '2026-01-01', '2025-12-31'],
    ['Bool', 'true', 'True', 'false'],
    ['BinaryEquals', 'QUI=', 'QUI=', 'QUE='],
    ['IpAddress', '203.0.113.0/24', '203.0.113.9', '203.0.114.1'],
    ['IpAddress', '2001:db8::/32', '2001:db8:1::1', '2001:db9::1'],
    ['NotIpAddress', '203.0.113.0/24', '203.0.114.1', '203.0.113.9'],
    ['ArnEquals', 'arn:aws:s3:::photos*', 'arn:aws:s3:::photos-eu', 'arn:aws:s3:::music'],
    ['ArnLike', 'arn:aws:sns:*:1:a', 'arn:aws:sns:eu-west-1:1:a', 'arn:aws:sns:eu:2:1:a'],
    ['ArnNotEquals', 'arn:aws:s3:::a', 'arn:aws:s3:::b', 'arn:aws:s3:::a'],
    ['ArnNotLike', '*', 'no arn', 'arn:aws:s3:::a'],
  ])('%s %s holds for %s and not for %s', (operator, wanted, good, bad) => {
    expect(on(operator, wanted, good)).toBe(true);
    expect(on(operator, wanted, bad)).toBe(false);
  });

  test('of several values one is enough, for a negated operator none may fit', () => {
    expect(on('StringEquals', ['a', 'b'], 'b')).toBe(true);
    expect(on('StringNotEquals', ['a', 'b'], 'b')).toBe(false);
    expect(on('StringNotEquals', ['a', 'b'], 'c')).toBe(true);
  });

  test('a value of the request that is none for the operator does not fit', () => {
    expect(on('NumericLessThan', '10', 'few')).toBe(false);
    expect(on('DateLessThan', '2026-01-01', 'yesterday')).toBe(false);
    expect(on('IpAddress', '203.0.113.0/24', 'localhost')).toBe(false);
  });

  test.each([
    ['NumericEquals', 'one'],
    ['DateEquals', 'today'],
    ['Bool', 'yes'],
    ['BinaryEquals', '@@'],
    ['IpAddress', '203.0.113.0/33'],
    ['Null', 'perhaps'],
    ['StringAlmost', 'a'],
    ['toString', 'a'],
  ])('%s refuses %s when the policy is read', (operator, wanted) => {
    expect(() => parseCondition('Condition', operator, 'k', [wanted], true)).toThrow(/Expected/);
  });
});

describe('a key that the request does not have', () => {
  test('fails, but for negated operators, IfExists and Null', () => {
    expect(holds('StringEquals', 'a', {})).toBe(false);
    expect(holds('StringNotEquals', 'a', {})).toBe(true);
    expect(holds('StringEqualsIfExists', 'a', {})).toBe(true);
    expect(holds('StringEqualsIfExists', 'a', { 'aws:k': 'b' })).toBe(false);
    expect(holds('Null', 'true', {})).toBe(true);
    expect(holds('Null', 'false', {})).toBe(false);
    expect(holds('Null', 'false', { 'aws:k': 'x' })).toBe(true);
  });

  test('satisfies ForAllValues and not ForAnyValue; no values are as no key', () => {
    for (const values of [{}, { 'aws:k': [] }]) {
      expect(holds('ForAllValues:StringEquals', 'a', values)).toBe(true);
      expect(holds('ForAnyValue:StringEquals', 'a', values)).toBe(false);
      expect(holds('ForAnyValue:StringNotEquals', 'a', values)).toBe(false);
    }
  });
});

describe('a key with several values', () => {
  const values = { 'aws:k': ['a', 'b'] };

  test('ForAllValues asks that each fits, ForAnyValue that one does', () => {
    expect(holds('ForAllValues:StringEquals', ['a', 'b', 'c'], values)).toBe(true);
    expect(holds('ForAllValues:StringEquals', ['a'], values)).toBe(false);
    expect(holds('ForAnyValue:StringEquals', ['b'], values)).toBe(true);
    expect(holds('ForAnyValue:StringEquals', ['c'], values)).toBe(false);
    expect(holds('ForAnyValue:StringNotEquals', ['a'], values)).toBe(true);
    expect(holds('ForAllValues:StringNotEquals', ['a'], values)).toBe(false);
  });
});

describe('policy variables', () => {
  test('stand for a value of the request, whose wildcards are none', () => {
    const values = { 'aws:k': 'home/a*', 'aws:username': 'a*' };
    expect(holds('StringLike', 'home/${aws:username}', values)).toBe(true);
    expect(holds('StringLike', 'home/${aws:username}', { ...values, 'aws:k': 'home/ab' })).toBe(
      false,
    );
    expect(holds('StringEquals', 'home/${AWS:UserName}', values)).toBe(true);
  });

  test('without a value take the default, or fit nothing', () => {
    expect(holds('StringEquals', "${aws:username, 'nobody'}", { 'aws:k': 'nobody' })).toBe(true);
    expect(holds('StringEquals', '${aws:username}', { 'aws:k': '' })).toBe(false);
    expect(holds('StringLike', '${aws:username}*', { 'aws:k': 'x' })).toBe(false);
  });

  test('for *, ? and $ stand for the characters', () => {
    expect(holds('StringLike', 'a${*}', { 'aws:k': 'a*' })).toBe(true);
    expect(holds('StringLike', 'a${*}', { 'aws:k': 'ab' })).toBe(false);
    expect(holds('StringEquals', '${$}{x}', { 'aws:k': '${x}' })).toBe(true);
  });
});
