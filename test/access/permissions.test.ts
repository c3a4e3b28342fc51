import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  ConflictError,
  FunctionNotFoundError,
  InvalidOptionError,
  Lambda,
  PolicyLengthError,
  PolicyNotFoundError,
  PreconditionFailedError,
  PublicPolicyError,
  type LambdaFunction,
  type PermissionOptions,
} from '../../src/index.ts';
import { folderOf } from '../functions/code/fixture.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders';

async function orders(): Promise<{ lambda: Lambda; fn: LambdaFunction }> {
  const lambda = new Lambda({ blanks: 0, seed: 1 });
  onTestFinished(() => lambda.close());
  const code = { source: 'exports.handler = async () => 1' };
  return { lambda, fn: await lambda.createFunction({ name: 'orders', code }) };
}

describe('the statement of a permission', () => {
  test.each<[string, Omit<PermissionOptions, 'statementId'>, object]>([
    [
      'a service',
      {
        principal: 's3.amazonaws.com',
        sourceArn: 'arn:aws:s3:::photos',
        sourceAccount: '123456789012',
      },
      {
        Principal: { Service: 's3.amazonaws.com' },
        Condition: {
          StringEquals: { 'AWS:SourceAccount': '123456789012' },
          ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::photos' },
        },
      },
    ],
    [
      'an account',
      { principal: '210987654321' },
      { Principal: { AWS: 'arn:aws:iam::210987654321:root' } },
    ],
    [
      'a user',
      { principal: 'arn:aws:iam::210987654321:user/eve', action: 'lambda:GetFunction' },
      { Principal: { AWS: 'arn:aws:iam::210987654321:user/eve' }, Action: 'lambda:GetFunction' },
    ],
    [
      'an organization',
      { principal: '*', principalOrgId: 'o-a1b2c3d4e5' },
      { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } },
    ],
    [
      'a function URL',
      {
        principal: '*',
        action: 'lambda:InvokeFunctionUrl',
        functionUrlAuthType: 'NONE',
        invokedViaFunctionUrl: true,
      },
      {
        Principal: '*',
        Action: 'lambda:InvokeFunctionUrl',
        Condition: {
          StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' },
          Bool: { 'lambda:InvokedViaFunctionUrl': 'true' },
        },
      },
    ],
    [
      'a skill',
      { principal: 'alexa-connectedhome.amazon.com', eventSourceToken: 'amzn1.ask.skill' },
      {
        Principal: { Service: 'alexa-connectedhome.amazon.com' },
        Condition: { StringEquals: { 'lambda:EventSourceToken': 'amzn1.ask.skill' } },
      },
    ],
  ])('for %s is the one that AWS makes', async (_, options, expected) => {
    const { fn } = await orders();
    const statement = await fn.addPermission({ statementId: 'one', ...options });
    const common = { Sid: 'one', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn };
    expect(statement).toEqual({ ...common, ...expected });
    expect(fn.policy?.document).toEqual({
      Version: '2012-10-17',
      Id: 'default',
      Statement: [statement],
    });
  });

  test.each<[string, object]>([
    ['no principal', {}],
    ['a principal of no kind', { principal: 'ada' }],
    ['a principal with a wildcard', { principal: 'arn:aws:iam::123456789012:user/*' }],
    ['a bad statement id', { principal: '*', statementId: 'a b' }],
    ['a bad action', { principal: '*', action: 's3:GetObject' }],
    ['a source that is no ARN', { principal: '*', sourceArn: 'photos' }],
    ['a bad account', { principal: '*', sourceAccount: '12' }],
    ['a bad organization', { principal: '*', principalOrgId: 'x' }],
    ['an unknown option', { principal: '*', sourceArm: 'x' }],
  ])('is refused for %s', async (_, options) => {
    const { fn } = await orders();
    const given = { statementId: 'one', ...options } as PermissionOptions;
    await expect(fn.addPermission(given)).rejects.toThrow(InvalidOptionError);
    expect(fn.policy).toBeUndefined();
  });
});

const s3 = { statementId: 's3', principal: 's3.amazonaws.com' };

describe('a policy', () => {
  test('belongs to a function, version or alias alone', async () => {
    const { lambda, fn } = await orders();
    const version = await fn.publishVersion();
    const alias = await fn.createAlias('live', { version: '1' });
    await alias.addPermission(s3);
    await version.addPermission({ ...s3, statementId: 'other' });
    expect(fn.policy).toBeUndefined();
    expect(alias.policy?.document.Statement).toMatchObject([{ Resource: `${arn}:live` }]);
    expect(version.policy?.document.Statement).toMatchObject([{ Resource: `${arn}:1` }]);
    expect(lambda.getFunction('orders:live')?.policy).toEqual(alias.policy);
    await expect(lambda.getFunction('orders:$LATEST')?.addPermission(s3)).rejects.toThrow(
      'We currently do not support adding policies for $LATEST.',
    );
  });

  test('takes a statement id once', async () => {
    const { fn } = await orders();
    await fn.addPermission(s3);
    const again = fn.addPermission(s3);
    await expect(again).rejects.toThrow(ConflictError);
    await expect(again).rejects.toThrow(
      'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
    );
  });

  test('loses statements one by one and goes with the last', async () => {
    const { fn } = await orders();
    const none = fn.removePermission('s3');
    await expect(none).rejects.toThrow('No policy is associated with the given resource.');
    await fn.addPermission(s3);
    await fn.addPermission({ ...s3, statementId: 'two' });
    await fn.removePermission('s3');
    expect(fn.policy?.document.Statement).toMatchObject([{ Sid: 'two' }]);
    const missing = fn.removePermission('s3');
    await expect(missing).rejects.toThrow(PolicyNotFoundError);
    await expect(missing).rejects.toThrow('Statement s3 is not found in resource policy.');
    await fn.removePermission('two');
    expect(fn.policy).toBeUndefined();
  });

  test('has a new revision with each change, and changes at the right one only', async () => {
    const { fn } = await orders();
    await fn.addPermission(s3);
    const first = fn.policy?.revisionId ?? '';
    await fn.addPermission({ ...s3, statementId: 'two', revisionId: first });
    const second = fn.policy?.revisionId ?? '';
    expect(second).not.toBe(first);
    const late = fn.addPermission({ ...s3, statementId: 'three', revisionId: first });
    await expect(late).rejects.toThrow(PreconditionFailedError);
    await expect(late).rejects.toThrow(
      'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id',
    );
    await expect(fn.removePermission('two', { revisionId: first })).rejects.toThrow('GetPolicy');
    await expect(fn.deletePolicy({ revisionId: first })).rejects.toThrow('GetPolicy');
    await fn.removePermission('two', { revisionId: second });
  });

  test('has 20,480 bytes at most', async () => {
    const { fn } = await orders();
    const add = (index: number): Promise<unknown> =>
      fn.addPermission({
        statementId: `s${index}`.padEnd(100, '-'),
        principal: 's3.amazonaws.com',
        sourceArn: `arn:aws:s3:::${'x'.repeat(1_800)}`,
      });
    for (let index = 0; index < 9; index += 1) await add(index);
    const tooLong = add(9);
    await expect(tooLong).rejects.toThrow(PolicyLengthError);
    await expect(tooLong).rejects.toThrow(
      /^The final policy size \(2\d{4}\) is bigger than the limit \(20480\)\.$/,
    );
    expect(fn.policy?.document.Statement).toHaveLength(9);
  });

  test('can be replaced as a whole, but not by one that lets everybody in', async () => {
    const { fn } = await orders();
    await fn.addPermission(s3);
    const document = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 'lambda:InvokeFunction',
        Resource: arn,
      },
    } as const;
    const kept = await fn.putPolicy(document);
    expect(fn.policy).toEqual(kept);
    expect(kept.document.Statement).toEqual([document.Statement]);
    const open = { ...document, Statement: { ...document.Statement, Effect: 'Allow' } } as const;
    await expect(fn.putPolicy(open)).rejects.toThrow(PublicPolicyError);
    expect(fn.policy).toEqual(kept);
    await fn.deletePolicy();
    await expect(fn.deletePolicy()).rejects.toThrow(PolicyNotFoundError);
  });

  test('is frozen, and later changes of what was given do not reach it', async () => {
    const { fn } = await orders();
    const statement = { Effect: 'Deny', Principal: '*', Action: '*', Resource: ['*'] } as const;
    await fn.putPolicy({ Statement: [statement] });
    (statement.Resource as unknown as string[]).push('arn:aws:s3:::x');
    const [kept] = [fn.policy?.document.Statement].flat();
    expect(kept?.Resource).toEqual(['*']);
    expect(Object.isFrozen(kept)).toBe(true);
  });
});

describe('a policy goes', () => {
  test('with its function, and the next of that name has none', async () => {
    const { lambda, fn } = await orders();
    await fn.publishVersion();
    const alias = await fn.createAlias('live', { version: '1' });
    await fn.addPermission(s3);
    await alias.addPermission(s3);
    await fn.delete();
    await expect(fn.addPermission(s3)).rejects.toThrow(FunctionNotFoundError);
    const code = { source: 'exports.handler = async () => 2' };
    const next = await lambda.createFunction({ name: 'orders', code });
    expect(next.policy).toBeUndefined();
  });

  test('with its alias or version, and leaves the others', async () => {
    const { fn } = await orders();
    await fn.publishVersion();
    const alias = await fn.createAlias('live', { version: '1' });
    await alias.addPermission(s3);
    await fn.addPermission(s3);
    await alias.delete();
    const again = await fn.createAlias('live', { version: '1' });
    expect(again.policy).toBeUndefined();
    expect(fn.policy).toBeDefined();
  });
});

describe('a layer version', () => {
  test('has a policy with accounts and organizations', async () => {
    const { lambda } = await orders();
    await using folder = await folderOf({ 'nodejs/a.js': '' });
    const layer = await lambda.publishLayer({ name: 'fonts', code: { dir: folder.path } });
    const permissions = lambda.layerPermissions(layer);
    const everybody = { statementId: 'all', principal: '*', organizationId: 'o-a1b2c3d4e5' };
    expect(await permissions.add(everybody)).toEqual({
      Sid: 'all',
      Effect: 'Allow',
      Principal: '*',
      Action: 'lambda:GetLayerVersion',
      Resource: layer.arn,
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
    });
    await permissions.add({ statementId: 'one', principal: '210987654321' });
    expect(lambda.layerPermissions(layer.arn).policy?.document.Statement).toHaveLength(2);
    await expect(permissions.add(everybody)).rejects.toThrow(ConflictError);
    const service = { statementId: 'x', principal: 's3.amazonaws.com' };
    await expect(permissions.add(service)).rejects.toThrow(InvalidOptionError);
    await permissions.remove('all');
    await permissions.remove('one');
    expect(permissions.policy).toBeUndefined();
    const missing = lambda.layerPermissions(`${layer.layerArn}:9`);
    await expect(missing.add(everybody)).rejects.toThrow('does not exist');
  });
});

test('permissions are there after a restart', async () => {
  await using folder = await folderOf({});
  const storage = { file: join(folder.path, 'lambda.db') };
  const first = await Lambda.open({ storage, blanks: 0 });
  const code = { source: 'exports.handler = async () => 1' };
  const fn = await first.createFunction({ name: 'orders', code });
  await fn.addPermission(s3);
  const before = fn.policy;
  await first.close();
  const second = await Lambda.open({ storage, blanks: 0 });
  expect(second.getFunction('orders')?.policy).toEqual(before);
  await second.getFunction('orders')?.delete();
  await second.close();
  const third = await Lambda.open({ storage, blanks: 0 });
  const next = await third.createFunction({ name: 'orders', code });
  expect(next.policy).toBeUndefined();
  await third.close();
});
