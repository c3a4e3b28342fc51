import {
  CheckpointDurableExecutionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionUrlConfigCommand,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  GetDurableExecutionStateCommand,
  GetEventSourceMappingCommand,
  GetFunctionUrlConfigCommand,
  InvokeCommand,
  ListDurableExecutionsByFunctionCommand,
  ListEventSourceMappingsCommand,
  ListFunctionUrlConfigsCommand,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { creation, isRefused, until, type Journey, type Step } from './journey.ts';

const name = { FunctionName: 'orders' };

async function untilState(journey: Journey, state: string): Promise<void> {
  const get = new GetEventSourceMappingCommand({ UUID: journey.note('mapping') });
  await until(
    async () => (await journey.client.send(get)).State,
    (now) => now === state,
  );
}

export const mappingSteps: readonly Step[] = [
  {
    operation: 'CreateEventSourceMapping',
    verdict: 'behaves',
    shows: 'messages of a queue reach the function in batches and are deleted',
    run: async (journey) => {
      const { client, lambda, notes } = journey;
      const queue = lambda.createQueue('incoming');
      const create = { ...name, EventSourceArn: queue.arn, BatchSize: 5 };
      const created = await client.send(new CreateEventSourceMappingCommand(create));
      expect(created).toMatchObject({ State: 'Creating', BatchSize: 5 });
      notes.set('mapping', created.UUID!);
      await untilState(journey, 'Enabled');
      await queue.send('{"id":1}');
      await until(
        () => queue.size,
        (size) => size === 0,
      );
    },
  },
  {
    operation: 'GetEventSourceMapping',
    verdict: 'behaves',
    shows: 'state, reason, settings with AWS defaults',
    run: async (journey) => {
      const get = new GetEventSourceMappingCommand({ UUID: journey.note('mapping') });
      expect(await journey.client.send(get)).toMatchObject({ State: 'Enabled' });
    },
  },
  {
    operation: 'ListEventSourceMappings',
    verdict: 'behaves',
    shows: 'by source and function',
    run: async ({ client }) => {
      const { EventSourceMappings } = await client.send(new ListEventSourceMappingsCommand(name));
      expect(EventSourceMappings).toHaveLength(1);
    },
  },
  {
    operation: 'UpdateEventSourceMapping',
    verdict: 'behaves',
    shows: 'a disabled mapping leaves messages where they are',
    run: async (journey) => {
      const update = { UUID: journey.note('mapping'), Enabled: false };
      await journey.client.send(new UpdateEventSourceMappingCommand(update));
      await untilState(journey, 'Disabled');
      const queue = journey.lambda.getQueue('incoming')!;
      await queue.send('{"id":2}');
      expect(queue.size).toBe(1);
    },
  },
  {
    operation: 'DeleteEventSourceMapping',
    verdict: 'behaves',
    shows: 'Deleting, then not found',
    run: async (journey) => {
      const named = { UUID: journey.note('mapping') };
      const deleted = await journey.client.send(new DeleteEventSourceMappingCommand(named));
      expect(deleted.State).toBe('Deleting');
      const get = new GetEventSourceMappingCommand(named);
      const look = (): Promise<string> =>
        journey.client.send(get).then(String, ({ name: error }: Error) => error);
      await until(look, (found) => found === 'ResourceNotFoundException');
    },
  },
];

export const urlSteps: readonly Step[] = [
  {
    operation: 'CreateFunctionUrlConfig',
    verdict: 'behaves',
    shows: 'requests to the URL run the function',
    run: async ({ client, lambda, notes }) => {
      const create = { ...name, AuthType: 'NONE' } as const;
      const { FunctionUrl } = await client.send(new CreateFunctionUrlConfigCommand(create));
      expect(FunctionUrl).toMatch(/^https:\/\/\w+\.lambda-url\.us-east-1\.on\.aws\/$/);
      notes.set('url', FunctionUrl!);
      // Answers 403 as long as the policy lets nobody in, and that is an answer of the function's URL.
      expect((await lambda.fetch(FunctionUrl!)).status).toBeLessThan(500);
    },
  },
  {
    operation: 'GetFunctionUrlConfig',
    verdict: 'behaves',
    shows: 'URL, authorisation, CORS, mode',
    run: async (journey) => {
      const config = await journey.client.send(new GetFunctionUrlConfigCommand(name));
      expect(config.FunctionUrl).toBe(journey.note('url'));
    },
  },
  {
    operation: 'ListFunctionUrlConfigs',
    verdict: 'behaves',
    shows: 'of the function and its aliases',
    run: async ({ client }) => {
      const { FunctionUrlConfigs } = await client.send(new ListFunctionUrlConfigsCommand(name));
      expect(FunctionUrlConfigs).toHaveLength(1);
    },
  },
  {
    operation: 'UpdateFunctionUrlConfig',
    verdict: 'behaves',
    shows: 'CORS is answered by the URL, not by the function',
    run: async (journey) => {
      const Cors = { AllowOrigins: ['https://shop.example'], AllowMethods: ['GET'] };
      await journey.client.send(new UpdateFunctionUrlConfigCommand({ ...name, Cors }));
      const preflight = await journey.lambda.fetch(journey.note('url'), {
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET' },
      });
      expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    },
  },
  {
    operation: 'DeleteFunctionUrlConfig',
    verdict: 'behaves',
    shows: 'the URL answers 403 as one that never was',
    run: async (journey) => {
      await journey.client.send(new DeleteFunctionUrlConfigCommand(name));
      expect((await journey.lambda.fetch(journey.note('url'))).status).toBe(403);
    },
  },
];

/** Speaks the protocol of durable executions by hand: a callback, and the end when it was answered. */
const durableHandler = `
exports.handler = async (input) => {
  const operations = input.InitialExecutionState.Operations;
  const callback = operations.find(({ Type }) => Type === 'CALLBACK');
  if (callback === undefined) {
    const url = 'https://lambda.us-east-1.amazonaws.com/2025-12-01/durable-executions/' +
      encodeURIComponent(input.DurableExecutionArn) + '/checkpoint';
    const answer = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({
        CheckpointToken: input.CheckpointToken,
        Updates: [{ Id: 'approval', Type: 'CALLBACK', Action: 'START', CallbackOptions: { TimeoutSeconds: 3600 } }],
      }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return { Status: 'PENDING' };
  }
  if (callback.Status === 'STARTED') return { Status: 'PENDING' };
  return { Status: 'SUCCEEDED', Result: JSON.stringify(callback.Status) };
};
`;

const durable = { FunctionName: 'durable' };

async function start(journey: Journey, execution: string): Promise<string> {
  const { client } = journey;
  const invoke = new InvokeCommand({
    FunctionName: 'durable:1',
    InvocationType: 'Event',
    DurableExecutionName: execution,
  });
  await client.send(invoke);
  const list = new ListDurableExecutionsByFunctionCommand({
    ...durable,
    DurableExecutionName: execution,
  });
  const { DurableExecutions } = await client.send(list);
  const arn = DurableExecutions?.[0]?.DurableExecutionArn;
  expect(arn).toContain(execution);
  return arn!;
}

/** The id of the callback that an execution waits for. */
async function callbackOf({ client }: Journey, arn: string): Promise<string> {
  const get = new GetDurableExecutionHistoryCommand({
    DurableExecutionArn: arn,
    IncludeExecutionData: true,
  });
  const id = await until(
    async () => {
      const { Events = [] } = await client.send(get);
      const started = Events.find((event) => event.CallbackStartedDetails !== undefined);
      return started?.CallbackStartedDetails?.CallbackId;
    },
    (found) => found !== undefined,
  );
  return id!;
}

async function untilStatus({ client }: Journey, arn: string, status: string): Promise<void> {
  const get = new GetDurableExecutionCommand({ DurableExecutionArn: arn });
  await until(
    async () => (await client.send(get)).Status,
    (now) => now === status,
  );
}

export const durableSteps: readonly Step[] = [
  {
    operation: 'ListDurableExecutionsByFunction',
    verdict: 'behaves',
    shows: 'by name, status and start',
    run: async (journey) => {
      await journey.client.send(
        new CreateFunctionCommand({
          ...durable,
          ...creation(durableHandler),
          // A busy machine must not use up the computing time of the first fetch.
          MemorySize: 1_769,
          Timeout: 30,
          DurableConfig: { ExecutionTimeout: 86_400 },
          Publish: true,
        }),
      );
      journey.notes.set('first', await start(journey, 'first'));
    },
  },
  {
    operation: 'GetDurableExecution',
    verdict: 'behaves',
    shows: 'RUNNING while it waits for its callback',
    run: async (journey) => {
      const get = { DurableExecutionArn: journey.note('first') };
      const execution = await journey.client.send(new GetDurableExecutionCommand(get));
      expect(execution.Status).toBe('RUNNING');
    },
  },
  {
    operation: 'CheckpointDurableExecution',
    verdict: 'behaves',
    shows: 'the handler starts a callback by it; a token that is not the last is refused',
    run: async (journey) => {
      await callbackOf(journey, journey.note('first'));
      const checkpoint = new CheckpointDurableExecutionCommand({
        DurableExecutionArn: journey.note('first'),
        CheckpointToken: 'c3RhbGU=',
        Updates: [],
      });
      await isRefused(journey.client.send(checkpoint), 'InvalidParameterValueException', 400);
    },
  },
  {
    operation: 'GetDurableExecutionHistory',
    verdict: 'behaves',
    shows: 'events in order, or the other way round',
    run: async (journey) => {
      const { Events = [] } = await journey.client.send(
        new GetDurableExecutionHistoryCommand({ DurableExecutionArn: journey.note('first') }),
      );
      expect(Events[0]?.EventType).toBe('ExecutionStarted');
    },
  },
  {
    operation: 'GetDurableExecutionState',
    verdict: 'behaves',
    shows: 'operations for a replay; needs the token of the invocation',
    run: async (journey) => {
      const get = new GetDurableExecutionStateCommand({
        DurableExecutionArn: journey.note('first'),
        CheckpointToken: 'c3RhbGU=',
      });
      await isRefused(journey.client.send(get), 'InvalidParameterValueException', 400);
    },
  },
  {
    operation: 'SendDurableExecutionCallbackHeartbeat',
    verdict: 'behaves',
    shows: 'a callback that is open takes it',
    run: async (journey) => {
      const CallbackId = await callbackOf(journey, journey.note('first'));
      journey.notes.set('callback', CallbackId);
      await journey.client.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
    },
  },
  {
    operation: 'SendDurableExecutionCallbackSuccess',
    verdict: 'behaves',
    shows: 'the execution goes on and ends; a second answer is refused',
    run: async (journey) => {
      const answer = { CallbackId: journey.note('callback'), Result: Buffer.from('"yes"') };
      await journey.client.send(new SendDurableExecutionCallbackSuccessCommand(answer));
      await untilStatus(journey, journey.note('first'), 'SUCCEEDED');
      const again = journey.client.send(new SendDurableExecutionCallbackSuccessCommand(answer));
      await isRefused(again, 'CallbackTimeoutException', 400);
    },
  },
  {
    operation: 'SendDurableExecutionCallbackFailure',
    verdict: 'behaves',
    shows: 'the handler learns of the failure',
    run: async (journey) => {
      const arn = await start(journey, 'second');
      const CallbackId = await callbackOf(journey, arn);
      const failure = { CallbackId, Error: { ErrorMessage: 'no' } };
      await journey.client.send(new SendDurableExecutionCallbackFailureCommand(failure));
      await untilStatus(journey, arn, 'SUCCEEDED');
    },
  },
  {
    operation: 'StopDurableExecution',
    verdict: 'behaves',
    shows: 'STOPPED, for good',
    run: async (journey) => {
      const DurableExecutionArn = await start(journey, 'third');
      await callbackOf(journey, DurableExecutionArn);
      await journey.client.send(new StopDurableExecutionCommand({ DurableExecutionArn }));
      await untilStatus(journey, DurableExecutionArn, 'STOPPED');
    },
  },
];
