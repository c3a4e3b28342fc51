import {
  CreateFunctionCommand,
  DeleteLayerVersionCommand,
  GetFunctionCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  InvokeCommand,
  ListLayersCommand,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  UpdateFunctionConfigurationCommand,
  type PublishLayerVersionCommandInput,
} from '@aws-sdk/client-lambda';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { doorKit, refusal, role, zip, type DoorKit } from './kit.ts';

const layerArn = 'arn:aws:lambda:us-east-1:123456789012:layer:tools';
const tool = zip(`module.exports = 'tool'`, 'nodejs/node_modules/tool/index.js');
const notThere = {
  name: 'ResourceNotFoundException',
  message: 'The resource you requested does not exist.',
  status: 404,
};

function publish(kit: DoorKit, changes: Partial<PublishLayerVersionCommandInput> = {}) {
  const input = { LayerName: 'tools', Content: { ZipFile: tool }, ...changes };
  return kit.client.send(new PublishLayerVersionCommand(input));
}

async function createWith(kit: DoorKit, layers: string[]): Promise<void> {
  await kit.client.send(
    new CreateFunctionCommand({
      FunctionName: 'uses',
      Role: role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip(`exports.handler = async () => require('tool')`) },
      Layers: layers,
    }),
  );
}

describe('PublishLayerVersion', () => {
  test('answers with all that is known of the version, and GetLayerVersion with the same', async () => {
    await using kit = doorKit();
    const facts = {
      Description: 'Tools',
      LicenseInfo: 'MIT',
      CompatibleRuntimes: ['nodejs24.x' as const, 'python3.13' as const],
      CompatibleArchitectures: ['arm64' as const],
    };
    const { $metadata, ...published } = await publish(kit, facts);
    expect($metadata.httpStatusCode).toBe(201);
    expect(published).toEqual({
      Content: {
        Location: expect.stringContaining('/_packages/layer/tools/1?'),
        CodeSha256: createHash('sha256').update(tool).digest('base64'),
        CodeSize: tool.length,
      },
      LayerArn: layerArn,
      LayerVersionArn: `${layerArn}:1`,
      Version: 1,
      CreatedDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
      ...facts,
    });
    const second = await publish(kit, { LayerName: layerArn });
    expect(second).toMatchObject({ Version: 2, Description: '' });
    for (const absent of ['LicenseInfo', 'CompatibleRuntimes', 'CompatibleArchitectures']) {
      expect(second).not.toHaveProperty(absent);
    }

    const { Content: _link, ...rest } = published;
    for (const got of [
      await kit.client.send(new GetLayerVersionCommand({ LayerName: 'tools', VersionNumber: 1 })),
      await kit.client.send(new GetLayerVersionCommand({ LayerName: layerArn, VersionNumber: 1 })),
      await kit.client.send(new GetLayerVersionByArnCommand({ Arn: `${layerArn}:1` })),
    ]) {
      expect(got).toMatchObject(rest);
      expect(got.Content?.CodeSize).toBe(tool.length);
    }
  });

  test('takes an object of a bucket', async () => {
    await using kit = doorKit();
    await kit.lambda.createBucket('layers').put('tools.zip', tool);
    const published = await publish(kit, { Content: { S3Bucket: 'layers', S3Key: 'tools.zip' } });
    expect(published.Content?.CodeSize).toBe(tool.length);
    expect(await refusal(publish(kit, { Content: { S3Bucket: 'layers', S3Key: 'x' } }))).toEqual({
      name: 'InvalidParameterValueException',
      message:
        'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
      status: 400,
    });
  });

  test('refuses what is no zip, and no content at all', async () => {
    await using kit = doorKit();
    const refused = (Content: PublishLayerVersionCommandInput['Content']) =>
      refusal(publish(kit, { Content }));
    expect(await refused({ ZipFile: Buffer.from('no zip') })).toMatchObject({
      message: 'Could not unzip uploaded file. Please check your file, then try to upload again.',
    });
    expect(await refused({ ZipFile: new Uint8Array(52_428_801) })).toMatchObject({
      message: 'Zipped size must be smaller than 52428800 bytes',
    });
    expect(await refused({})).toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

test('a version that is not there, and a number that none can have', async () => {
  await using kit = doorKit();
  const get = (LayerName: string, VersionNumber: number) =>
    refusal(kit.client.send(new GetLayerVersionCommand({ LayerName, VersionNumber })));
  expect(await get('tools', 1)).toEqual(notThere);
  await publish(kit);
  expect(await get('tools', 2)).toEqual(notThere);
  expect(await get('tools', 0)).toEqual({
    name: 'InvalidParameterValueException',
    message: 'Layer Version Cannot be less than 1',
    status: 400,
  });
  const Arn = `${layerArn.replace('us-east-1', 'eu-west-1')}:1`;
  expect(await refusal(kit.client.send(new GetLayerVersionByArnCommand({ Arn })))).toEqual({
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::123456789012:root is not authorized to perform: lambda:GetLayerVersion on resource: ${Arn} because no resource-based policy allows the lambda:GetLayerVersion action`,
    status: 403,
  });
});

test('lists go by pages, newest first, and by what versions are made for', async () => {
  await using kit = doorKit();
  await publish(kit, { CompatibleRuntimes: ['nodejs22.x'] });
  await publish(kit);
  await publish(kit);
  await publish(kit, { LayerName: 'fonts' });
  const versions = (input: object) =>
    kit.client.send(new ListLayerVersionsCommand({ LayerName: 'tools', ...input }));
  const first = await versions({ MaxItems: 2 });
  expect(first.LayerVersions?.map(({ Version }) => Version)).toEqual([3, 2]);
  const second = await versions({ MaxItems: 2, Marker: first.NextMarker });
  expect(second.LayerVersions?.map(({ Version }) => Version)).toEqual([1]);
  expect(second.NextMarker).toBeUndefined();

  const layers = async (input: object = {}) => {
    const { Layers = [] } = await kit.client.send(new ListLayersCommand(input));
    return Layers.map(
      ({ LayerName, LatestMatchingVersion }) => `${LayerName}:${LatestMatchingVersion?.Version}`,
    );
  };
  expect(await layers()).toEqual(['fonts:1', 'tools:3']);
  expect(await layers({ CompatibleRuntime: 'nodejs22.x' })).toEqual(['tools:1']);
  expect(await layers({ CompatibleArchitecture: 'arm64' })).toEqual([]);
});

test('a deleted version stays with the functions that have it', async () => {
  await using kit = doorKit();
  const { LayerVersionArn = '' } = await publish(kit);
  await createWith(kit, [LayerVersionArn]);
  const deletion = new DeleteLayerVersionCommand({ LayerName: 'tools', VersionNumber: 1 });
  expect((await kit.client.send(deletion)).$metadata.httpStatusCode).toBe(204);
  expect((await kit.client.send(deletion)).$metadata.httpStatusCode).toBe(204);
  const { Payload } = await kit.client.send(new InvokeCommand({ FunctionName: 'uses' }));
  expect(JSON.parse(Payload!.transformToString())).toBe('tool');
  const { Configuration } = await kit.client.send(new GetFunctionCommand({ FunctionName: 'uses' }));
  expect(Configuration?.Layers).toEqual([{ Arn: LayerVersionArn, CodeSize: tool.length }]);
  const update = new UpdateFunctionConfigurationCommand({
    FunctionName: 'uses',
    Layers: [LayerVersionArn],
  });
  expect(await refusal(kit.client.send(update))).toEqual({
    name: 'InvalidParameterValueException',
    message: `Layer version ${LayerVersionArn} does not exist.`,
    status: 400,
  });
  expect((await publish(kit)).Version).toBe(2);
});

test.each([
  [Array(6).fill(`${layerArn}:1`), 'Cannot reference more than 5 layers.'],
  [
    [`${layerArn}:1`, `${layerArn}:2`],
    `Two different versions of the same layer are not allowed to be referenced in the same function. ${layerArn}:1 and ${layerArn}:2 are versions of the same layer.`,
  ],
  [
    [`${layerArn.replace('us-east-1', 'eu-west-1')}:1`],
    'Layers are not in the same region as the function. Layers are expected to be in region us-east-1.',
  ],
])('a function with the layers %j is refused', async (layers, message) => {
  await using kit = doorKit();
  expect(await refusal(createWith(kit, layers as string[]))).toEqual({
    name: 'InvalidParameterValueException',
    message,
    status: 400,
  });
});
