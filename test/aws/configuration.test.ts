import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetAliasCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionRecursionConfigCommand,
  ListAliasesCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListTagsCommand,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateFunctionEventInvokeConfigCommand,
  type CreateAliasCommandInput,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { doorKit, refusal, type DoorKit } from './kit.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f';

/** A function with versions 1 and 2. */
async function kitWithVersions(): Promise<DoorKit> {
  const kit = doorKit();
  const f = await kit.lambda.createFunction({
    name: 'f',
    code: { source: 'exports.handler=()=>1' },
  });
  await f.publishVersion();
  await f.update({ timeoutMs: 4_000 });
  await f.publishVersion();
  return kit;
}

describe('aliases', () => {
  const live = { FunctionName: 'f', Name: 'live', FunctionVersion: '1' };

  test('are made, shown, changed, listed and deleted', async () => {
    await using kit = await kitWithVersions();
    const { $metadata, ...created } = await kit.client.send(
      new CreateAliasCommand({ ...live, Description: 'what runs' }),
    );
    expect($metadata.httpStatusCode).toBe(201);
    expect(created).toEqual({
      AliasArn: `${arn}:live`,
      Name: 'live',
      FunctionVersion: '1',
      Description: 'what runs',
      RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const RoutingConfig = { AdditionalVersionWeights: { 2: 0.1 } };
    const shifted = await kit.client.send(
      new UpdateAliasCommand({ FunctionName: 'f', Name: 'live', RoutingConfig }),
    );
    expect(shifted).toMatchObject({
      FunctionVersion: '1',
      RoutingConfig,
      Description: 'what runs',
    });
    expect(shifted.RevisionId).not.toBe(created.RevisionId);
    const ended = {
      FunctionName: 'f',
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: {} },
    };
    expect(await kit.client.send(new UpdateAliasCommand(ended))).not.toHaveProperty(
      'RoutingConfig',
    );
    const { Aliases } = await kit.client.send(new ListAliasesCommand({ FunctionName: 'f' }));
    expect(Aliases?.map(({ Name }) => Name)).toEqual(['live']);
    const onTwo = new ListAliasesCommand({ FunctionName: 'f', FunctionVersion: '2' });
    expect((await kit.client.send(onTwo)).Aliases).toEqual([]);
    const deletion = new DeleteAliasCommand({ FunctionName: 'f', Name: 'live' });
    expect((await kit.client.send(deletion)).$metadata.httpStatusCode).toBe(204);
    expect((await kit.client.send(deletion)).$metadata.httpStatusCode).toBe(204);
  });

  test('are told apart when missing: GetAlias and UpdateAlias have texts of their own', async () => {
    await using kit = await kitWithVersions();
    const named = { FunctionName: 'f', Name: 'live' };
    expect(await refusal(kit.client.send(new GetAliasCommand(named)))).toEqual({
      name: 'ResourceNotFoundException',
      status: 404,
      message: `Cannot find alias arn: ${arn}:live`,
    });
    expect(await refusal(kit.client.send(new UpdateAliasCommand(named)))).toMatchObject({
      message: `Alias not found: ${arn}:live`,
    });
  });

  test.each<[string, Partial<CreateAliasCommandInput>, string, string | RegExp]>([
    [
      'a second one of that name',
      { Name: 'there' },
      'ResourceConflictException',
      `Alias already exists: ${arn}:there`,
    ],
    [
      'a version that is not there',
      { FunctionVersion: '9' },
      'ResourceNotFoundException',
      `Function not found: ${arn}:9`,
    ],
    [
      'a name of digits',
      { Name: '12' },
      'ValidationException',
      /at 'name' failed to satisfy constraint/,
    ],
    [
      'two additional versions',
      { RoutingConfig: { AdditionalVersionWeights: { 1: 0.1, 2: 0.1 } } },
      'InvalidParameterValueException',
      'Number of items in AdditionalVersionWeights cannot be greater than 1',
    ],
    [
      'the same version twice',
      { RoutingConfig: { AdditionalVersionWeights: { 1: 0.1 } } },
      'InvalidParameterValueException',
      'Invalid function version 1. Function version 1 is already included in routing configuration.',
    ],
    [
      'weights on $LATEST',
      { FunctionVersion: '$LATEST', RoutingConfig: { AdditionalVersionWeights: { 1: 0.1 } } },
      'InvalidParameterValueException',
      '$LATEST is not supported for an alias pointing to more than 1 version',
    ],
    [
      'a weight above 1',
      { RoutingConfig: { AdditionalVersionWeights: { 2: 2 } } },
      'ValidationException',
      /Member must have value less than or equal to 1/,
    ],
  ])('refuse %s', async (_what, changes, name, message) => {
    await using kit = await kitWithVersions();
    await kit.client.send(new CreateAliasCommand({ ...live, Name: 'there' }));
    const refused = await refusal(kit.client.send(new CreateAliasCommand({ ...live, ...changes })));
    expect(refused.name).toBe(name);
    expect(refused.message).toMatch(message);
  });
});

describe('asynchronous configuration', () => {
  const put = (input: object): PutFunctionEventInvokeConfigCommand =>
    new PutFunctionEventInvokeConfigCommand({ FunctionName: 'f', ...input });

  test('shows what was set and nothing else; an update merges, a put replaces', async () => {
    await using kit = await kitWithVersions();
    const { arn: Destination } = kit.lambda.createQueue('done');
    const first = await kit.client.send(put({ MaximumRetryAttempts: 1, Qualifier: '1' }));
    expect(first).toMatchObject({
      FunctionArn: `${arn}:1`,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnSuccess: {}, OnFailure: {} },
      LastModified: expect.any(Date),
    });
    expect(first).not.toHaveProperty('MaximumEventAgeInSeconds');
    const merged = await kit.client.send(
      new UpdateFunctionEventInvokeConfigCommand({
        FunctionName: 'f',
        Qualifier: '1',
        MaximumEventAgeInSeconds: 60,
        DestinationConfig: { OnFailure: { Destination } },
      }),
    );
    expect(merged).toMatchObject({
      MaximumRetryAttempts: 1,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnSuccess: {}, OnFailure: { Destination } },
    });
    const replaced = await kit.client.send(put({ MaximumEventAgeInSeconds: 90, Qualifier: '1' }));
    expect(replaced).not.toHaveProperty('MaximumRetryAttempts');
    expect(replaced.DestinationConfig).toEqual({ OnSuccess: {}, OnFailure: {} });
  });

  test('is listed for each qualifier, and missed in AWS words', async () => {
    await using kit = await kitWithVersions();
    for (const qualifier of [{}, { Qualifier: '1' }, { Qualifier: '2' }]) {
      await kit.client.send(put({ MaximumRetryAttempts: 0, ...qualifier }));
    }
    const page = await kit.client.send(
      new ListFunctionEventInvokeConfigsCommand({ FunctionName: 'f', MaxItems: 2 }),
    );
    expect(page.FunctionEventInvokeConfigs?.map(({ FunctionArn }) => FunctionArn)).toEqual([
      `${arn}:$LATEST`,
      `${arn}:1`,
    ]);
    expect(page.NextMarker).toBeDefined();
    const named = { FunctionName: 'f', Qualifier: '2' };
    await kit.client.send(new DeleteFunctionEventInvokeConfigCommand(named));
    expect(await refusal(kit.client.send(new GetFunctionEventInvokeConfigCommand(named)))).toEqual({
      name: 'ResourceNotFoundException',
      status: 404,
      message: `The function ${arn}:2 doesn't have an EventInvokeConfig`,
    });
  });

  test.each([
    ['nothing at all', {}, /at least one/],
    [
      'three retries',
      { MaximumRetryAttempts: 3 },
      /Member must have value less than or equal to 2/,
    ],
    [
      'the function itself',
      { DestinationConfig: { OnSuccess: { Destination: arn } } },
      "You can't specify the function as a destination for itself.",
    ],
    [
      'a destination that is not there',
      {
        DestinationConfig: { OnSuccess: { Destination: 'arn:aws:sqs:us-east-1:123456789012:no' } },
      },
      'The destination ARN arn:aws:sqs:us-east-1:123456789012:no is invalid.',
    ],
  ])('refuses %s', async (_what, input, message) => {
    await using kit = await kitWithVersions();
    const refused = await refusal(kit.client.send(put(input)));
    expect(refused.status).toBe(400);
    expect(refused.message).toMatch(message);
  });
});

describe('tags', () => {
  test('are added, listed and taken away', async () => {
    await using kit = await kitWithVersions();
    const tagged = { Resource: arn, Tags: { team: 'shop', stage: 'test' } };
    expect((await kit.client.send(new TagResourceCommand(tagged))).$metadata.httpStatusCode).toBe(
      204,
    );
    await kit.client.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['team', 'other'] }));
    const { Tags } = await kit.client.send(new ListTagsCommand({ Resource: arn }));
    expect(Tags).toEqual({ stage: 'test' });
  });

  test('belong to functions, not to versions', async () => {
    await using kit = await kitWithVersions();
    const request = kit.client.send(new ListTagsCommand({ Resource: `${arn}:1` }));
    expect(await refusal(request)).toMatchObject({
      name: 'InvalidParameterValueException',
      message:
        'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    });
  });
});

test('recursion is stopped unless it is allowed', async () => {
  await using kit = await kitWithVersions();
  const get = new GetFunctionRecursionConfigCommand({ FunctionName: 'f' });
  expect(await kit.client.send(get)).toMatchObject({ RecursiveLoop: 'Terminate' });
  await kit.client.send(
    new PutFunctionRecursionConfigCommand({ FunctionName: 'f', RecursiveLoop: 'Allow' }),
  );
  expect(await kit.client.send(get)).toMatchObject({ RecursiveLoop: 'Allow' });
});
