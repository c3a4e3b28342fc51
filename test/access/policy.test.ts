import { expect, test } from 'vitest';
import type { PolicyStatement } from '../../src/access/policy-document.ts';
import { parsePolicy } from '../../src/access/policy.ts';
import { isPublic } from '../../src/access/public-policy.ts';

const fine = { Effect: 'Allow', Action: 'lambda:*', Resource: '*' } as const;

const read = (document: unknown, kind: 'identity' | 'resource' = 'identity'): unknown =>
  parsePolicy('policy', document, kind);
const withStatement = (part: object): unknown => ({ Statement: [{ ...fine, ...part }] });

test.each<[string, unknown, RegExp]>([
  ['no object', '{}', /`policy` to be an object/],
  ['an unknown key', { Statements: [] }, /no option `Statements`/],
  ['an unknown version', { Version: '2020-01-01', Statement: fine }, /policy.Version/],
  ['no effect', withStatement({ Effect: 'allow' }), /Statement\[0\].Effect.*"allow"/],
  ['no action', { Statement: { Effect: 'Allow', Resource: '*' } }, /`Action` or `NotAction`/],
  ['both actions', withStatement({ NotAction: '*' }), /`Action` or `NotAction`/],
  ['an action without a service', withStatement({ Action: 'Invoke' }), /Statement\[0\].Action/],
  ['no resource', { Statement: { Effect: 'Allow', Action: '*' } }, /`Resource` or `NotResource`/],
  ['a resource that is no ARN', withStatement({ Resource: 'orders' }), /an ARN/],
  ['an empty list', withStatement({ Resource: [] }), /Resource/],
  ['a principal', withStatement({ Principal: '*' }), /Principal.*left out/],
  ['a bad Sid', withStatement({ Sid: 'a b' }), /Sid/],
  [
    'a Sid twice',
    {
      Statement: [
        { ...fine, Sid: 'a' },
        { ...fine, Sid: 'a' },
      ],
    },
    /different `Sid`/,
  ],
  ['a condition that is none', withStatement({ Condition: [] }), /Condition.*an object/],
  ['an unknown operator', withStatement({ Condition: { Is: { a: 'b' } } }), /operator of IAM/],
])('a policy with %s is refused, and the place is named', (_, document, message) => {
  expect(() => read(document)).toThrow(message);
});

test.each<[string, unknown]>([
  ['nobody', undefined],
  ['an empty object', {}],
  ['an unknown kind', { Robot: 'r2' }],
  ['a wildcard in an ARN', { AWS: 'arn:aws:iam::123456789012:user/*' }],
  ['a number', { AWS: 123456789012 }],
])('a policy of a resource that names %s is refused', (_, principal) => {
  expect(() => read(withStatement({ Principal: principal }), 'resource')).toThrow(/Principal/);
});

test('one statement needs no list, and numbers and booleans are values of conditions', () => {
  const Condition = { NumericLessThan: { 'aws:n': 5 }, Bool: { 'aws:SecureTransport': [true] } };
  expect(() => read({ Statement: { ...fine, Condition } })).not.toThrow();
});

test.each<[string, Partial<PolicyStatement>, boolean]>([
  ['everybody', { Principal: '*' }, true],
  ['everybody in a list', { Principal: { AWS: ['123456789012', '*'] } }, true],
  ['all but some', { NotPrincipal: { AWS: '123456789012' } }, true],
  ['an account', { Principal: { AWS: '123456789012' } }, false],
  ['nobody of everybody', { Principal: '*', Effect: 'Deny' }, false],
  [
    'an organization',
    { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } },
    false,
  ],
  [
    'a source',
    { Principal: '*', Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::photos' } } },
    false,
  ],
  [
    'a condition of wildcards alone',
    { Principal: '*', Condition: { StringLike: { 'aws:SourceAccount': '*' } } },
    true,
  ],
  [
    'a condition that says who it is not',
    { Principal: '*', Condition: { StringNotEquals: { 'aws:SourceAccount': '1' } } },
    true,
  ],
])('whether a grant to %s is public', (_, part, expected) => {
  expect(isPublic({ Statement: { ...fine, ...part } })).toBe(expected);
});
