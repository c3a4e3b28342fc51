import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCaller, type Caller } from '../../src/access/caller.ts';
import { evaluate, type Decision, type OwnedQuestion } from '../../src/access/evaluate.ts';
import type { PolicyDocument, PolicyStatement } from '../../src/access/policy-document.ts';
import { parsePolicy, type Policy } from '../../src/access/policy.ts';
import { requestContext } from '../../src/access/request-context.ts';

const home = '123456789012';
const other = '210987654321';
const resource = `arn:aws:lambda:us-east-1:${home}:function:orders`;
const ada = readCaller('arn', `arn:aws:iam::${home}:user/team/ada`, 's1');
const worker = readCaller('arn', `arn:aws:iam::${home}:role/jobs/worker`, 's1');
const root = readCaller('arn', `arn:aws:iam::${home}:root`, 's1');
const stranger = readCaller('arn', `arn:aws:iam::${other}:user/eve`, 's1');

function policyOf(kind: 'identity' | 'resource', statements: readonly PolicyStatement[]): Policy {
  const document: PolicyDocument = { Version: '2012-10-17', Statement: statements };
  return parsePolicy('policy', document, kind);
}

const allow = { Effect: 'Allow', Action: 'lambda:*', Resource: '*' } as const;
const deny = { ...allow, Effect: 'Deny' } as const;
const identity = (...statements: PolicyStatement[]): Policy => policyOf('identity', statements);
const toPrincipal = (
  principal: NonNullable<PolicyStatement['Principal']>,
  statement: PolicyStatement = allow,
): Policy => policyOf('resource', [{ ...statement, Principal: principal }]);

function question(caller: Caller): OwnedQuestion {
  const context = requestContext({ 'aws:username': 'ada' });
  const action = 'lambda:InvokeFunction';
  return { caller, action, resource, resourceAccountId: home, context };
}

const implicit = (by: string): object => ({ isAllowed: false, isExplicit: false, by });
const explicit = (by: string): object => ({ isAllowed: false, isExplicit: true, by });

describe('in one account', () => {
  test('the policy of the caller or that of the resource is enough', () => {
    expect(evaluate(question(ada), { identity: [] })).toEqual(implicit('identity'));
    expect(evaluate(question(ada), { identity: [identity(allow)] })).toMatchObject({
      isAllowed: true,
      by: 'identity',
    });
    expect(
      evaluate(question(ada), { identity: [], resource: toPrincipal({ AWS: ada.arn }) }),
    ).toMatchObject({ isAllowed: true, by: 'resource' });
  });

  test.each(['identity', 'resource', 'boundary', 'session', 'scp', 'rcp'] as const)(
    'a deny in %s wins over everything',
    (type) => {
      const all = {
        identity: [identity(allow)],
        resource: toPrincipal('*'),
        boundary: identity(allow),
        session: [identity(allow)],
        scp: [identity(allow)],
        rcp: [toPrincipal('*')],
      };
      const denying =
        type === 'resource' || type === 'rcp' ? toPrincipal('*', deny) : identity(deny);
      const lists = {
        ...all,
        [type]: type === 'resource' || type === 'boundary' ? denying : [...all[type], denying],
      };
      expect(evaluate(question(worker), all)).toMatchObject({ isAllowed: true });
      expect(evaluate(question(worker), lists)).toEqual(explicit(type));
    },
  );

  test.each(['boundary', 'session', 'scp', 'rcp'] as const)('%s must allow it too', (type) => {
    const nothing = type === 'boundary' ? identity({ ...allow, Action: 's3:*' }) : [];
    const policies = { identity: [identity(allow)], [type]: nothing };
    expect(evaluate(question(worker), policies)).toEqual(implicit(type));
  });

  test('a session gets past its boundary by what is granted to itself, not to its role or account', () => {
    const boundary = identity({ ...allow, Action: 's3:*' });
    const decide = (principal: string): Decision =>
      evaluate(question(worker), {
        identity: [],
        boundary,
        resource: toPrincipal({ AWS: principal }),
      });
    expect(decide(worker.userArn)).toMatchObject({ isAllowed: true, by: 'resource' });
    expect(decide(worker.arn)).toEqual(implicit('boundary'));
    expect(decide(home)).toEqual(implicit('boundary'));
  });

  test('a root needs no policy, but cannot pass a deny or a service control policy', () => {
    expect(evaluate(question(root), { identity: [] })).toMatchObject({ by: 'root' });
    expect(evaluate(question(root), { identity: [], scp: [] })).toEqual(implicit('scp'));
    const resourceDenies = toPrincipal('*', deny);
    expect(evaluate(question(root), { identity: [], resource: resourceDenies })).toEqual(
      explicit('resource'),
    );
  });
});

describe('across accounts', () => {
  test('both sides must allow it; naming the account leaves it to its own policies', () => {
    const resourceAllows = toPrincipal({ AWS: other });
    const decide = (mine: Policy[], theirs?: Policy): Decision =>
      evaluate(question(stranger), { identity: mine, resource: theirs });
    expect(decide([identity(allow)])).toEqual(implicit('resource'));
    expect(decide([], resourceAllows)).toEqual(implicit('identity'));
    expect(decide([identity(allow)], resourceAllows)).toMatchObject({ isAllowed: true });
  });
});

describe('services and nobody', () => {
  const s3: Caller = { kind: 'service', service: 's3.amazonaws.com' };

  test('have the policy of the resource alone', () => {
    const policies = { identity: [identity(allow)] };
    const granted = toPrincipal({ Service: 's3.amazonaws.com' });
    expect(evaluate(question(s3), policies)).toEqual(implicit('resource'));
    expect(evaluate(question(s3), { identity: [], resource: granted })).toMatchObject({
      isAllowed: true,
    });
    const sns: Caller = { kind: 'service', service: 'sns.amazonaws.com' };
    expect(evaluate(question(sns), { identity: [], resource: granted })).toEqual(
      implicit('resource'),
    );
    const anonymous: Caller = { kind: 'anonymous' };
    expect(evaluate(question(anonymous), { identity: [], resource: granted })).toEqual(
      implicit('resource'),
    );
    expect(
      evaluate(question(anonymous), { identity: [], resource: toPrincipal('*') }),
    ).toMatchObject({ isAllowed: true });
  });

  test('an organization that is asked for is not everybody', () => {
    const ofOrganization = policyOf('resource', [
      {
        ...allow,
        Principal: '*',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
      },
    ]);
    expect(evaluate(question(s3), { identity: [], resource: ofOrganization })).toEqual(
      implicit('resource'),
    );
  });
});

describe('elements of a statement', () => {
  const decide = (statement: PolicyStatement): boolean =>
    evaluate(question(ada), { identity: [identity(statement)] }).isAllowed;

  test.each<[string, Partial<PolicyStatement>, boolean]>([
    ['actions in any case', { Action: 'LAMBDA:invoke*' }, true],
    ['another action', { Action: ['lambda:Get*', 's3:*'] }, false],
    ['ARNs in their own case', { Resource: resource.replace('orders', 'Orders') }, false],
    ['a wildcard in an ARN', { Resource: 'arn:aws:lambda:*:*:function:ord?rs' }, true],
    ['a variable in an ARN', { Resource: `${resource.slice(0, -6)}\${aws:username}*` }, false],
    ['a condition that holds', { Condition: { StringLike: { 'AWS:UserName': 'a*' } } }, true],
    ['a condition that does not', { Condition: { StringLike: { 'aws:username': 'b*' } } }, false],
    [
      'two conditions, one of which does not hold',
      { Condition: { StringLike: { 'aws:username': 'a*' }, Null: { 'aws:username': 'true' } } },
      false,
    ],
  ])('%s', (_, part, isAllowed) => {
    expect(decide({ ...allow, ...part })).toBe(isAllowed);
  });

  test('NotAction and NotResource mean all the others', () => {
    const { Action: _action, ...withoutAction } = allow;
    const { Resource: _resource, ...withoutResource } = allow;
    expect(decide({ ...withoutAction, NotAction: 'lambda:Invoke*' })).toBe(false);
    expect(decide({ ...withoutAction, NotAction: 'lambda:Get*' })).toBe(true);
    expect(decide({ ...withoutResource, NotResource: resource })).toBe(false);
    expect(decide({ ...withoutResource, NotResource: `${resource}:1` })).toBe(true);
  });

  test('NotPrincipal means everybody else', () => {
    const { Principal: _, ...statement } = { ...deny, Principal: undefined };
    const resourcePolicy = policyOf('resource', [{ ...statement, NotPrincipal: { AWS: ada.arn } }]);
    const policies = { identity: [identity(allow)], resource: resourcePolicy };
    expect(evaluate(question(ada), policies)).toMatchObject({ isAllowed: true });
    expect(evaluate(question(worker), policies)).toEqual(explicit('resource'));
  });
});

describe('whatever the policies', () => {
  const action = fc.constantFrom('*', 'lambda:*', 'lambda:InvokeFunction', 'lambda:Get*', 's3:*');
  const where = fc.constantFrom('*', resource, `${resource}:1`, 'arn:aws:lambda:*:*:function:*');
  const statement = (effect: 'Allow' | 'Deny'): fc.Arbitrary<PolicyStatement> =>
    fc.record({ Effect: fc.constant(effect), Action: action, Resource: where });
  const principal = fc.constantFrom<NonNullable<PolicyStatement['Principal']>>(
    '*',
    { AWS: home },
    { AWS: other },
    { AWS: ada.arn },
    { AWS: worker.arn },
    { AWS: worker.userArn },
    { Service: 's3.amazonaws.com' },
  );
  const anyEffect = fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Deny');
  const mine = fc.array(anyEffect.chain(statement), { minLength: 1, maxLength: 3 });
  const theirs = fc.array(
    fc
      .tuple(anyEffect.chain(statement), principal)
      .map(([one, who]) => ({ ...one, Principal: who })),
    { minLength: 1, maxLength: 3 },
  );
  const sets = fc.record(
    {
      identity: mine,
      resource: theirs,
      boundary: mine,
      session: mine,
      scp: mine,
      rcp: theirs,
    },
    { requiredKeys: ['identity'] },
  );
  type Lists = typeof sets extends fc.Arbitrary<infer T> ? T : never;
  const callers = fc.constantFrom<Caller>(ada, worker, root, stranger, {
    kind: 'service',
    service: 's3.amazonaws.com',
  });

  function decide(caller: Caller, lists: Lists): boolean {
    const { identity: own, resource: onResource, boundary, session, scp, rcp } = lists;
    return evaluate(question(caller), {
      identity: [identity(...own)],
      resource: onResource && policyOf('resource', onResource),
      boundary: boundary && identity(...boundary),
      session: session && [identity(...session)],
      scp: scp && [identity(...scp)],
      rcp: rcp && [policyOf('resource', rcp)],
    }).isAllowed;
  }

  test('one that denies everything wins, in each place', () => {
    const place = fc.constantFrom<keyof Lists>(
      'identity',
      'resource',
      'boundary',
      'session',
      'scp',
      'rcp',
    );
    fc.assert(
      fc.property(callers, sets, place, (caller, lists, at) => {
        const denying = {
          ...deny,
          Action: '*',
          ...(at.startsWith('r') && { Principal: '*' as const }),
        };
        const list = [...(lists[at] ?? []), denying];
        expect(decide(caller, { ...lists, [at]: list })).toBe(false);
      }),
    );
  });

  test('a further Allow takes nothing away', () => {
    fc.assert(
      fc.property(callers, sets, statement('Allow'), principal, (caller, lists, more, who) => {
        if (!decide(caller, lists)) return;
        expect(decide(caller, { ...lists, identity: [...lists.identity, more] })).toBe(true);
        const onResource = [...(lists.resource ?? []), { ...more, Principal: who }];
        expect(decide(caller, { ...lists, resource: onResource })).toBe(true);
      }),
    );
  });

  test('a further Deny gives nothing', () => {
    fc.assert(
      fc.property(callers, sets, statement('Deny'), (caller, lists, more) => {
        if (decide(caller, lists)) return;
        expect(decide(caller, { ...lists, identity: [...lists.identity, more] })).toBe(false);
      }),
    );
  });

  test('a limit gives nothing that was not allowed without it', () => {
    const limit = fc.constantFrom<'boundary' | 'session' | 'scp' | 'rcp'>(
      'boundary',
      'session',
      'scp',
      'rcp',
    );
    fc.assert(
      fc.property(callers, sets, limit, (caller, lists, which) => {
        const { [which]: _, ...without } = lists;
        if (decide(caller, lists)) expect(decide(caller, without)).toBe(true);
      }),
    );
  });

  test('the order of statements does not matter', () => {
    fc.assert(
      fc.property(callers, sets, (caller, lists) => {
        const turned = Object.fromEntries(
          Object.entries(lists).map(([name, list]) => [name, list?.toReversed()]),
        ) as unknown as Lists;
        expect(decide(caller, turned)).toBe(decide(caller, lists));
      }),
    );
  });
});
