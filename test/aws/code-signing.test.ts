import {
  CreateCodeSigningConfigCommand,
  CreateFunctionCommand,
  DeleteCodeSigningConfigCommand,
  DeleteFunctionCodeSigningConfigCommand,
  GetCodeSigningConfigCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionConfigurationCommand,
  GetRuntimeManagementConfigCommand,
  ListCodeSigningConfigsCommand,
  ListFunctionsByCodeSigningConfigCommand,
  ListTagsCommand,
  PutFunctionCodeSigningConfigCommand,
  PutRuntimeManagementConfigCommand,
  TagResourceCommand,
  UpdateCodeSigningConfigCommand,
  UpdateFunctionCodeCommand,
  type CodeSigningConfig,
} from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { doorKit, refusal, role, zip, type DoorKit } from './kit.ts';

const publisher = 'arn:aws:signer:us-east-1:123456789012:/signing-profiles/trusted/0123456789';
const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:orders';
const gone = 'arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0';

async function createFunction(kit: DoorKit, changes: object = {}): Promise<void> {
  await kit.client.send(
    new CreateFunctionCommand({
      FunctionName: 'orders',
      Role: role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip('exports.handler = async () => 1') },
      ...changes,
    }),
  );
}

async function createConfig(
  kit: DoorKit,
  policy?: 'Warn' | 'Enforce',
): Promise<CodeSigningConfig & { readonly CodeSigningConfigArn: string }> {
  const { CodeSigningConfig: config } = await kit.client.send(
    new CreateCodeSigningConfigCommand({
      Description: 'trusted',
      AllowedPublishers: { SigningProfileVersionArns: [publisher] },
      ...(policy && { CodeSigningPolicies: { UntrustedArtifactOnDeployment: policy } }),
      Tags: { team: 'a' },
    }),
  );
  return config as CodeSigningConfig & { readonly CodeSigningConfigArn: string };
}

test('a code-signing configuration lives through its operations', async () => {
  await using kit = doorKit();
  const { client } = kit;
  const config = await createConfig(kit);
  const { CodeSigningConfigArn } = config;
  expect(config).toEqual({
    CodeSigningConfigId: expect.stringMatching(/^csc-[0-9a-f]{17}$/),
    CodeSigningConfigArn: `arn:aws:lambda:us-east-1:123456789012:code-signing-config:${config.CodeSigningConfigId}`,
    Description: 'trusted',
    AllowedPublishers: { SigningProfileVersionArns: [publisher] },
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' },
    LastModified: expect.stringMatching(/\+0000$/),
  });
  await client.send(
    new UpdateCodeSigningConfigCommand({
      CodeSigningConfigArn,
      CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' },
    }),
  );
  const got = await client.send(new GetCodeSigningConfigCommand({ CodeSigningConfigArn }));
  expect(got.CodeSigningConfig).toMatchObject({
    Description: 'trusted',
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' },
  });
  const listed = await client.send(new ListCodeSigningConfigsCommand({}));
  expect(listed.CodeSigningConfigs).toEqual([got.CodeSigningConfig]);

  const Resource = CodeSigningConfigArn;
  await client.send(new TagResourceCommand({ Resource, Tags: { stage: 'test' } }));
  const { Tags } = await client.send(new ListTagsCommand({ Resource }));
  expect(Tags).toEqual({ team: 'a', stage: 'test' });

  const deletion = new DeleteCodeSigningConfigCommand({ CodeSigningConfigArn });
  expect((await client.send(deletion)).$metadata.httpStatusCode).toBe(204);
  expect(await refusal(client.send(deletion))).toEqual({
    name: 'ResourceNotFoundException',
    message: `The Lambda code signing configuration ${CodeSigningConfigArn} can not be found.`,
    status: 404,
  });
});

test('a function gets a configuration, is listed by it and loses it', async () => {
  await using kit = doorKit();
  const { client } = kit;
  await createFunction(kit);
  const FunctionName = 'orders';
  const ofFunction = async () => {
    const got = await client.send(new GetFunctionCodeSigningConfigCommand({ FunctionName }));
    return got.CodeSigningConfigArn;
  };
  expect(await ofFunction()).toBeUndefined();
  const { CodeSigningConfigArn } = await createConfig(kit);
  const put = new PutFunctionCodeSigningConfigCommand({ FunctionName, CodeSigningConfigArn });
  expect(await client.send(put)).toMatchObject({ FunctionName, CodeSigningConfigArn });
  expect(await ofFunction()).toBe(CodeSigningConfigArn);
  const { FunctionArns } = await client.send(
    new ListFunctionsByCodeSigningConfigCommand({ CodeSigningConfigArn }),
  );
  expect(FunctionArns).toEqual([functionArn]);
  const deletion = new DeleteCodeSigningConfigCommand({ CodeSigningConfigArn });
  expect(await refusal(client.send(deletion))).toMatchObject({
    name: 'ResourceConflictException',
    status: 409,
  });
  await client.send(new DeleteFunctionCodeSigningConfigCommand({ FunctionName }));
  expect(await ofFunction()).toBeUndefined();
  await client.send(deletion);

  const missing = { FunctionName, CodeSigningConfigArn: gone };
  expect(await refusal(client.send(new PutFunctionCodeSigningConfigCommand(missing)))).toEqual({
    name: 'CodeSigningConfigNotFoundException',
    message: `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${gone}.`,
    status: 404,
  });
});

test('Enforce refuses code, since nobody signed it', async () => {
  await using kit = doorKit();
  const { CodeSigningConfigArn } = await createConfig(kit, 'Enforce');
  const refused = {
    name: 'CodeVerificationFailedException',
    message: `Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is not configured to accept. Check the provided signature for ${functionArn}.`,
    status: 400,
  };
  expect(await refusal(createFunction(kit, { CodeSigningConfigArn }))).toEqual(refused);
  await createFunction(kit);
  const FunctionName = 'orders';
  await kit.client.send(
    new PutFunctionCodeSigningConfigCommand({ FunctionName, CodeSigningConfigArn }),
  );
  for (const DryRun of [true, false]) {
    const update = new UpdateFunctionCodeCommand({
      FunctionName,
      ZipFile: zip('exports.handler = async () => 2'),
      DryRun,
    });
    expect(await refusal(kit.client.send(update))).toEqual(refused);
  }
});

test('runtime management is kept for each version, and Manual needs a version of the runtime', async () => {
  await using kit = doorKit();
  const { client } = kit;
  await createFunction(kit, { Publish: true });
  const FunctionName = 'orders';
  const RuntimeVersionArn = `arn:aws:lambda:us-east-1::runtime:${'1'.repeat(64)}`;
  const get = async (Qualifier?: string) => {
    const input = { FunctionName, ...(Qualifier && { Qualifier }) };
    const { $metadata: _, ...shown } = await client.send(
      new GetRuntimeManagementConfigCommand(input),
    );
    return shown;
  };
  expect(await get()).toMatchObject({ UpdateRuntimeOn: 'Auto', FunctionArn: functionArn });
  const manual = { FunctionName, UpdateRuntimeOn: 'Manual' as const, Qualifier: '1' };
  const put = new PutRuntimeManagementConfigCommand({ ...manual, RuntimeVersionArn });
  expect(await client.send(put)).toMatchObject({
    UpdateRuntimeOn: 'Manual',
    FunctionArn: `${functionArn}:1`,
    RuntimeVersionArn,
  });
  expect(await get('1')).toMatchObject({ UpdateRuntimeOn: 'Manual', RuntimeVersionArn });
  expect(await get()).toMatchObject({ UpdateRuntimeOn: 'Auto' });
  const shown = await client.send(
    new GetFunctionConfigurationCommand({ FunctionName, Qualifier: '1' }),
  );
  expect(shown.RuntimeVersionConfig).toEqual({ RuntimeVersionArn });
  for (const [input, name] of [
    [manual, 'InvalidParameterValueException'],
    [{ ...manual, Qualifier: '9', UpdateRuntimeOn: 'Auto' as const }, 'ResourceNotFoundException'],
  ] as const) {
    const refused = await refusal(client.send(new PutRuntimeManagementConfigCommand(input)));
    expect(refused.name).toBe(name);
  }
});
