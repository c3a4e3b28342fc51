import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { doorKit, refusal, role, zip, type DoorKit } from './kit.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders';
const one = zip('exports.handler = async () => 1');
const two = zip('exports.handler = async () => 2');

function creation(changes: Partial<CreateFunctionCommandInput> = {}): CreateFunctionCommand {
  return new CreateFunctionCommand({
    FunctionName: 'orders',
    Role: role,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: one },
    ...changes,
  });
}

async function call(kit: DoorKit, name = 'orders'): Promise<unknown> {
  const { Payload } = await kit.client.send(new InvokeCommand({ FunctionName: name }));
  return JSON.parse(Payload!.transformToString());
}

describe('CreateFunction', () => {
  test('answers with AWS defaults while the function is Pending', async () => {
    await using kit = doorKit();
    const { $metadata, ...created } = await kit.client.send(creation());
    expect($metadata.httpStatusCode).toBe(201);
    expect(created).toEqual({
      FunctionName: 'orders',
      FunctionArn: arn,
      Runtime: 'nodejs22.x',
      Role: role,
      Handler: 'index.handler',
      CodeSize: one.length,
      Description: '',
      Timeout: 3,
      MemorySize: 128,
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
      CodeSha256: createHash('sha256').update(one).digest('base64'),
      Version: '$LATEST',
      TracingConfig: { Mode: 'PassThrough' },
      RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      State: 'Pending',
      StateReason: 'The function is being created.',
      StateReasonCode: 'Creating',
      PackageType: 'Zip',
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      RuntimeVersionConfig: { RuntimeVersionArn: expect.stringContaining('::runtime:') },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/orders' },
    });
    expect(await call(kit)).toBe(1);
  });

  test('takes every setting and shows it again', async () => {
    await using kit = doorKit();
    const settings = {
      Description: 'takes orders',
      Timeout: 30,
      MemorySize: 256,
      Environment: { Variables: { TABLE: 'orders' } },
      KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1',
      TracingConfig: { Mode: 'Active' as const },
      Architectures: ['arm64' as const],
      EphemeralStorage: { Size: 1_024 },
      LoggingConfig: {
        LogFormat: 'JSON' as const,
        ApplicationLogLevel: 'WARN' as const,
        SystemLogLevel: 'DEBUG' as const,
        LogGroup: '/orders',
      },
      TenancyConfig: { TenantIsolationMode: 'PER_TENANT' as const },
      VpcConfig: { SubnetIds: ['subnet-1a'], SecurityGroupIds: ['sg-1a'] },
      FileSystemConfigs: [
        {
          Arn: 'arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0',
          LocalMountPath: '/mnt/shared',
        },
      ],
    };
    await kit.client.send(creation({ ...settings, Tags: { team: 'shop' } }));
    const { Configuration, Tags, Code, Concurrency } = await kit.client.send(
      new GetFunctionCommand({ FunctionName: 'orders' }),
    );
    expect(Configuration).toMatchObject({
      ...settings,
      State: 'Active',
      LastUpdateStatus: 'Successful',
    });
    expect(Configuration?.VpcConfig?.VpcId).toMatch(/^vpc-/);
    expect(Tags).toEqual({ team: 'shop' });
    expect(Code).toMatchObject({ RepositoryType: 'S3' });
    expect(Concurrency).toBeUndefined();
  });

  test('with Publish answers with version 1', async () => {
    await using kit = doorKit();
    const created = await kit.client.send(creation({ Publish: true }));
    expect(created).toMatchObject({ Version: '1', FunctionArn: `${arn}:1`, State: 'Pending' });
  });

  test('a second one of that name is a conflict', async () => {
    await using kit = doorKit();
    await kit.client.send(creation());
    expect(await refusal(kit.client.send(creation()))).toEqual({
      name: 'ResourceConflictException',
      status: 409,
      message: 'Function already exist: orders',
    });
  });

  test.each<[string, Partial<CreateFunctionCommandInput>, string, string | RegExp]>([
    [
      'no runtime',
      { Runtime: undefined },
      'InvalidParameterValueException',
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    ],
    [
      'a runtime that AWS does not have',
      { Runtime: 'nodejs99.x' as 'nodejs22.x' },
      'ValidationException',
      /^1 validation error detected: Value 'nodejs99\.x' at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \[/,
    ],
    [
      'a runtime that is not Node',
      { Runtime: 'python3.13' },
      'InvalidParameterValueException',
      /isolambda runs Node\.js only/,
    ],
    [
      'a zip that is none',
      { Code: { ZipFile: Buffer.from('no zip') } },
      'InvalidParameterValueException',
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    ],
    [
      'an empty zip',
      { Code: { ZipFile: Buffer.alloc(0) } },
      'InvalidParameterValueException',
      'Uploaded file must be a non-empty zip',
    ],
    [
      'an image',
      { PackageType: 'Image', Code: { ImageUri: 'x' }, Runtime: undefined, Handler: undefined },
      'InvalidParameterValueException',
      /container images/,
    ],
    [
      'a zip and a bucket',
      { Code: { ZipFile: one, S3Bucket: 'code', S3Key: 'a' } },
      'InvalidParameterValueException',
      'Please do not provide other FunctionCode parameters when providing a ZipFile.',
    ],
    [
      'too much memory',
      { MemorySize: 10_241 },
      'InvalidParameterValueException',
      /Member must have value less than or equal to 10240/,
    ],
    [
      'several things at once',
      { MemorySize: 1, Timeout: 0, Role: 'me' },
      'ValidationException',
      /^3 validation errors detected: .*; .*; /,
    ],
    [
      'too many variables',
      { Environment: { Variables: { BIG: 'x'.repeat(4_096) } } },
      'InvalidParameterValueException',
      /^Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit\. String measured: \{"BIG":"x/,
    ],
    [
      'a reserved variable',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'InvalidParameterValueException',
      /Reserved keys used in this request: AWS_REGION$/,
    ],
    [
      'a name that is too long',
      { FunctionName: 'x'.repeat(65) },
      'InvalidParameterValueException',
      /Member must have length less than or equal to 64/,
    ],
  ])('refuses %s', async (_what, changes, name, message) => {
    await using kit = doorKit();
    const refused = await refusal(kit.client.send(creation(changes)));
    expect(refused.status).toBe(400);
    expect(refused.name).toBe(name);
    expect(refused.message).toMatch(message);
    expect(kit.lambda.listFunctions()).toEqual([]);
  });

  test('stays Pending for as long as it is told to, and refuses invocations meanwhile', async () => {
    const clock = new VirtualClock();
    await using kit = doorKit({ clock, stateTransitionMs: 5_000 });
    await kit.client.send(creation());
    expect(await refusal(kit.client.send(new InvokeCommand({ FunctionName: 'orders' })))).toEqual({
      name: 'ResourceConflictException',
      status: 409,
      message:
        'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    });
    await clock.advance(5_000);
    expect(await call(kit)).toBe(1);
  });
});

describe('waiters of the client', () => {
  test('find a new function active and a changed one updated', async () => {
    await using kit = doorKit();
    const waiting = { client: kit.client, maxWaitTime: 5 };
    await kit.client.send(creation());
    await waitUntilFunctionActiveV2(waiting, { FunctionName: 'orders' });
    await kit.client.send(new UpdateFunctionCodeCommand({ FunctionName: 'orders', ZipFile: two }));
    await waitUntilFunctionUpdatedV2(waiting, { FunctionName: 'orders' });
    expect(await call(kit)).toBe(2);
  });
});

describe('GetFunction', () => {
  test('shows a version under the ARN that was asked for', async () => {
    await using kit = doorKit();
    await kit.client.send(creation());
    await kit.client.send(new PublishVersionCommand({ FunctionName: 'orders' }));
    const get = new GetFunctionConfigurationCommand({ FunctionName: 'orders:1' });
    expect(await kit.client.send(get)).toMatchObject({ FunctionArn: `${arn}:1`, Version: '1' });
    const latest = new GetFunctionConfigurationCommand({
      FunctionName: 'orders',
      Qualifier: '$LATEST',
    });
    expect(await kit.client.send(latest)).toMatchObject({ FunctionArn: `${arn}:$LATEST` });
  });

  test.each([
    ['orders', undefined, `Function not found: ${arn}`],
    ['orders', '7', `Function not found: ${arn}:7`],
    ['orders:live', undefined, `Function not found: ${arn}:live`],
  ])('%s with qualifier %s is not found', async (FunctionName, Qualifier, message) => {
    await using kit = doorKit();
    const input = { FunctionName, ...(Qualifier !== undefined && { Qualifier }) };
    expect(await refusal(kit.client.send(new GetFunctionCommand(input)))).toEqual({
      name: 'ResourceNotFoundException',
      status: 404,
      message,
    });
  });
});

describe('UpdateFunctionCode', () => {
  test('runs the new code and says InProgress', async () => {
    await using kit = doorKit();
    await kit.client.send(creation());
    const update = new UpdateFunctionCodeCommand({ FunctionName: 'orders', ZipFile: two });
    expect(await kit.client.send(update)).toMatchObject({
      State: 'Active',
      LastUpdateStatus: 'InProgress',
      LastUpdateStatusReasonCode: 'Creating',
      CodeSha256: createHash('sha256').update(two).digest('base64'),
    });
    expect(await call(kit)).toBe(2);
  });

  test('with DryRun changes nothing', async () => {
    await using kit = doorKit();
    const before = await kit.client.send(creation());
    const update = { FunctionName: 'orders', ZipFile: two, DryRun: true };
    const dry = await kit.client.send(new UpdateFunctionCodeCommand(update));
    expect(dry).toMatchObject({
      CodeSha256: createHash('sha256').update(two).digest('base64'),
      RevisionId: before.RevisionId,
    });
    expect(await call(kit)).toBe(1);
  });

  test('with Publish answers with the new version', async () => {
    await using kit = doorKit();
    await kit.client.send(creation());
    const update = { FunctionName: 'orders', ZipFile: two, Publish: true };
    expect(await kit.client.send(new UpdateFunctionCodeCommand(update))).toMatchObject({
      Version: '1',
    });
    expect(await call(kit, 'orders:1')).toBe(2);
  });

  test('another revision is a failed precondition', async () => {
    await using kit = doorKit();
    await kit.client.send(creation());
    const RevisionId = '00000000-0000-4000-8000-000000000000';
    const update = { FunctionName: 'orders', ZipFile: two, RevisionId };
    expect(await refusal(kit.client.send(new UpdateFunctionCodeCommand(update)))).toMatchObject({
      name: 'PreconditionFailedException',
      status: 412,
      message: expect.stringContaining(
        'The Revision Id provided does not match the latest Revision Id',
      ),
    });
  });

  test('a second change meanwhile is a conflict', async () => {
    const clock = new VirtualClock();
    await using kit = doorKit({ clock, stateTransitionMs: 1_000 });
    await kit.client.send(creation());
    await clock.advance(1_000);
    const update = new UpdateFunctionCodeCommand({ FunctionName: 'orders', ZipFile: two });
    await kit.client.send(update);
    expect(await refusal(kit.client.send(update))).toEqual({
      name: 'ResourceConflictException',
      status: 409,
      message: `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
    });
  });
});

describe('UpdateFunctionConfiguration', () => {
  test('leaves what it does not name, and replaces the environment as a whole', async () => {
    await using kit = doorKit();
    await kit.client.send(
      creation({
        Environment: { Variables: { AA: '1', BB: '2' } },
        MemorySize: 256,
      }),
    );
    const update = { FunctionName: 'orders', Timeout: 10, Environment: { Variables: { CC: '3' } } };
    const updated = await kit.client.send(new UpdateFunctionConfigurationCommand(update));
    expect(updated).toMatchObject({
      Timeout: 10,
      MemorySize: 256,
      Environment: { Variables: { CC: '3' } },
      LastUpdateStatus: 'InProgress',
    });
  });

  test('an empty dead-letter target takes it away', async () => {
    await using kit = doorKit();
    const { arn: TargetArn } = kit.lambda.createQueue('letters');
    await kit.client.send(creation({ DeadLetterConfig: { TargetArn } }));
    const configuration = (): Promise<object> =>
      kit.client.send(new GetFunctionConfigurationCommand({ FunctionName: 'orders' }));
    expect(await configuration()).toMatchObject({ DeadLetterConfig: { TargetArn } });
    await kit.client.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: 'orders',
        DeadLetterConfig: { TargetArn: '' },
      }),
    );
    expect(await configuration()).not.toHaveProperty('DeadLetterConfig');
  });
});

describe('ListFunctions', () => {
  test('gives pages of 50 at most, without states, in an order that later pages keep', async () => {
    await using kit = doorKit();
    for (let index = 0; index < 60; index++) {
      await kit.lambda.createFunction({
        name: `f${index}`,
        code: { source: 'exports.handler=()=>1' },
      });
    }
    const first = await kit.client.send(new ListFunctionsCommand({ MaxItems: 1_000 }));
    expect(first.Functions).toHaveLength(50);
    expect(first.Functions?.[0]).not.toHaveProperty('State');
    await kit.lambda.getFunction('f3')!.delete();
    const second = await kit.client.send(new ListFunctionsCommand({ Marker: first.NextMarker! }));
    expect(second.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(
      Array.from({ length: 10 }, (_, index) => `f${50 + index}`),
    );
    expect(second.NextMarker).toBeUndefined();
  });

  test('ALL lists every version', async () => {
    await using kit = doorKit();
    await kit.client.send(creation({ Publish: true }));
    const { Functions } = await kit.client.send(
      new ListFunctionsCommand({ FunctionVersion: 'ALL' }),
    );
    expect(Functions?.map(({ FunctionArn }) => FunctionArn)).toEqual([
      `${arn}:$LATEST`,
      `${arn}:1`,
    ]);
  });

  test('a marker that nobody gave is refused', async () => {
    await using kit = doorKit();
    expect(await refusal(kit.client.send(new ListFunctionsCommand({ Marker: 'x' })))).toMatchObject(
      {
        name: 'InvalidParameterValueException',
      },
    );
  });
});

describe('versions', () => {
  test('publishing what did not change gives the version again', async () => {
    await using kit = doorKit();
    await kit.client.send(creation());
    const publish = new PublishVersionCommand({ FunctionName: 'orders' });
    expect(await kit.client.send(publish)).toMatchObject({ Version: '1', State: 'Pending' });
    expect(await kit.client.send(publish)).toMatchObject({ Version: '1', State: 'Active' });
    const { Versions } = await kit.client.send(
      new ListVersionsByFunctionCommand({ FunctionName: 'orders' }),
    );
    expect(Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1']);
  });

  test('guards by CodeSha256', async () => {
    await using kit = doorKit();
    const { CodeSha256 } = await kit.client.send(creation());
    const publish = new PublishVersionCommand({ FunctionName: 'orders', CodeSha256: 'other' });
    expect(await refusal(kit.client.send(publish))).toEqual({
      name: 'InvalidParameterValueException',
      status: 400,
      message: `CodeSHA256 (other) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    });
  });
});

describe('DeleteFunction', () => {
  test('deletes one version, and $LATEST only with the function', async () => {
    await using kit = doorKit();
    await kit.client.send(creation({ Publish: true }));
    const deletion = (Qualifier?: string): Promise<{ $metadata: { httpStatusCode?: number } }> =>
      kit.client.send(
        new DeleteFunctionCommand({ FunctionName: 'orders', ...(Qualifier && { Qualifier }) }),
      );
    expect(await refusal(deletion('$LATEST'))).toMatchObject({
      name: 'InvalidParameterValueException',
      message: '$LATEST version cannot be deleted without deleting the function.',
    });
    expect((await deletion('1')).$metadata.httpStatusCode).toBe(204);
    expect((await deletion()).$metadata.httpStatusCode).toBe(204);
    expect(await refusal(deletion())).toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

test('the link to the code gives the package for ten minutes, and nothing else', async () => {
  const clock = new VirtualClock();
  const { serve } = await import('../../src/aws/index.ts');
  await using kit = doorKit({ clock });
  await using server = await serve(kit.lambda, { port: 0 });
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await client.send(creation());
  const { Code } = await client.send(new GetFunctionCommand({ FunctionName: 'orders' }));
  client.destroy();
  const link = Code!.Location!;
  expect(link.startsWith(server.url)).toBe(true);
  const fetched = await fetch(link);
  expect(new Uint8Array(await fetched.arrayBuffer())).toEqual(new Uint8Array(one));
  expect((await fetch(link.replace('orders', 'other'))).status).toBe(403);
  await clock.advance(600_001);
  expect((await fetch(link)).status).toBe(403);
});
