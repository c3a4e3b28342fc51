import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeAsyncCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { zip } from '../kit.ts';
import { arnOf, creation, type Journey, type Step } from './journey.ts';

const name = { FunctionName: 'orders' };

async function invoke({ client }: Journey, FunctionName: string, event: unknown): Promise<unknown> {
  const Payload = JSON.stringify(event);
  const answer = await client.send(new InvokeCommand({ FunctionName, Payload }));
  return JSON.parse(answer.Payload!.transformToString());
}

export const functionSteps: readonly Step[] = [
  {
    operation: 'CreateFunction',
    verdict: 'behaves',
    shows: 'a zip becomes a function that runs',
    run: async (journey) => {
      const created = await journey.client.send(
        new CreateFunctionCommand({ ...name, ...creation() }),
      );
      expect(created).toMatchObject({ FunctionArn: arnOf('orders'), State: 'Pending' });
      expect(await invoke(journey, 'orders', [1])).toEqual([1]);
    },
  },
  {
    operation: 'Invoke',
    verdict: 'behaves',
    shows: 'result, function error, log tail, client context; Event and DryRun',
    run: async (journey) => {
      const { client } = journey;
      expect(await invoke(journey, 'orders', { id: 7 })).toEqual({ id: 7 });
      const tail = await client.send(new InvokeCommand({ ...name, LogType: 'Tail' }));
      expect(Buffer.from(tail.LogResult!, 'base64').toString()).toMatch(/^START [^]*REPORT /);
      const dry = await client.send(new InvokeCommand({ ...name, InvocationType: 'DryRun' }));
      expect(dry.StatusCode).toBe(204);
      const event = await client.send(new InvokeCommand({ ...name, InvocationType: 'Event' }));
      expect(event.StatusCode).toBe(202);
    },
  },
  {
    operation: 'InvokeAsync',
    verdict: 'behaves',
    shows: 'the event is queued and handled',
    run: async ({ client, lambda }) => {
      const { promise: ran, resolve: run } = Promise.withResolvers<string>();
      lambda.on('invocation.finished', ({ requestId }) => run(requestId));
      const answer = await client.send(
        new InvokeAsyncCommand({ ...name, InvokeArgs: Buffer.from('{}') }),
      );
      expect(answer.Status).toBe(202);
      expect(await ran).toMatch(/^[0-9a-f-]{36}$/);
    },
  },
  {
    operation: 'InvokeWithResponseStream',
    verdict: 'behaves',
    shows: 'chunks of the handler as frames, then how it ended',
    run: async ({ client }) => {
      const source =
        'exports.handler = awslambda.streamifyResponse(async (event, stream) => { stream.write("a"); stream.end("b") })';
      await client.send(
        new CreateFunctionCommand({ FunctionName: 'streams', ...creation(source) }),
      );
      const { EventStream } = await client.send(
        new InvokeWithResponseStreamCommand({ FunctionName: 'streams' }),
      );
      const kinds: string[] = [];
      for await (const event of EventStream!) kinds.push(...Object.keys(event));
      expect(kinds).toEqual(['PayloadChunk', 'PayloadChunk', 'InvokeComplete']);
    },
  },
  {
    operation: 'GetFunction',
    verdict: 'behaves',
    shows: 'configuration, tags, concurrency and a link to the code that holds for ten minutes',
    run: async ({ client }) => {
      const { Configuration, Code } = await client.send(new GetFunctionCommand(name));
      expect(Configuration).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' });
      expect(Code?.Location).toMatch(/^https:.*signature=/);
    },
  },
  {
    operation: 'GetFunctionConfiguration',
    verdict: 'behaves',
    shows: 'of $LATEST, a version or an alias, with AWS defaults',
    run: async ({ client }) => {
      const configuration = await client.send(new GetFunctionConfigurationCommand(name));
      expect(configuration).toMatchObject({ Timeout: 3, MemorySize: 128, PackageType: 'Zip' });
    },
  },
  {
    operation: 'ListFunctions',
    verdict: 'behaves',
    shows: 'page by page, with ALL every version',
    run: async ({ client }) => {
      const page = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
      const next = await client.send(new ListFunctionsCommand({ Marker: page.NextMarker! }));
      expect([...page.Functions!, ...next.Functions!].map((one) => one.FunctionName)).toEqual([
        'orders',
        'streams',
      ]);
    },
  },
  {
    operation: 'PublishVersion',
    verdict: 'behaves',
    shows: 'numbers from 1; what did not change gives the version again',
    run: async ({ client }) => {
      const publish = new PublishVersionCommand(name);
      expect(await client.send(publish)).toMatchObject({ Version: '1' });
      expect(await client.send(publish)).toMatchObject({ Version: '1' });
    },
  },
  {
    operation: 'UpdateFunctionCode',
    verdict: 'behaves',
    shows: 'new calls run the new code, versions keep theirs',
    run: async (journey) => {
      const ZipFile = zip('exports.handler = async () => 2');
      const updated = await journey.client.send(
        new UpdateFunctionCodeCommand({ ...name, ZipFile, Publish: true }),
      );
      expect(updated.Version).toBe('2');
      expect(await invoke(journey, 'orders', 0)).toBe(2);
      expect(await invoke(journey, 'orders:1', 0)).toBe(0);
    },
  },
  {
    operation: 'UpdateFunctionConfiguration',
    verdict: 'behaves',
    shows: 'changed settings hold for the next call',
    run: async ({ client }) => {
      const update = { ...name, Environment: { Variables: { STAGE: 'test' } }, Timeout: 5 };
      const updated = await client.send(new UpdateFunctionConfigurationCommand(update));
      expect(updated).toMatchObject({ Timeout: 5, LastUpdateStatus: 'InProgress' });
    },
  },
  {
    operation: 'ListVersionsByFunction',
    verdict: 'behaves',
    shows: '$LATEST first',
    run: async ({ client }) => {
      const { Versions } = await client.send(new ListVersionsByFunctionCommand(name));
      expect(Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1', '2']);
    },
  },
  {
    operation: 'GetAccountSettings',
    verdict: 'behaves',
    shows: 'limits, code storage in use, number of functions, unreserved concurrency',
    run: async ({ client }) => {
      const { AccountLimit, AccountUsage } = await client.send(new GetAccountSettingsCommand({}));
      expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 1_000 });
      expect(AccountUsage?.FunctionCount).toBe(2);
      expect(AccountUsage?.TotalCodeSize).toBeGreaterThan(0);
    },
  },
  {
    operation: 'CreateAlias',
    verdict: 'behaves',
    shows: 'calls by the alias run its version',
    run: async (journey) => {
      const alias = { ...name, Name: 'live', FunctionVersion: '1' };
      await journey.client.send(new CreateAliasCommand(alias));
      expect(await invoke(journey, 'orders:live', 'x')).toBe('x');
    },
  },
  {
    operation: 'UpdateAlias',
    verdict: 'behaves',
    shows: 'a weight of 1 sends every call to the other version',
    run: async (journey) => {
      const RoutingConfig = { AdditionalVersionWeights: { 2: 1 } };
      await journey.client.send(new UpdateAliasCommand({ ...name, Name: 'live', RoutingConfig }));
      expect(await invoke(journey, 'orders:live', 'x')).toBe(2);
    },
  },
  {
    operation: 'GetAlias',
    verdict: 'behaves',
    shows: 'version, weights, revision',
    run: async ({ client }) => {
      const alias = await client.send(new GetAliasCommand({ ...name, Name: 'live' }));
      expect(alias.RoutingConfig).toEqual({ AdditionalVersionWeights: { 2: 1 } });
    },
  },
  {
    operation: 'ListAliases',
    verdict: 'behaves',
    shows: 'all, or those of one version',
    run: async ({ client }) => {
      const list = new ListAliasesCommand({ ...name, FunctionVersion: '1' });
      expect((await client.send(list)).Aliases).toHaveLength(1);
    },
  },
  {
    operation: 'DeleteAlias',
    verdict: 'behaves',
    shows: 'the name is gone; a second time is no error',
    run: async ({ client }) => {
      const deletion = new DeleteAliasCommand({ ...name, Name: 'live' });
      expect((await client.send(deletion)).$metadata.httpStatusCode).toBe(204);
      expect((await client.send(deletion)).$metadata.httpStatusCode).toBe(204);
    },
  },
  {
    operation: 'TagResource',
    verdict: 'behaves',
    shows: 'tags of functions, shown and counted as AWS does',
    run: async ({ client }) => {
      const tags = { Resource: arnOf('orders'), Tags: { team: 'shop', stage: 'test' } };
      expect((await client.send(new TagResourceCommand(tags))).$metadata.httpStatusCode).toBe(204);
    },
  },
  {
    operation: 'UntagResource',
    verdict: 'behaves',
    shows: 'takes tags away by key',
    run: async ({ client }) => {
      await client.send(new UntagResourceCommand({ Resource: arnOf('orders'), TagKeys: ['team'] }));
    },
  },
  {
    operation: 'ListTags',
    verdict: 'behaves',
    shows: 'what is left',
    run: async ({ client }) => {
      const { Tags } = await client.send(new ListTagsCommand({ Resource: arnOf('orders') }));
      expect(Tags).toEqual({ stage: 'test' });
    },
  },
];

/** Last, since the other steps need the functions. */
export const deletionSteps: readonly Step[] = [
  {
    operation: 'DeleteFunction',
    verdict: 'behaves',
    shows: 'one version, or the function with all that hangs on it',
    run: async (journey) => {
      const { client, lambda } = journey;
      await client.send(new DeleteFunctionCommand({ ...name, Qualifier: '1' }));
      await client.send(new DeleteFunctionCommand(name));
      expect(lambda.getFunction('orders')).toBeUndefined();
    },
  },
];
