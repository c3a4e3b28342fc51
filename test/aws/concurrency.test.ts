import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteAliasCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  ListProvisionedConcurrencyConfigsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  TooManyRequestsException,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type GetProvisionedConcurrencyConfigCommandOutput,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import type { LambdaOptions } from '../../src/lambda-options.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { doorKit, refusal, role, zip, type DoorKit } from './kit.ts';

const FunctionName = 'orders';
const arn = `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`;
const typeOf = 'exports.handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;';

async function kitWithOrders(source = typeOf, options?: LambdaOptions): Promise<DoorKit> {
  const kit = doorKit(options);
  await kit.client.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip(source) },
      Timeout: 30,
    }),
  );
  await waitUntilFunctionActiveV2({ client: kit.client, ...waiting }, { FunctionName });
  return kit;
}

const waiting = { maxWaitTime: 30, minDelay: 0.01, maxDelay: 0.05 };

async function publish(client: LambdaClient): Promise<string> {
  const Description = `${Math.random()}`;
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description }));
  await waitUntilFunctionUpdatedV2({ client, ...waiting }, { FunctionName });
  const { Version = '' } = await client.send(new PublishVersionCommand({ FunctionName }));
  return Version;
}

function put(client: LambdaClient, Qualifier: string, count: number) {
  return client.send(
    new PutProvisionedConcurrencyConfigCommand({
      FunctionName,
      Qualifier,
      ProvisionedConcurrentExecutions: count,
    }),
  );
}

function get(
  client: LambdaClient,
  Qualifier: string,
): Promise<GetProvisionedConcurrencyConfigCommandOutput> {
  return client.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }));
}

/** What is said of it once it is not in progress any more. */
async function settled(
  { client, lambda }: DoorKit,
  qualifier: string,
): Promise<GetProvisionedConcurrencyConfigCommandOutput> {
  const { promise, resolve } = Promise.withResolvers<void>();
  lambda.on('provisioned.ready', () => resolve());
  lambda.on('provisioned.failed', () => resolve());
  if ((await get(client, qualifier)).Status === 'IN_PROGRESS') await promise;
  return get(client, qualifier);
}

async function invoke(client: LambdaClient, Qualifier?: string): Promise<unknown> {
  const { Payload } = await client.send(new InvokeCommand({ FunctionName, Qualifier }));
  return JSON.parse(Payload?.transformToString() ?? '');
}

async function unreserved(client: LambdaClient): Promise<number | undefined> {
  const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
  return AccountLimit?.UnreservedConcurrentExecutions;
}

function reserve(client: LambdaClient, count: number) {
  return client.send(
    new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: count }),
  );
}

describe('reserved concurrency', () => {
  test('is put, got and deleted', async () => {
    await using kit = await kitWithOrders();
    const { client } = kit;
    const before = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
    expect(before.ReservedConcurrentExecutions).toBeUndefined();

    expect(await reserve(client, 5)).toMatchObject({ ReservedConcurrentExecutions: 5 });
    expect(await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).toMatchObject({
      ReservedConcurrentExecutions: 5,
    });
    expect(await unreserved(client)).toBe(995);

    const gone = await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    expect(gone.$metadata.httpStatusCode).toBe(204);
    expect(await unreserved(client)).toBe(1_000);
  });

  test('of 0 throttles, with a reason', async () => {
    await using kit = await kitWithOrders();
    await reserve(kit.client, 0);
    const error = await kit.client
      .send(new InvokeCommand({ FunctionName }))
      .catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(TooManyRequestsException);
    expect(error).toMatchObject({
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
    });
    expect((error as TooManyRequestsException).retryAfterSeconds).toBeUndefined();
  });

  test('is refused in the words of AWS', async () => {
    await using kit = await kitWithOrders();
    const { client } = kit;
    const tooMuch = {
      name: 'InvalidParameterValueException',
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      status: 400,
    };
    expect(await refusal(reserve(client, 901))).toEqual(tooMuch);
    expect(await refusal(reserve(client, 1_000_000))).toEqual(tooMuch);

    const qualified = { FunctionName: `${arn}:1`, ReservedConcurrentExecutions: 1 };
    expect(await refusal(client.send(new PutFunctionConcurrencyCommand(qualified)))).toMatchObject({
      message:
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. ' +
        'Please specify either a function name or an unqualified function ARN.',
    });
    const missing = { FunctionName: 'missing', ReservedConcurrentExecutions: 1 };
    const missingArn = 'arn:aws:lambda:us-east-1:123456789012:function:missing';
    expect(await refusal(client.send(new PutFunctionConcurrencyCommand(missing)))).toEqual({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${missingArn}:$LATEST`,
      status: 404,
    });
    expect(await refusal(client.send(new GetFunctionConcurrencyCommand(missing)))).toMatchObject({
      message: `Function not found: ${missingArn}`,
    });
    expect(await refusal(client.send(new DeleteFunctionConcurrencyCommand(missing)))).toMatchObject(
      { status: 404 },
    );
  });
});

describe('provisioned concurrency', () => {
  test('is in progress, then ready, then gone', async () => {
    await using kit = await kitWithOrders();
    const { client } = kit;
    const version = await publish(client);

    const answer = await put(client, version, 2);
    expect(answer.$metadata.httpStatusCode).toBe(202);
    expect(answer).toMatchObject({
      RequestedProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 0,
      AvailableProvisionedConcurrentExecutions: 0,
      Status: 'IN_PROGRESS',
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/),
    });
    expect(await settled(kit, version)).toMatchObject({
      RequestedProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 2,
      AvailableProvisionedConcurrentExecutions: 2,
      Status: 'READY',
    });
    expect(await invoke(client, version)).toBe('provisioned-concurrency');
    expect(await invoke(client)).toBe('on-demand');
    expect(await unreserved(client)).toBe(998);

    const remove = new DeleteProvisionedConcurrencyConfigCommand({
      FunctionName,
      Qualifier: version,
    });
    expect((await client.send(remove)).$metadata.httpStatusCode).toBe(204);
    expect((await client.send(remove)).$metadata.httpStatusCode).toBe(204);
    expect(await refusal(get(client, version))).toEqual({
      name: 'ProvisionedConcurrencyConfigNotFoundException',
      message: 'No Provisioned Concurrency Config found for this function',
      status: 404,
    });
    expect(await unreserved(client)).toBe(1_000);
  });

  test('fails for a handler that throws in init', async () => {
    await using kit = await kitWithOrders(`throw new Error('on purpose');`);
    const version = await publish(kit.client);
    await put(kit.client, version, 1);
    expect(await settled(kit, version)).toMatchObject({
      Status: 'FAILED',
      StatusReason: 'FUNCTION_ERROR_INIT_FAILURE',
      AllocatedProvisionedConcurrentExecutions: 0,
      AvailableProvisionedConcurrentExecutions: 0,
    });
  });

  test('that is all of the reserve throttles $LATEST, and bounds the reserve', async () => {
    await using kit = await kitWithOrders();
    const { client } = kit;
    const version = await publish(client);
    await reserve(client, 2);
    await put(client, version, 2);
    await settled(kit, version);

    expect(await refusal(invoke(client))).toMatchObject({
      name: 'TooManyRequestsException',
      status: 429,
    });
    expect(await invoke(client, version)).toBe('provisioned-concurrency');
    expect(await refusal(reserve(client, 1))).toMatchObject({
      message:
        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
    });
    expect(await refusal(put(client, version, 3))).toMatchObject({
      message:
        'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    });
  });

  test('of versions and aliases is listed in pages', async () => {
    await using kit = await kitWithOrders();
    const { client } = kit;
    const first = await publish(client);
    const second = await publish(client);
    const third = await publish(client);
    await client.send(
      new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: third }),
    );
    for (const qualifier of [first, 'live', second]) await put(client, qualifier, 1);

    const seen: unknown[] = [];
    let Marker: string | undefined;
    do {
      const page = await client.send(
        new ListProvisionedConcurrencyConfigsCommand({ FunctionName, MaxItems: 2, Marker }),
      );
      seen.push(page.ProvisionedConcurrencyConfigs?.map((config) => config.FunctionArn));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(seen).toEqual([[`${arn}:${first}`, `${arn}:live`], [`${arn}:${second}`]]);

    await client.send(new DeleteAliasCommand({ FunctionName, Name: 'live' }));
    const { ProvisionedConcurrencyConfigs } = await client.send(
      new ListProvisionedConcurrencyConfigsCommand({ FunctionName }),
    );
    expect(ProvisionedConcurrencyConfigs).toHaveLength(2);
  });

  test('is refused in the words of AWS', async () => {
    await using kit = await kitWithOrders();
    const { client } = kit;
    const version = await publish(client);
    await client.send(
      new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: version }),
    );
    const said = async (request: Promise<unknown>): Promise<unknown> => {
      const { name, message, status } = await refusal(request);
      return [status, name, message];
    };

    expect(await said(put(client, '$LATEST', 1))).toEqual([
      400,
      'InvalidParameterValueException',
      'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    ]);
    const unqualified = [
      400,
      'InvalidParameterValueException',
      'The function resource provided must be an alias or a published version.',
    ];
    expect(await said(get(client, '$LATEST'))).toEqual(unqualified);
    const remove = { FunctionName, Qualifier: '$LATEST' };
    expect(await said(client.send(new DeleteProvisionedConcurrencyConfigCommand(remove)))).toEqual(
      unqualified,
    );
    expect(await said(put(client, 'none', 1))).toEqual([
      404,
      'ResourceNotFoundException',
      `Cannot find alias arn: ${arn}:none`,
    ]);
    expect(await said(put(client, '10', 1))).toEqual([
      404,
      'ResourceNotFoundException',
      `Function not found: ${arn}:10`,
    ]);
    expect(await said(put(client, version, 0))).toEqual([
      400,
      'ValidationException',
      "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ]);
    expect(await said(put(client, version, 1_001))).toEqual([
      400,
      'InvalidParameterValueException',
      "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000].",
    ]);
    expect(await said(put(client, version, 1_000))).toEqual([
      400,
      'InvalidParameterValueException',
      "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    ]);
    await put(client, version, 1);
    expect(await said(put(client, 'live', 1))).toEqual([
      409,
      'ResourceConflictException',
      "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    ]);
    const list = new ListProvisionedConcurrencyConfigsCommand({ FunctionName: 'missing' });
    expect(await said(client.send(list))).toEqual([
      404,
      'ResourceNotFoundException',
      'Function not found: arn:aws:lambda:us-east-1:123456789012:function:missing',
    ]);
  });
});

test('account settings tell limits and what is used of them', async () => {
  await using kit = await kitWithOrders();
  expect(await kit.client.send(new GetAccountSettingsCommand({}))).toMatchObject({
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: 1_000,
      UnreservedConcurrentExecutions: 1_000,
    },
    AccountUsage: { TotalCodeSize: zip(typeOf).length, FunctionCount: 1 },
  });
});

test('calls that come too fast are told when to come again', async () => {
  const clock = new VirtualClock();
  await using kit = doorKit({ clock, rateLimits: 'aws' });
  const orders = await kit.lambda.createFunction({
    name: FunctionName,
    code: { source: typeOf },
    reservedConcurrency: 1,
  });
  for (let count = 0; count < 10; count += 1) await orders.call();
  const error = await kit.client
    .send(new InvokeCommand({ FunctionName }))
    .catch((problem: unknown) => problem);
  expect(error).toMatchObject({
    Reason: 'ReservedFunctionInvocationRateLimitExceeded',
    retryAfterSeconds: '1',
  });
  await clock.advance(1_000);
  expect(await invoke(kit.client)).toBe('on-demand');
});
