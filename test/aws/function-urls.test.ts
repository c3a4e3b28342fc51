import {
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  ListFunctionUrlConfigsCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { echo, deploy } from '../sources/http/fixture.ts';
import { doorKit, refusal } from './kit.ts';

// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html

const FunctionName = 'web';
const unknown = { name: 'ResourceNotFoundException', status: 404 };
const noUrl = { ...unknown, message: 'The resource you requested does not exist.' };
const noFunction = { ...unknown, message: 'Function does not exist' };

test('a URL is created, shown, changed, used and deleted', async () => {
  await using kit = doorKit();
  const { client, lambda } = kit;
  await deploy(lambda, echo);
  const created = await client.send(
    new CreateFunctionUrlConfigCommand({
      FunctionName,
      AuthType: 'NONE',
      Cors: { AllowOrigins: ['https://a.example'], AllowMethods: ['GET'], MaxAge: 60 },
    }),
  );
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:web';
  expect(created).toMatchObject({
    $metadata: { httpStatusCode: 201 },
    AuthType: 'NONE',
    FunctionArn: arn,
    FunctionUrl: expect.stringMatching(
      /^https:\/\/[a-z0-9]{32}\.lambda-url\.us-east-1\.on\.aws\/$/,
    ),
    CreationTime: expect.any(String),
    Cors: { AllowOrigins: ['https://a.example'], AllowMethods: ['GET'], MaxAge: 60 },
  });
  expect(created.InvokeMode).toBeUndefined();
  expect((await lambda.fetch(created.FunctionUrl!)).status).toBe(200);

  const { $metadata: _, ...shown } = await client.send(
    new GetFunctionUrlConfigCommand({ FunctionName }),
  );
  expect(shown).toMatchObject({ InvokeMode: 'BUFFERED', LastModifiedTime: created.CreationTime });

  const updated = await client.send(
    new UpdateFunctionUrlConfigCommand({
      FunctionName,
      AuthType: 'AWS_IAM',
      InvokeMode: 'RESPONSE_STREAM',
      Cors: { AllowCredentials: true },
    }),
  );
  expect(updated).toMatchObject({
    FunctionUrl: created.FunctionUrl,
    AuthType: 'AWS_IAM',
    InvokeMode: 'RESPONSE_STREAM',
    Cors: { AllowCredentials: true, MaxAge: 0 },
  });
  expect((await lambda.fetch(created.FunctionUrl!)).status).toBe(403);
  const same = await client.send(new UpdateFunctionUrlConfigCommand({ FunctionName }));
  expect(same).toMatchObject({ AuthType: 'AWS_IAM', InvokeMode: 'RESPONSE_STREAM' });

  const { $metadata } = await client.send(new DeleteFunctionUrlConfigCommand({ FunctionName }));
  expect($metadata.httpStatusCode).toBe(204);
  expect(await refusal(client.send(new GetFunctionUrlConfigCommand({ FunctionName })))).toEqual(
    noUrl,
  );
});

test('URLs of a function and its aliases are listed in pages', async () => {
  await using kit = doorKit();
  const { client, lambda } = kit;
  await deploy(lambda, echo);
  const alias = { FunctionName, Name: 'live', FunctionVersion: '$LATEST' };
  await client.send(new CreateAliasCommand(alias));
  for (const Qualifier of [undefined, 'live']) {
    await client.send(
      new CreateFunctionUrlConfigCommand({ FunctionName, Qualifier, AuthType: 'NONE' }),
    );
  }
  const first = await client.send(new ListFunctionUrlConfigsCommand({ FunctionName, MaxItems: 1 }));
  const second = await client.send(
    new ListFunctionUrlConfigsCommand({ FunctionName, MaxItems: 1, Marker: first.NextMarker }),
  );
  const arns = [first, second].flatMap(({ FunctionUrlConfigs = [] }) =>
    FunctionUrlConfigs.map(({ FunctionArn }) => FunctionArn),
  );
  expect(arns).toEqual([
    'arn:aws:lambda:us-east-1:123456789012:function:web',
    'arn:aws:lambda:us-east-1:123456789012:function:web:live',
  ]);
  expect(second.NextMarker).toBeUndefined();

  // Deleting that of the function leaves the other alone.
  await client.send(new DeleteFunctionUrlConfigCommand({ FunctionName }));
  const ofAlias = await client.send(new GetFunctionUrlConfigCommand({ FunctionName: 'web:live' }));
  expect(ofAlias.FunctionArn).toBe(arns[1]);
  await lambda.getFunction('web')?.deleteAlias('live');
  const gone = client.send(new GetFunctionUrlConfigCommand({ FunctionName: 'web:live' }));
  expect(await refusal(gone)).toEqual(noUrl);
});

describe("is refused in AWS's words", () => {
  test('a second one', async () => {
    await using kit = doorKit();
    await deploy(kit.lambda, echo);
    const create = new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' });
    await kit.client.send(create);
    expect(await refusal(kit.client.send(create))).toEqual({
      name: 'ResourceConflictException',
      status: 409,
      message:
        'Failed to create function url config for [functionArn = arn:aws:lambda:us-east-1:123456789012:function:web]. ' +
        'Error message:  FunctionUrlConfig exists for this Lambda function',
    });
  });

  test('what is not there', async () => {
    await using kit = doorKit();
    const { client } = kit;
    const AuthType = 'NONE';
    const sent = {
      create: client.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType })),
      get: client.send(new GetFunctionUrlConfigCommand({ FunctionName })),
      list: client.send(new ListFunctionUrlConfigsCommand({ FunctionName })),
      update: client.send(new UpdateFunctionUrlConfigCommand({ FunctionName })),
      delete: client.send(new DeleteFunctionUrlConfigCommand({ FunctionName })),
    };
    const answers = await Promise.all(Object.values(sent).map(refusal));
    expect(answers).toEqual([noFunction, noUrl, noFunction, noFunction, noUrl]);
    await deploy(kit.lambda, echo);
    const update = client.send(new UpdateFunctionUrlConfigCommand({ FunctionName }));
    expect(await refusal(update)).toEqual(noUrl);
  });

  test('versions, $LATEST and modes that nobody knows', async () => {
    await using kit = doorKit();
    const { client } = kit;
    await deploy(kit.lambda, echo);
    for (const Qualifier of ['1', '$LATEST']) {
      const get = client.send(new GetFunctionUrlConfigCommand({ FunctionName, Qualifier }));
      expect(await refusal(get)).toMatchObject({
        name: 'ValidationException',
        message: `1 validation error detected: Value '${Qualifier}' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)`,
      });
    }
    const mode = { FunctionName, AuthType: 'NONE', InvokeMode: 'UNKNOWN' as 'BUFFERED' } as const;
    expect(await refusal(client.send(new CreateFunctionUrlConfigCommand(mode)))).toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'UNKNOWN' at 'invokeMode' failed to satisfy constraint: Member must satisfy enum value set: [RESPONSE_STREAM, BUFFERED]",
    });
  });
});
