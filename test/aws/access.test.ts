import { fileURLToPath } from 'node:url';
import {
  AddPermissionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeAsyncCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  ListFunctionsCommand,
  TagResourceCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import type { AccessOptions, AccessPrincipal } from '../../src/access/access-options.ts';
import type { PolicyDocument, PolicyStatement } from '../../src/access/policy-document.ts';
import { doorOf } from '../../src/aws/door.ts';
import { serve } from '../../src/aws/index.ts';
import type { LambdaOptions } from '../../src/lambda-options.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { presigned } from '../access/signing.ts';
import { doorKit, refusal, type DoorKit } from './kit.ts';

const home = '123456789012';
const arn = `arn:aws:lambda:us-east-1:${home}:function:f`;

const keys = {
  ada: { accessKeyId: 'AKIAADA', secretAccessKey: 'ada-secret' },
  worker: { accessKeyId: 'ASIAJOB', secretAccessKey: 'job-secret', sessionToken: 'job-token' },
  partner: { accessKeyId: 'AKIAPARTNER', secretAccessKey: 'partner-secret' },
  root: { accessKeyId: 'AKIAROOT', secretAccessKey: 'root-secret' },
};

type Condition = NonNullable<PolicyStatement['Condition']>;

function allowing(...Action: string[]): { Version: '2012-10-17'; Statement: PolicyStatement } {
  return { Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } };
}

const ada = 'arn:aws:iam::123456789012:user/ada';
const session = 'arn:aws:sts::123456789012:assumed-role/worker/nightly';

const principals: readonly AccessPrincipal[] = [
  { ...keys.ada, arn: ada, policies: [allowing('lambda:*')] },
  {
    ...keys.worker,
    arn: 'arn:aws:iam::123456789012:role/jobs/worker',
    sessionName: 'nightly',
    policies: [allowing('lambda:Get*')],
  },
  {
    ...keys.partner,
    arn: 'arn:aws:iam::210987654321:user/eve',
    policies: [allowing('lambda:InvokeFunction')],
  },
  { ...keys.root, arn: `arn:aws:iam::${home}:root` },
];

// The SDK signs by the time of this machine.
async function kitWith(
  access: AccessOptions = { principals },
  more: LambdaOptions = {},
): Promise<DoorKit> {
  const kit = doorKit({ access, ...more });
  const source = 'exports.handler = async () => 1';
  const options = { name: 'f', code: { source }, cpuMs: 5_000, tags: { team: 'a' } };
  const fn = await kit.lambda.createFunction(options);
  await fn.publishVersion();
  await fn.createAlias('live', { version: '1' });
  return kit;
}

const invoke = (qualifier?: string): InvokeCommand =>
  new InvokeCommand({ FunctionName: 'f', ...(qualifier && { Qualifier: qualifier }) });

const denied = (message: string): object => ({
  name: 'AccessDeniedException',
  message,
  status: 403,
});

const noIdentityPolicy = (who: string, action: string, on: string): object =>
  denied(
    `User: ${who} is not authorized to perform: ${action} on resource: ${on} because no identity-based policy allows the ${action} action`,
  );

describe('who asks', () => {
  test('without principals everybody is root, whatever they sign with', async () => {
    await using kit = await kitWith({});
    const answer = await kit.clientOf({ accessKeyId: 'x', secretAccessKey: 'y' }).send(invoke());
    expect(answer.StatusCode).toBe(200);
  });

  test('with principals nobody comes in without their keys', async () => {
    await using kit = await kitWith();
    const { ada: right } = keys;
    expect(await refusal(kit.client.send(invoke()))).toEqual({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
      status: 403,
    });
    const wrong = kit.clientOf({ ...right, secretAccessKey: 'guess' });
    expect(await refusal(wrong.send(invoke()))).toEqual({
      name: 'InvalidSignatureException',
      message:
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      status: 403,
    });
    expect((await kit.clientOf(right).send(invoke())).StatusCode).toBe(200);
    const request = { method: 'GET', path: '/2015-03-31/functions', query: {}, headers: {} };
    const unsigned = await doorOf(kit.lambda).handle({ ...request, body: new Uint8Array() });
    expect(unsigned).toMatchObject({
      status: 403,
      headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
      body: expect.stringContaining('Missing Authentication Token') as string,
    });
  });

  test('a signature is no longer good when the clock of the Lambda has gone on', async () => {
    const clock = new VirtualClock();
    await using kit = doorKit({ clock, access: { principals } });
    const request = {
      method: 'GET',
      path: '/2015-03-31/functions/',
      query: {},
      body: new Uint8Array(),
    };
    const atMs = clock.now();
    const link = await presigned({ ...keys.root, atMs, request }, 60);
    const open = async (): Promise<number> => {
      const { headers, query } = link as never as {
        headers: Record<string, string>;
        query: Record<string, string>;
      };
      return (await doorOf(kit.lambda).handle({ ...request, headers, query })).status;
    };
    expect(await open()).toBe(200);
    await clock.advance(61_000);
    expect(await open()).toBe(403);
  });
});

describe('over HTTP', () => {
  test('signatures are those of the server that a client talks to', async () => {
    await using kit = await kitWith();
    await using server = await serve(kit.lambda, { port: 0 });
    const options = { region: 'us-east-1', endpoint: server.url, maxAttempts: 1 };
    const worker = new LambdaClient({ ...options, credentials: keys.worker });
    const nobody = new LambdaClient({
      ...options,
      credentials: { ...keys.worker, secretAccessKey: 'guess' },
    });
    const command = new GetFunctionCommand({ FunctionName: arn, Qualifier: 'live' });
    const { Configuration } = await worker.send(command);
    expect(Configuration?.Version).toBe('1');
    expect((await refusal(nobody.send(command))).name).toBe('InvalidSignatureException');
    expect((await refusal(worker.send(invoke()))).name).toBe('AccessDeniedException');
    worker.destroy();
    nobody.destroy();
  });
});

test('a function comes with its credentials, and can be told apart from others who have them', async () => {
  const file = fileURLToPath(new URL('../fixtures/handlers/calls-lambda.ts', import.meta.url));
  const fromCaller = {
    ArnLike: { 'lambda:SourceFunctionArn': 'arn:aws:lambda:*:*:function:caller' },
  };
  const policies: PolicyDocument[] = [
    allowing('lambda:*'),
    {
      Statement: {
        Effect: 'Deny',
        Action: '*',
        Resource: `${arn}:live`,
        Condition: fromCaller,
      },
    },
  ];
  const access = { principals: [{ ...keys.ada, arn: ada, policies }] };
  await using kit = await kitWith(access, { credentials: keys.ada, network: 'public' });
  const ample = { cpuMs: 20_000, timeoutMs: 30_000, initTimeoutMs: 60_000, memoryMb: 256 };
  const handler = 'calls-lambda.handler';
  await kit.lambda.createFunction({ name: 'caller', code: { file }, handler, ...ample });
  const client = kit.clientOf(keys.ada);
  const call = async (name: string): Promise<unknown> => {
    const Payload = JSON.stringify({ name, event: {} });
    const answer = await client.send(new InvokeCommand({ FunctionName: 'caller', Payload }));
    return JSON.parse(answer.Payload!.transformToString());
  };
  expect(await call('f')).toMatchObject({ payload: 1 });
  expect(await call('f:live')).toMatchObject({
    error: 'AccessDeniedException',
    message: expect.stringContaining('with an explicit deny in an identity-based policy') as string,
  });
  expect((await client.send(invoke('live'))).StatusCode).toBe(200);
});

describe('what they may', () => {
  test('is what their policies say, in the words of AWS', async () => {
    await using kit = await kitWith();
    const worker = kit.clientOf(keys.worker);
    const { Configuration } = await worker.send(new GetFunctionCommand({ FunctionName: 'f' }));
    expect(Configuration?.FunctionArn).toBe(arn);
    expect(await refusal(worker.send(invoke()))).toEqual(
      noIdentityPolicy(session, 'lambda:InvokeFunction', arn),
    );
    expect(await refusal(worker.send(new ListFunctionsCommand({})))).toEqual(
      noIdentityPolicy(session, 'lambda:ListFunctions', '*'),
    );
  });

  test('three operations need the one action to invoke', async () => {
    await using kit = await kitWith();
    const worker = kit.clientOf(keys.worker);
    const expected = noIdentityPolicy(session, 'lambda:InvokeFunction', arn);
    const FunctionName = 'f';
    const later = new InvokeAsyncCommand({ FunctionName, InvokeArgs: '{}' });
    expect(await refusal(worker.send(later))).toEqual(expected);
    const streamed = new InvokeWithResponseStreamCommand({ FunctionName });
    expect(await refusal(worker.send(streamed))).toEqual(expected);
    const dry = new InvokeCommand({ FunctionName, InvocationType: 'DryRun' });
    expect(await refusal(worker.send(dry))).toEqual(expected);
  });

  test('may be granted by the function, and for an alias by the alias alone', async () => {
    await using kit = await kitWith();
    const worker = kit.clientOf(keys.worker);
    const permission = {
      FunctionName: 'f',
      Qualifier: 'live',
      StatementId: 'worker',
      Action: 'lambda:InvokeFunction',
      Principal: 'arn:aws:iam::123456789012:role/jobs/worker',
    };
    await kit.clientOf(keys.ada).send(new AddPermissionCommand(permission));
    expect((await worker.send(invoke('live'))).StatusCode).toBe(200);
    expect(await refusal(worker.send(invoke()))).toEqual(
      noIdentityPolicy(session, 'lambda:InvokeFunction', arn),
    );
    expect(await refusal(worker.send(invoke('1')))).toEqual(
      noIdentityPolicy(session, 'lambda:InvokeFunction', `${arn}:1`),
    );
  });

  test('of another account needs both sides', async () => {
    await using kit = await kitWith();
    const partner = kit.clientOf(keys.partner);
    expect(await refusal(partner.send(invoke()))).toEqual(
      denied(
        `User: arn:aws:iam::210987654321:user/eve is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no resource-based policy allows the lambda:InvokeFunction action`,
      ),
    );
    const fn = kit.lambda.getFunction('f');
    await fn?.addPermission({ statementId: 'partner', principal: '210987654321' });
    expect((await partner.send(invoke())).StatusCode).toBe(200);
  });

  test('is nothing that a policy denies, for the root neither', async () => {
    await using kit = await kitWith();
    const fn = kit.lambda.getFunction('f');
    const statement = { Effect: 'Deny', Principal: '*', Action: '*', Resource: arn } as const;
    await fn?.putPolicy({ Statement: [statement] });
    for (const [who, client] of [
      [ada, kit.clientOf(keys.ada)],
      [`arn:aws:iam::${home}:root`, kit.clientOf(keys.root)],
    ] as const) {
      expect(await refusal(client.send(invoke()))).toEqual(
        denied(
          `User: ${who} is not authorized to perform: lambda:InvokeFunction on resource: ${arn} with an explicit deny in a resource-based policy`,
        ),
      );
    }
  });

  test('can hang on tags, on what is asked for and on limits of the account', async () => {
    const conditions = (wanted: Condition) => ({
      Version: '2012-10-17' as const,
      Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: wanted } as const,
    });
    const scp = [allowing('lambda:*')];
    const withPolicy = (condition: Condition): AccessOptions => ({
      principals: [{ ...keys.ada, arn: ada, policies: [conditions(condition)] }],
      scp,
    });
    await using ofTeam = await kitWith(
      withPolicy({ StringEquals: { 'aws:ResourceTag/team': 'a', 'aws:username': 'ada' } }),
    );
    expect((await ofTeam.clientOf(keys.ada).send(invoke())).StatusCode).toBe(200);
    await using newTags = await kitWith(
      withPolicy({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } }),
    );
    const tag = (Tags: Record<string, string>): TagResourceCommand =>
      new TagResourceCommand({ Resource: arn, Tags });
    await newTags.clientOf(keys.ada).send(tag({ team: 'b' }));
    const other = newTags.clientOf(keys.ada).send(tag({ cost: 'b' }));
    expect((await refusal(other)).name).toBe('AccessDeniedException');
    await using limited = await kitWith({ principals, scp: [allowing('lambda:Invoke*')] });
    expect(
      await refusal(limited.clientOf(keys.root).send(new GetPolicyCommand({ FunctionName: 'f' }))),
    ).toEqual(
      denied(
        `User: arn:aws:iam::${home}:root is not authorized to perform: lambda:GetPolicy on resource: ${arn} because no service control policy allows the lambda:GetPolicy action`,
      ),
    );
  });
});
