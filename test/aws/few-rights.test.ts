import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListTagsCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import type { AccessPrincipal } from '../../src/access/access-options.ts';
import type { PolicyStatement } from '../../src/access/policy-document.ts';
import { doorOf } from '../../src/aws/door.ts';
import { roomsOf } from '../../src/lambda-rooms.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { presigned, signed } from '../access/signing.ts';
import { doorKit, refusal, role, zip, type DoorKit } from './kit.ts';

const here = 'arn:aws:lambda:us-east-1:123456789012';
const key = { accessKeyId: 'AKIAADA', secretAccessKey: 'ada-secret' };
const rootKey = { accessKeyId: 'AKIAROOT', secretAccessKey: 'root-secret' };
const ada = 'arn:aws:iam::123456789012:user/ada';

/** A `Lambda` with the function `f`, where Ada may do what the statements say. */
async function kitOf(...Statement: PolicyStatement[]): Promise<DoorKit> {
  const principals: AccessPrincipal[] = [
    { ...key, arn: ada, policies: [{ Version: '2012-10-17', Statement }] },
    { ...rootKey, arn: 'arn:aws:iam::123456789012:root' },
  ];
  const kit = doorKit({ access: { principals } });
  const code = { source: 'exports.handler = async () => 1' };
  await kit.lambda.createFunction({ name: 'f', code, cpuMs: 5_000, tags: { team: 'a' } });
  return kit;
}

const allow = (Action: string | string[], Resource = '*'): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const deny = (Action: string, Resource: string): PolicyStatement => ({
  Effect: 'Deny',
  Action,
  Resource,
});

const notAllowed = (action: string, on: string): object => ({
  name: 'AccessDeniedException',
  message: `User: ${ada} is not authorized to perform: ${action} on resource: ${on} because no identity-based policy allows the ${action} action`,
  status: 403,
});

describe('a denied function is denied under every name', () => {
  test.each([
    'f',
    'f:$LATEST',
    'function:f:$LATEST',
    '123456789012:function:f',
    `${here}:function:f`,
  ])('%s', async (FunctionName) => {
    await using kit = await kitOf(allow('*'), deny('*', `${here}:function:f`));
    const client = kit.clientOf(key);
    const requests = [
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip('') }),
      new UpdateFunctionConfigurationCommand({ FunctionName, Description: 'mine' }),
      new PublishVersionCommand({ FunctionName }),
    ];
    for (const request of requests) {
      const { name, message } = await refusal(client.send(request as never));
      expect(name).toBe('AccessDeniedException');
      expect(message).toContain('explicit deny');
    }
  });

  test.each([
    'arn:aws-cn:lambda:us-east-1:123456789012:function:f',
    'arn:aws-x:lambda:us-east-1:123456789012:function:f',
  ])('and there is none by %s', async (FunctionName) => {
    await using kit = await kitOf(allow('*'), deny('*', `${here}:function:f*`));
    const client = kit.clientOf(key);
    for (const request of [
      new InvokeCommand({ FunctionName }),
      new GetFunctionConfigurationCommand({ FunctionName }),
      new DeleteFunctionCommand({ FunctionName }),
      new ListTagsCommand({ Resource: FunctionName }),
    ]) {
      expect(await refusal(client.send(request as never))).toEqual({
        name: 'ResourceNotFoundException',
        message: `Function not found: ${FunctionName}`,
        status: 404,
      });
    }
  });
});

describe('who deploys', () => {
  const create = { FunctionName: 'g', Runtime: 'nodejs24.x', Handler: 'index.handler' } as const;
  const Code = { ZipFile: zip('exports.handler = async () => 1') };

  test('needs to be allowed to pass the role', async () => {
    await using kit = await kitOf(
      allow('lambda:*'),
      allow('iam:PassRole', 'arn:aws:iam::123456789012:role/mine'),
    );
    const client = kit.clientOf(key);
    const withRole = (Role: string) =>
      client.send(new CreateFunctionCommand({ ...create, Role, Code }));
    expect(await refusal(withRole(role))).toEqual(notAllowed('iam:PassRole', role));
    await withRole('arn:aws:iam::123456789012:role/mine');
    const update = { FunctionName: 'g', Role: role };
    const updated = client.send(new UpdateFunctionConfigurationCommand(update));
    expect(await refusal(updated)).toEqual(notAllowed('iam:PassRole', role));
    const rest = { FunctionName: 'g', Description: 'no role' };
    await client.send(new UpdateFunctionConfigurationCommand(rest));
  });

  test('cannot read by a function what they cannot read themselves', async () => {
    await using kit = await kitOf(
      allow(['lambda:Create*', 'lambda:Update*', 'lambda:Publish*', 'iam:PassRole']),
      allow('s3:GetObject', 'arn:aws:s3:::code/mine/*'),
    );
    const client = kit.clientOf(key);
    const bucket = kit.lambda.createBucket('code');
    for (const name of ['mine/a.zip', 'theirs/a.zip']) await bucket.put(name, Code.ZipFile);
    const layer = await kit.lambda.publishLayer({ name: 'secret', code: { zip: Code.ZipFile } });
    const of = (S3Key: string) => ({ S3Bucket: 'code', S3Key });
    const deniedByS3 = {
      name: 'AccessDeniedException',
      message:
        'Your access has been denied by S3, please make sure your request credentials have permission to GetObject for code/theirs/a.zip. S3 Error Code: AccessDenied. S3 Error Message: Access Denied',
      status: 403,
    };
    const options = { ...create, Role: role };
    for (const request of [
      new CreateFunctionCommand({ ...options, Code: of('theirs/a.zip') }),
      new UpdateFunctionCodeCommand({ FunctionName: 'f', ...of('theirs/a.zip') }),
      new PublishLayerVersionCommand({ LayerName: 'l', Content: of('theirs/a.zip') }),
    ]) {
      expect(await refusal(client.send(request as never))).toEqual(deniedByS3);
    }
    await client.send(new CreateFunctionCommand({ ...options, Code: of('mine/a.zip') }));
    const Layers = [layer.arn];
    const attached = new UpdateFunctionConfigurationCommand({ FunctionName: 'f', Layers });
    expect(await refusal(client.send(attached))).toEqual(
      notAllowed('lambda:GetLayerVersion', layer.arn),
    );
    const tagged = new CreateFunctionCommand({
      ...options,
      FunctionName: 'h',
      Code,
      Tags: { a: 'b' },
    });
    expect(await refusal(client.send(tagged))).toEqual(
      notAllowed('lambda:TagResource', `${here}:function:h`),
    );
  });
});

test('a mapping is changed by those who may for the function that it has and for the one that it gets', async () => {
  const onlyFor = (name: string): PolicyStatement => ({
    ...allow('lambda:UpdateEventSourceMapping'),
    Condition: { ArnEquals: { 'lambda:FunctionArn': `${here}:function:${name}` } },
  });
  for (const [mayFor, isAllowed] of [
    [['f'], false],
    [['mine'], false],
    [['f', 'mine'], true],
  ] as const) {
    await using kit = await kitOf(...mayFor.map(onlyFor));
    const code = { source: 'exports.handler = async () => 1' };
    await kit.lambda.createFunction({ name: 'mine', code });
    const queue = kit.lambda.createQueue('orders');
    const { UUID } = await kit
      .clientOf(rootKey)
      .send(new CreateEventSourceMappingCommand({ FunctionName: 'f', EventSourceArn: queue.arn }));
    await roomsOf(kit.lambda).sources.mappings.settled(UUID!);
    const client = kit.clientOf(key);
    const sent = client.send(new UpdateEventSourceMappingCommand({ UUID, FunctionName: 'mine' }));
    if (isAllowed) expect((await sent).UUID).toBe(UUID);
    else expect((await refusal(sent)).name).toBe('AccessDeniedException');
    const other = `arn:aws:lambda:eu-west-1:210987654321:event-source-mapping:${UUID}`;
    const tags = kit.clientOf(rootKey).send(new ListTagsCommand({ Resource: other }));
    expect(['AccessDeniedException', 'ResourceNotFoundException']).toContain(
      (await refusal(tags)).name,
    );
  }
});

describe('a signed request', () => {
  const path = '/2015-03-31/functions/f/invocations';
  const request = { method: 'POST', path, query: {}, body: Buffer.from('{}') };

  test('means what was signed: headers of AWS that were added are refused', async () => {
    const clock = new VirtualClock();
    const principals: AccessPrincipal[] = [{ ...rootKey, arn: 'arn:aws:iam::123456789012:root' }];
    await using kit = doorKit({ clock, access: { principals } });
    const code = { source: 'exports.handler = async () => 1' };
    await kit.lambda.createFunction({ name: 'f', code, cpuMs: 5_000 });
    const signing = { ...rootKey, atMs: clock.now(), request };
    for (const facts of [await signed(signing), await presigned(signing, 60)]) {
      const ask = async (more: Record<string, string>, changes: object = {}) => {
        const { headers, query } = facts as never as {
          headers: Record<string, string>;
          query: Record<string, string>;
        };
        const given = { ...request, query, headers: { ...headers, ...more }, ...changes };
        const { status, headers: answered } = await doorOf(kit.lambda).handle(given);
        return { status, type: answered['x-amzn-errortype'] };
      };
      expect(await ask({})).toEqual({ status: 200, type: undefined });
      const refused = { status: 403, type: 'InvalidSignatureException' };
      expect(await ask({ 'x-amz-invocation-type': 'Event' })).toEqual(refused);
      expect(await ask({ 'x-amz-tenant-id': 'other' })).toEqual(refused);
      expect(await ask({ 'x-amz-client-context': 'e30=' })).toEqual(refused);
      expect(await ask({}, { body: Buffer.from('{"other":1}') })).toEqual(refused);
      expect(await ask({}, { path: '/2015-03-31/functions/%66/invocations' })).toEqual(refused);
      expect(await ask({}, { path: '/2015-03-31/functions/g/invocations' })).toEqual(refused);
    }
  });
});
