import {
  AddLayerVersionPermissionCommand,
  AddPermissionCommand,
  CreateCapacityProviderCommand,
  CreateCodeSigningConfigCommand,
  DeleteCapacityProviderCommand,
  DeleteCodeSigningConfigCommand,
  DeleteFunctionCodeSigningConfigCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  DeleteLayerVersionCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  DeleteResourcePolicyCommand,
  GetCapacityProviderCommand,
  GetCodeSigningConfigCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionRecursionConfigCommand,
  GetFunctionScalingConfigCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  GetPolicyCommand,
  GetProvisionedConcurrencyConfigCommand,
  GetResourcePolicyCommand,
  GetRuntimeManagementConfigCommand,
  InvokeCommand,
  ListCapacityProvidersCommand,
  ListCodeSigningConfigsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionVersionsByCapacityProviderCommand,
  ListFunctionsByCodeSigningConfigCommand,
  ListLayersCommand,
  ListLayerVersionsCommand,
  ListProvisionedConcurrencyConfigsCommand,
  PublishLayerVersionCommand,
  PutFunctionCodeSigningConfigCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
  PutFunctionScalingConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  PutResourcePolicyCommand,
  PutRuntimeManagementConfigCommand,
  RemoveLayerVersionPermissionCommand,
  RemovePermissionCommand,
  UpdateCapacityProviderCommand,
  UpdateCodeSigningConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { expect } from 'vitest';
import { zip } from '../kit.ts';
import { account, arnOf, isRefused, until, type Step } from './journey.ts';

const name = { FunctionName: 'orders' };
const version = { ...name, Qualifier: '2' };
const layer = { LayerName: 'common', VersionNumber: 1 };

export const concurrencySteps: readonly Step[] = [
  {
    operation: 'PutFunctionConcurrency',
    verdict: 'behaves',
    shows: 'a reserve of 0 throttles, with the reason of AWS',
    run: async ({ client }) => {
      const reserve = { ...name, ReservedConcurrentExecutions: 0 };
      await client.send(new PutFunctionConcurrencyCommand(reserve));
      await isRefused(client.send(new InvokeCommand(name)), 'TooManyRequestsException', 429);
    },
  },
  {
    operation: 'GetFunctionConcurrency',
    verdict: 'behaves',
    shows: 'the reserve',
    run: async ({ client }) => {
      const { ReservedConcurrentExecutions } = await client.send(
        new GetFunctionConcurrencyCommand(name),
      );
      expect(ReservedConcurrentExecutions).toBe(0);
    },
  },
  {
    operation: 'DeleteFunctionConcurrency',
    verdict: 'behaves',
    shows: 'the function runs again',
    run: async ({ client }) => {
      await client.send(new DeleteFunctionConcurrencyCommand(name));
      expect((await client.send(new InvokeCommand(name))).StatusCode).toBe(200);
    },
  },
  {
    operation: 'PutProvisionedConcurrencyConfig',
    verdict: 'behaves',
    shows: 'environments are initialised before the first call',
    run: async ({ client, lambda }) => {
      const ready = Promise.withResolvers<void>();
      lambda.on('environment.started', () => ready.resolve());
      const put = { ...version, ProvisionedConcurrentExecutions: 1 };
      const answer = await client.send(new PutProvisionedConcurrencyConfigCommand(put));
      expect(answer.Status).toBe('IN_PROGRESS');
      await ready.promise;
    },
  },
  {
    operation: 'GetProvisionedConcurrencyConfig',
    verdict: 'behaves',
    shows: 'READY, with what is allocated and available',
    run: async ({ client }) => {
      const get = new GetProvisionedConcurrencyConfigCommand(version);
      await until(
        async () => (await client.send(get)).Status,
        (status) => status === 'READY',
      );
      expect(await client.send(get)).toMatchObject({
        AllocatedProvisionedConcurrentExecutions: 1,
        AvailableProvisionedConcurrentExecutions: 1,
      });
    },
  },
  {
    operation: 'ListProvisionedConcurrencyConfigs',
    verdict: 'behaves',
    shows: 'those of the function',
    run: async ({ client }) => {
      const { ProvisionedConcurrencyConfigs } = await client.send(
        new ListProvisionedConcurrencyConfigsCommand(name),
      );
      expect(ProvisionedConcurrencyConfigs).toHaveLength(1);
    },
  },
  {
    operation: 'DeleteProvisionedConcurrencyConfig',
    verdict: 'behaves',
    shows: 'the environments end',
    run: async ({ client }) => {
      await client.send(new DeleteProvisionedConcurrencyConfigCommand(version));
      await isRefused(
        client.send(new GetProvisionedConcurrencyConfigCommand(version)),
        'ProvisionedConcurrencyConfigNotFoundException',
        404,
      );
    },
  },
];

export const settingSteps: readonly Step[] = [
  {
    operation: 'PutFunctionEventInvokeConfig',
    verdict: 'behaves',
    shows: 'retries, ages and destinations of events',
    run: async ({ client, lambda }) => {
      const { arn: Destination } = lambda.createQueue('done');
      const DestinationConfig = { OnSuccess: { Destination } };
      await client.send(new PutFunctionEventInvokeConfigCommand({ ...name, DestinationConfig }));
      await client.send(new InvokeCommand({ ...name, InvocationType: 'Event' }));
      const [record] = await lambda.getQueue('done')!.receive({ waitMs: 20_000 });
      expect(JSON.parse(record!.body)).toMatchObject({ requestContext: { condition: 'Success' } });
    },
  },
  {
    operation: 'UpdateFunctionEventInvokeConfig',
    verdict: 'behaves',
    shows: 'merges with what is there',
    run: async ({ client }) => {
      const update = new UpdateFunctionEventInvokeConfigCommand({
        ...name,
        MaximumRetryAttempts: 1,
      });
      expect((await client.send(update)).DestinationConfig?.OnSuccess).toHaveProperty(
        'Destination',
      );
    },
  },
  {
    operation: 'GetFunctionEventInvokeConfig',
    verdict: 'behaves',
    shows: 'what was set, without defaults',
    run: async ({ client }) => {
      const config = await client.send(new GetFunctionEventInvokeConfigCommand(name));
      expect(config.MaximumRetryAttempts).toBe(1);
      expect(config).not.toHaveProperty('MaximumEventAgeInSeconds');
    },
  },
  {
    operation: 'ListFunctionEventInvokeConfigs',
    verdict: 'behaves',
    shows: 'one for each qualifier',
    run: async ({ client }) => {
      const list = await client.send(new ListFunctionEventInvokeConfigsCommand(name));
      expect(list.FunctionEventInvokeConfigs).toHaveLength(1);
    },
  },
  {
    operation: 'DeleteFunctionEventInvokeConfig',
    verdict: 'behaves',
    shows: 'defaults hold again',
    run: async ({ client }) => {
      await client.send(new DeleteFunctionEventInvokeConfigCommand(name));
      const get = client.send(new GetFunctionEventInvokeConfigCommand(name));
      await isRefused(get, 'ResourceNotFoundException', 404);
    },
  },
  {
    operation: 'PutFunctionRecursionConfig',
    verdict: 'behaves',
    shows: 'whether the 17th round of a loop is stopped',
    run: async ({ client, lambda }) => {
      const put = { ...name, RecursiveLoop: 'Allow' } as const;
      await client.send(new PutFunctionRecursionConfigCommand(put));
      expect(lambda.getFunction('orders')).toBeDefined();
    },
  },
  {
    operation: 'GetFunctionRecursionConfig',
    verdict: 'behaves',
    shows: 'Terminate unless it was changed',
    run: async ({ client }) => {
      const config = await client.send(new GetFunctionRecursionConfigCommand(name));
      expect(config.RecursiveLoop).toBe('Allow');
    },
  },
  {
    operation: 'PutRuntimeManagementConfig',
    verdict: 'stores',
    shows: 'kept for each version; there are no runtime updates that it could steer',
    run: async ({ client }) => {
      const put = { ...name, UpdateRuntimeOn: 'FunctionUpdate' } as const;
      await client.send(new PutRuntimeManagementConfigCommand(put));
    },
  },
  {
    operation: 'GetRuntimeManagementConfig',
    verdict: 'stores',
    shows: 'Auto unless it was changed',
    run: async ({ client }) => {
      const config = await client.send(new GetRuntimeManagementConfigCommand(name));
      expect(config.UpdateRuntimeOn).toBe('FunctionUpdate');
    },
  },
];

export const layerSteps: readonly Step[] = [
  {
    operation: 'PublishLayerVersion',
    verdict: 'behaves',
    shows: 'functions find it in /opt',
    run: async ({ client }) => {
      const ZipFile = zipSync({
        'nodejs/node_modules/common/index.js': Buffer.from('module.exports = 42'),
      });
      const published = await client.send(
        new PublishLayerVersionCommand({ LayerName: 'common', Content: { ZipFile } }),
      );
      expect(published.Version).toBe(1);
      await client.send(
        new UpdateFunctionConfigurationCommand({ ...name, Layers: [published.LayerVersionArn!] }),
      );
      const code = zip('exports.handler = async () => require("common")');
      await client.send(new UpdateFunctionCodeCommand({ ...name, ZipFile: code }));
      const { Payload } = await client.send(new InvokeCommand(name));
      expect(Payload!.transformToString()).toBe('42');
    },
  },
  {
    operation: 'GetLayerVersion',
    verdict: 'behaves',
    shows: 'hash, size and a link to the content',
    run: async ({ client }) => {
      const { Content } = await client.send(new GetLayerVersionCommand(layer));
      expect(Content).toMatchObject({
        CodeSha256: expect.any(String),
        Location: expect.any(String),
      });
    },
  },
  {
    operation: 'GetLayerVersionByArn',
    verdict: 'behaves',
    shows: 'the same by ARN',
    run: async ({ client }) => {
      const Arn = `${account}:layer:common:1`;
      expect((await client.send(new GetLayerVersionByArnCommand({ Arn }))).Version).toBe(1);
    },
  },
  {
    operation: 'ListLayers',
    verdict: 'behaves',
    shows: 'the newest version of each',
    run: async ({ client }) => {
      const { Layers } = await client.send(new ListLayersCommand({}));
      expect(Layers?.map(({ LayerName }) => LayerName)).toEqual(['common']);
    },
  },
  {
    operation: 'ListLayerVersions',
    verdict: 'behaves',
    shows: 'newest first',
    run: async ({ client }) => {
      const { LayerVersions } = await client.send(
        new ListLayerVersionsCommand({ LayerName: 'common' }),
      );
      expect(LayerVersions).toHaveLength(1);
    },
  },
  {
    operation: 'AddLayerVersionPermission',
    verdict: 'behaves',
    shows: 'the statement that AWS makes of it',
    run: async ({ client }) => {
      const add = {
        ...layer,
        StatementId: 'all',
        Action: 'lambda:GetLayerVersion',
        Principal: '*',
      };
      const { Statement } = await client.send(new AddLayerVersionPermissionCommand(add));
      expect(JSON.parse(Statement!)).toMatchObject({ Sid: 'all', Effect: 'Allow', Principal: '*' });
    },
  },
  {
    operation: 'GetLayerVersionPolicy',
    verdict: 'behaves',
    shows: 'the document with its revision',
    run: async ({ client }) => {
      const { Policy } = await client.send(new GetLayerVersionPolicyCommand(layer));
      expect(JSON.parse(Policy!).Statement).toHaveLength(1);
    },
  },
  {
    operation: 'RemoveLayerVersionPermission',
    verdict: 'behaves',
    shows: 'the last statement takes the policy along',
    run: async ({ client }) => {
      await client.send(new RemoveLayerVersionPermissionCommand({ ...layer, StatementId: 'all' }));
      const get = client.send(new GetLayerVersionPolicyCommand(layer));
      await isRefused(get, 'ResourceNotFoundException', 404);
    },
  },
  {
    operation: 'DeleteLayerVersion',
    verdict: 'behaves',
    shows: 'functions that have it keep it',
    run: async ({ client }) => {
      await client.send(new DeleteLayerVersionCommand(layer));
      await isRefused(
        client.send(new GetLayerVersionCommand(layer)),
        'ResourceNotFoundException',
        404,
      );
      expect((await client.send(new InvokeCommand(name))).Payload!.transformToString()).toBe('42');
    },
  },
];

const statement = {
  StatementId: 's3',
  Action: 'lambda:InvokeFunction',
  Principal: 's3.amazonaws.com',
};
const resource = { ResourceArn: arnOf('orders') };

export const policySteps: readonly Step[] = [
  {
    operation: 'AddPermission',
    verdict: 'behaves',
    shows: 'the statement that AWS makes of it; evaluated where the option access is set',
    run: async ({ client }) => {
      const { Statement } = await client.send(new AddPermissionCommand({ ...name, ...statement }));
      expect(JSON.parse(Statement!)).toEqual({
        Sid: 's3',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: arnOf('orders'),
      });
    },
  },
  {
    operation: 'GetPolicy',
    verdict: 'behaves',
    shows: 'the document of the function, a version or an alias',
    run: async ({ client }) => {
      const { Policy } = await client.send(new GetPolicyCommand(name));
      expect(JSON.parse(Policy!)).toMatchObject({ Version: '2012-10-17', Id: 'default' });
    },
  },
  {
    operation: 'RemovePermission',
    verdict: 'behaves',
    shows: 'the last statement takes the policy along',
    run: async ({ client }) => {
      await client.send(new RemovePermissionCommand({ ...name, StatementId: 's3' }));
      await isRefused(client.send(new GetPolicyCommand(name)), 'ResourceNotFoundException', 404);
    },
  },
  {
    operation: 'PutResourcePolicy',
    verdict: 'behaves',
    shows: 'the whole document; one for everybody is a PublicPolicyException',
    run: async ({ client }) => {
      const document = (Principal: unknown): string =>
        JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'a',
              Effect: 'Allow',
              Principal,
              Action: 'lambda:InvokeFunction',
              Resource: arnOf('orders'),
            },
          ],
        });
      const put = (Principal: unknown): Promise<unknown> =>
        client.send(new PutResourcePolicyCommand({ ...resource, Policy: document(Principal) }));
      await put({ AWS: 'arn:aws:iam::210987654321:root' });
      await isRefused(put('*'), 'PublicPolicyException', 400);
    },
  },
  {
    operation: 'GetResourcePolicy',
    verdict: 'behaves',
    shows: 'the document with its revision',
    run: async ({ client }) => {
      const { Policy } = await client.send(new GetResourcePolicyCommand(resource));
      expect(JSON.parse(Policy!).Statement).toHaveLength(1);
    },
  },
  {
    operation: 'DeleteResourcePolicy',
    verdict: 'behaves',
    shows: 'nothing is left',
    run: async ({ client }) => {
      await client.send(new DeleteResourcePolicyCommand(resource));
      const get = client.send(new GetResourcePolicyCommand(resource));
      await isRefused(get, 'ResourceNotFoundException', 404);
    },
  },
];

const publisher = 'arn:aws:signer:us-east-1:123456789012:/signing-profiles/shop/0123456789';

export const signingSteps: readonly Step[] = [
  {
    operation: 'CreateCodeSigningConfig',
    verdict: 'behaves',
    shows: 'a configuration that can be attached',
    run: async ({ client, notes }) => {
      const { CodeSigningConfig } = await client.send(
        new CreateCodeSigningConfigCommand({
          AllowedPublishers: { SigningProfileVersionArns: [publisher] },
          CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' },
        }),
      );
      notes.set('csc', CodeSigningConfig!.CodeSigningConfigArn!);
    },
  },
  {
    operation: 'GetCodeSigningConfig',
    verdict: 'behaves',
    shows: 'publishers and policy',
    run: async (journey) => {
      const get = { CodeSigningConfigArn: journey.note('csc') };
      const { CodeSigningConfig } = await journey.client.send(new GetCodeSigningConfigCommand(get));
      expect(CodeSigningConfig?.AllowedPublishers?.SigningProfileVersionArns).toEqual([publisher]);
    },
  },
  {
    operation: 'PutFunctionCodeSigningConfig',
    verdict: 'behaves',
    shows: 'under Enforce, code that nobody signed is refused',
    run: async (journey) => {
      const put = { ...name, CodeSigningConfigArn: journey.note('csc') };
      await journey.client.send(new PutFunctionCodeSigningConfigCommand(put));
      const update = { ...name, ZipFile: zip('exports.handler = async () => 3') };
      const request = journey.client.send(new UpdateFunctionCodeCommand(update));
      await isRefused(request, 'CodeVerificationFailedException', 400);
    },
  },
  {
    operation: 'GetFunctionCodeSigningConfig',
    verdict: 'behaves',
    shows: 'what is attached',
    run: async (journey) => {
      const config = await journey.client.send(new GetFunctionCodeSigningConfigCommand(name));
      expect(config.CodeSigningConfigArn).toBe(journey.note('csc'));
    },
  },
  {
    operation: 'ListFunctionsByCodeSigningConfig',
    verdict: 'behaves',
    shows: 'to what it is attached',
    run: async (journey) => {
      const list = { CodeSigningConfigArn: journey.note('csc') };
      const { FunctionArns } = await journey.client.send(
        new ListFunctionsByCodeSigningConfigCommand(list),
      );
      expect(FunctionArns).toEqual([arnOf('orders')]);
    },
  },
  {
    operation: 'ListCodeSigningConfigs',
    verdict: 'behaves',
    shows: 'page by page',
    run: async ({ client }) => {
      const { CodeSigningConfigs } = await client.send(new ListCodeSigningConfigsCommand({}));
      expect(CodeSigningConfigs).toHaveLength(1);
    },
  },
  {
    operation: 'DeleteFunctionCodeSigningConfig',
    verdict: 'behaves',
    shows: 'the function takes any code again',
    run: async ({ client }) => {
      await client.send(new DeleteFunctionCodeSigningConfigCommand(name));
      const update = { ...name, ZipFile: zip('exports.handler = async () => 3') };
      expect(await client.send(new UpdateFunctionCodeCommand(update))).toBeDefined();
    },
  },
  {
    operation: 'UpdateCodeSigningConfig',
    verdict: 'behaves',
    shows: 'another policy',
    run: async (journey) => {
      const update = {
        CodeSigningConfigArn: journey.note('csc'),
        CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' },
      } as const;
      const { CodeSigningConfig } = await journey.client.send(
        new UpdateCodeSigningConfigCommand(update),
      );
      expect(CodeSigningConfig?.CodeSigningPolicies?.UntrustedArtifactOnDeployment).toBe('Warn');
    },
  },
  {
    operation: 'DeleteCodeSigningConfig',
    verdict: 'behaves',
    shows: 'only when nothing has it',
    run: async (journey) => {
      const named = { CodeSigningConfigArn: journey.note('csc') };
      await journey.client.send(new DeleteCodeSigningConfigCommand(named));
      const get = journey.client.send(new GetCodeSigningConfigCommand(named));
      await isRefused(get, 'ResourceNotFoundException', 404);
    },
  },
];

const provider = { CapacityProviderName: 'machines' };
const managed = 'functions run in the process: there are no managed instances';

export const managedSteps: readonly Step[] = [
  {
    operation: 'CreateCapacityProvider',
    verdict: 'refuses',
    shows: `CapacityProviderLimitExceededException: ${managed}`,
    run: async ({ client }) => {
      const create = new CreateCapacityProviderCommand({
        ...provider,
        VpcConfig: { SubnetIds: ['subnet-1a'], SecurityGroupIds: ['sg-1a'] },
        PermissionsConfig: {
          CapacityProviderOperatorRoleArn: 'arn:aws:iam::123456789012:role/operator',
        },
      });
      await isRefused(client.send(create), 'CapacityProviderLimitExceededException', 400);
    },
  },
  {
    operation: 'GetCapacityProvider',
    verdict: 'refuses',
    shows: 'ResourceNotFoundException: none can be made',
    run: ({ client }) =>
      isRefused(
        client.send(new GetCapacityProviderCommand(provider)),
        'ResourceNotFoundException',
        404,
      ),
  },
  {
    operation: 'UpdateCapacityProvider',
    verdict: 'refuses',
    shows: 'ResourceNotFoundException: none can be made',
    run: ({ client }) =>
      isRefused(
        client.send(new UpdateCapacityProviderCommand(provider)),
        'ResourceNotFoundException',
        404,
      ),
  },
  {
    operation: 'DeleteCapacityProvider',
    verdict: 'refuses',
    shows: 'ResourceNotFoundException: none can be made',
    run: ({ client }) =>
      isRefused(
        client.send(new DeleteCapacityProviderCommand(provider)),
        'ResourceNotFoundException',
        404,
      ),
  },
  {
    operation: 'ListCapacityProviders',
    verdict: 'refuses',
    shows: 'an empty list: none can be made',
    run: async ({ client }) => {
      const { CapacityProviders } = await client.send(new ListCapacityProvidersCommand({}));
      expect(CapacityProviders).toEqual([]);
    },
  },
  {
    operation: 'ListFunctionVersionsByCapacityProvider',
    verdict: 'refuses',
    shows: 'ResourceNotFoundException: none can be made',
    run: ({ client }) =>
      isRefused(
        client.send(new ListFunctionVersionsByCapacityProviderCommand(provider)),
        'ResourceNotFoundException',
        404,
      ),
  },
  {
    operation: 'PutFunctionScalingConfig',
    verdict: 'refuses',
    shows: `InvalidParameterValueException: ${managed}`,
    run: ({ client }) =>
      isRefused(
        client.send(
          new PutFunctionScalingConfigCommand({
            ...name,
            Qualifier: '2',
            FunctionScalingConfig: { MinExecutionEnvironments: 1 },
          }),
        ),
        'InvalidParameterValueException',
        400,
      ),
  },
  {
    operation: 'GetFunctionScalingConfig',
    verdict: 'refuses',
    shows: `InvalidParameterValueException: ${managed}`,
    run: ({ client }) =>
      isRefused(
        client.send(new GetFunctionScalingConfigCommand({ ...name, Qualifier: '2' })),
        'InvalidParameterValueException',
        400,
      ),
  },
];
