import {
  AddLayerVersionPermissionCommand,
  AddPermissionCommand,
  DeleteResourcePolicyCommand,
  GetFunctionCommand,
  GetLayerVersionPolicyCommand,
  GetPolicyCommand,
  GetResourcePolicyCommand,
  PublishLayerVersionCommand,
  PutResourcePolicyCommand,
  RemoveLayerVersionPermissionCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { doorKit, refusal, zip, type DoorKit } from './kit.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f';

async function kitWithFunction(): Promise<DoorKit> {
  const kit = doorKit();
  const code = { source: 'exports.handler = async () => 1' };
  const fn = await kit.lambda.createFunction({ name: 'f', code });
  await fn.publishVersion();
  await fn.createAlias('live', { version: '1' });
  return kit;
}

const s3 = {
  FunctionName: 'f',
  StatementId: 's3',
  Action: 'lambda:InvokeFunction',
  Principal: 's3.amazonaws.com',
} as const;

describe('permissions of functions', () => {
  test('are added, shown and removed', async () => {
    await using kit = await kitWithFunction();
    const added = await kit.client.send(
      new AddPermissionCommand({ ...s3, SourceArn: 'arn:aws:s3:::photos' }),
    );
    expect(added.$metadata.httpStatusCode).toBe(201);
    expect(added.Statement).toBe(
      '{"Sid":"s3","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},' +
        `"Action":"lambda:InvokeFunction","Resource":"${arn}",` +
        '"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::photos"}}}',
    );
    const shown = await kit.client.send(new GetPolicyCommand({ FunctionName: arn }));
    expect(shown.Policy).toBe(
      `{"Version":"2012-10-17","Id":"default","Statement":[${added.Statement}]}`,
    );
    const removed = await kit.client.send(
      new RemovePermissionCommand({
        FunctionName: 'f',
        StatementId: 's3',
        RevisionId: shown.RevisionId,
      }),
    );
    expect(removed.$metadata.httpStatusCode).toBe(204);
    expect(await refusal(kit.client.send(new GetPolicyCommand({ FunctionName: 'f' })))).toEqual({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
      status: 404,
    });
  });

  test('belong to a version or alias where one is named', async () => {
    await using kit = await kitWithFunction();
    await kit.client.send(new AddPermissionCommand({ ...s3, Qualifier: 'live' }));
    const ofAlias = await kit.client.send(new GetPolicyCommand({ FunctionName: 'f:live' }));
    expect(ofAlias.Policy).toContain(`"Resource":"${arn}:live"`);
    const ofVersion = refusal(
      kit.client.send(new GetPolicyCommand({ FunctionName: 'f', Qualifier: '1' })),
    );
    expect((await ofVersion).status).toBe(404);
  });

  test('refuse what AWS refuses, in its words', async () => {
    await using kit = await kitWithFunction();
    const add = (change: object) =>
      refusal(kit.client.send(new AddPermissionCommand({ ...s3, ...change })));
    const remove = (change: object) =>
      refusal(
        kit.client.send(
          new RemovePermissionCommand({ FunctionName: 'f', StatementId: 's3', ...change }),
        ),
      );
    expect(await remove({})).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No policy is associated with the given resource.',
    });
    await kit.client.send(new AddPermissionCommand(s3));
    expect(await add({})).toEqual({
      name: 'ResourceConflictException',
      message:
        'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
      status: 409,
    });
    expect(await add({ Qualifier: '$LATEST' })).toEqual({
      name: 'InvalidParameterValueException',
      message: 'We currently do not support adding policies for $LATEST.',
      status: 400,
    });
    expect(await add({ Principal: 'nobody', StatementId: 'x' })).toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The provided principal was invalid. Please check the principal and try again.',
    });
    expect(await add({ StatementId: 'a b' })).toMatchObject({ name: 'ValidationException' });
    expect(await add({ FunctionName: 'g' })).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn.slice(0, -1)}g`,
    });
    expect(await add({ Qualifier: 'dead' })).toMatchObject({
      message: `Cannot find alias arn: ${arn}:dead`,
    });
    expect(await add({ StatementId: 'x', RevisionId: 'old' })).toEqual({
      name: 'PreconditionFailedException',
      message:
        'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id',
      status: 412,
    });
    expect(await remove({ StatementId: 'x' })).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Statement x is not found in resource policy.',
    });
    expect(await remove({ FunctionName: 'g' })).toMatchObject({
      message: `No policy found for: ${arn.slice(0, -1)}g`,
    });
    const SourceArn = `arn:aws:s3:::${'x'.repeat(1_000)}`;
    const many = Array.from({ length: 20 }, (_, index) =>
      add({ StatementId: `p${index}`, SourceArn }).catch(() => null),
    );
    expect((await Promise.all(many)).filter((one) => one !== null)).toContainEqual({
      name: 'PolicyLengthExceededException',
      message: expect.stringMatching(
        /^The final policy size \(2\d{4}\) is bigger than the limit \(20480\)\.$/,
      ) as string,
      status: 400,
    });
  });

  test('take the revision of the function until there is a policy', async () => {
    await using kit = await kitWithFunction();
    const { Configuration } = await kit.client.send(new GetFunctionCommand({ FunctionName: 'f' }));
    const RevisionId = Configuration?.RevisionId;
    await kit.client.send(new AddPermissionCommand({ ...s3, RevisionId }));
    const again = kit.client.send(
      new AddPermissionCommand({ ...s3, StatementId: 'x', RevisionId }),
    );
    expect((await refusal(again)).status).toBe(412);
  });
});

describe('whole policies', () => {
  const document = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'partner',
        Effect: 'Allow',
        Principal: { AWS: '210987654321' },
        Action: 'lambda:InvokeFunction',
        Resource: arn,
      },
    ],
  };

  test('are put, shown and deleted', async () => {
    await using kit = await kitWithFunction();
    await kit.client.send(new AddPermissionCommand(s3));
    const put = await kit.client.send(
      new PutResourcePolicyCommand({ ResourceArn: arn, Policy: JSON.stringify(document) }),
    );
    expect(JSON.parse(put.Policy ?? '')).toEqual(document);
    const shown = await kit.client.send(new GetResourcePolicyCommand({ ResourceArn: arn }));
    expect(shown).toMatchObject({ Policy: put.Policy, RevisionId: put.RevisionId });
    const { RevisionId } = put;
    const deleted = await kit.client.send(
      new DeleteResourcePolicyCommand({ ResourceArn: arn, RevisionId }),
    );
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    const gone = refusal(kit.client.send(new GetResourcePolicyCommand({ ResourceArn: arn })));
    expect(await gone).toMatchObject({ name: 'ResourceNotFoundException', status: 404 });
  });

  test('let nobody in whom they do not name', async () => {
    await using kit = await kitWithFunction();
    const [statement] = document.Statement;
    const put = (change: object | string) =>
      refusal(
        kit.client.send(
          new PutResourcePolicyCommand({
            ResourceArn: `${arn}:live`,
            Policy:
              typeof change === 'string'
                ? change
                : JSON.stringify({ Statement: { ...statement, ...change } }),
          }),
        ),
      );
    expect(await put({ Principal: '*' })).toEqual({
      name: 'PublicPolicyException',
      message:
        "The resource-based policy you tried to add to the Lambda resource would grant public access to it, which isn't allowed.",
      status: 400,
    });
    expect(await put({ Effect: 'Maybe' })).toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining('policy.Statement.Effect') as string,
    });
    expect(await put('{')).toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining('not valid JSON') as string,
    });
  });
});

test('permissions of layer versions are added, shown and removed', async () => {
  await using kit = doorKit();
  const { LayerVersionArn = '' } = await kit.client.send(
    new PublishLayerVersionCommand({
      LayerName: 'fonts',
      Content: { ZipFile: zip('module.exports = 1', 'nodejs/a.js') },
    }),
  );
  const layer = { LayerName: 'fonts', VersionNumber: 1 };
  const permission = {
    ...layer,
    StatementId: 'all',
    Action: 'lambda:GetLayerVersion',
    Principal: '*',
    OrganizationId: 'o-a1b2c3d4e5',
  };
  const none = refusal(kit.client.send(new GetLayerVersionPolicyCommand(layer)));
  expect(await none).toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'No policy is associated with the given resource.',
  });
  const added = await kit.client.send(new AddLayerVersionPermissionCommand(permission));
  expect(JSON.parse(added.Statement ?? '')).toEqual({
    Sid: 'all',
    Effect: 'Allow',
    Principal: '*',
    Action: 'lambda:GetLayerVersion',
    Resource: LayerVersionArn,
    Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
  });
  const shown = await kit.client.send(new GetLayerVersionPolicyCommand(layer));
  expect(shown.RevisionId).toBe(added.RevisionId);
  expect(JSON.parse(shown.Policy ?? '').Statement).toHaveLength(1);
  const twice = refusal(kit.client.send(new AddLayerVersionPermissionCommand(permission)));
  expect((await twice).status).toBe(409);
  const late = kit.client.send(
    new AddLayerVersionPermissionCommand({ ...permission, StatementId: 'x', RevisionId: 'old' }),
  );
  expect(await refusal(late)).toMatchObject({
    status: 412,
    message: expect.stringContaining('Call the GetLayerPolicy API') as string,
  });
  const missing = { ...permission, VersionNumber: 2 };
  expect(
    await refusal(kit.client.send(new AddLayerVersionPermissionCommand(missing))),
  ).toMatchObject({
    name: 'ResourceNotFoundException',
    message: `Layer version ${LayerVersionArn.slice(0, -1)}2 does not exist.`,
  });
  const removed = await kit.client.send(
    new RemoveLayerVersionPermissionCommand({ ...layer, StatementId: 'all' }),
  );
  expect(removed.$metadata.httpStatusCode).toBe(204);
});
