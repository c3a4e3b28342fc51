import {
  CheckpointDurableExecutionCommand,
  CreateFunctionCommand,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  GetDurableExecutionStateCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
  UpdateFunctionConfigurationCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { describe, expect, test as base } from 'vitest';
import { VirtualClock } from '../../src/testing/index.ts';
import { handwritten } from '../durable/handwritten.ts';
import { doorKit, refusal, role, zip, type DoorKit } from './kit.ts';

interface Fixture {
  clock: VirtualClock;
  kit: DoorKit;
  client: LambdaClient;
  /** Deploys a durable handler. */
  deploy: (steps: string) => Promise<void>;
  /** Starts an execution and gives its ARN. */
  start: (event: unknown, name?: string) => Promise<string>;
}

const test = base.extend<Fixture>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of fixtures from the pattern
  clock: async ({}, use) => use(new VirtualClock()),
  kit: async ({ clock }, use) => {
    await using kit = doorKit({ clock, memoryMbPerVcpu: 1 });
    await use(kit);
  },
  client: async ({ kit }, use) => use(kit.client),
  deploy: async ({ client }, use) => {
    await use(async (steps) => {
      await client.send(
        new CreateFunctionCommand({
          FunctionName: 'orders',
          Role: role,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Code: { ZipFile: zip(handwritten(steps).source) },
          DurableConfig: { ExecutionTimeout: 86_400 },
          Publish: true,
        }),
      );
    });
  },
  start: async ({ client, clock }, use) => {
    await use(async (event, name) => {
      const { StatusCode, DurableExecutionArn = '' } = await client.send(
        new InvokeCommand({
          FunctionName: 'orders:1',
          InvocationType: 'Event',
          Payload: JSON.stringify(event),
          DurableExecutionName: name,
        }),
      );
      expect(StatusCode).toBe(202);
      await clock.advance(1);
      return DurableExecutionArn;
    });
  },
});

const waitsForApproval =
  'const answer = await ctx.callback(async () => {}, { TimeoutSeconds: 3_600 }); return { answer };';

/** The callback that an execution waits for. */
async function callbackOf(client: LambdaClient, arn: string): Promise<string> {
  const { Events = [] } = await client.send(
    new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn }),
  );
  const started = Events.find(({ EventType }) => EventType === 'CallbackStarted');
  return started?.CallbackStartedDetails?.CallbackId ?? '';
}

describe('Invoke', () => {
  test('waits for an execution and says which one it was', async ({ client, deploy, clock }) => {
    await deploy('await ctx.wait(60); return event.id;');
    const answer = client.send(
      new InvokeCommand({
        FunctionName: 'orders:1',
        Payload: '{"id":7}',
        DurableExecutionName: 'order-7',
      }),
    );
    await clock.advance(60_000);
    const { Payload, DurableExecutionArn, ExecutedVersion, FunctionError } = await answer;
    expect(Payload?.transformToString()).toBe('7');
    expect(ExecutedVersion).toBe('1');
    expect(FunctionError).toBeUndefined();
    expect(DurableExecutionArn).toMatch(/:function:orders:1\/durable-execution\/order-7\/[\w-]+$/);
  });

  test('gives the error of an execution that failed', async ({ client, deploy }) => {
    await deploy("throw new RangeError('sold out');");
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: 'orders:1' }),
    );
    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({
      errorType: 'RangeError',
      errorMessage: 'sold out',
    });
  });

  test('refuses a function without a qualifier, as recorded', async ({ client, deploy }) => {
    await deploy('return 1;');
    for (const InvocationType of ['RequestResponse', 'Event'] as const) {
      const refused = client.send(new InvokeCommand({ FunctionName: 'orders', InvocationType }));
      expect(await refusal(refused)).toEqual({
        name: 'InvalidParameterValueException',
        message: 'You cannot invoke a durable function using an unqualified ARN.',
        status: 400,
      });
    }
  });

  test('refuses a name that has another input', async ({ client, deploy, start }) => {
    await deploy('return 1;');
    const arn = await start({ id: 1 }, 'a');
    expect(await start({ id: 1 }, 'a')).toBe(arn);
    const other = new InvokeCommand({
      FunctionName: 'orders:1',
      Payload: '{"id":2}',
      DurableExecutionName: 'a',
    });
    expect(await refusal(client.send(other))).toMatchObject({
      name: 'DurableExecutionAlreadyStartedException',
      status: 409,
    });
  });
});

describe('GetDurableExecution', () => {
  test('tells of an execution while it runs and when it has ended', async ({
    client,
    deploy,
    start,
    clock,
  }) => {
    await deploy('await ctx.wait(60); return 7;');
    const arn = await start({ id: 1 }, 'a');
    const get = new GetDurableExecutionCommand({ DurableExecutionArn: arn });
    const running = await client.send(get);
    expect(running).toMatchObject({
      DurableExecutionArn: arn,
      DurableExecutionName: 'a',
      FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:orders:1',
      Status: 'RUNNING',
      StartTimestamp: new Date('2026-01-01T00:00:00Z'),
      InputPayload: '{"id":1}',
      Version: '1',
      ExecutionDataIncluded: true,
      DurableConfig: { ExecutionTimeout: 86_400, RetentionPeriodInDays: 14 },
    });
    expect(running.EndTimestamp).toBeUndefined();
    await clock.advance(60_000);
    expect(await client.send(get)).toMatchObject({
      Status: 'SUCCEEDED',
      Result: '7',
      EndTimestamp: new Date('2026-01-01T00:01:00Z'),
    });
    const compact = await client.send(
      new GetDurableExecutionCommand({ DurableExecutionArn: arn, IncludeExecutionData: false }),
    );
    expect(compact).toMatchObject({ Status: 'SUCCEEDED', ExecutionDataIncluded: false });
    expect(compact.InputPayload ?? compact.Result).toBeUndefined();
  });

  test('does not know one that is not there', async ({ client, deploy, start }) => {
    await deploy('return 1;');
    const arn = await start(1);
    const DurableExecutionArn = `${arn.slice(0, -4)}ffff`;
    const commands = [
      new GetDurableExecutionCommand({ DurableExecutionArn }),
      new GetDurableExecutionHistoryCommand({ DurableExecutionArn }),
      new StopDurableExecutionCommand({ DurableExecutionArn }),
    ];
    for (const command of commands) {
      const refused = client.send(command as GetDurableExecutionCommand);
      expect(await refusal(refused)).toMatchObject({
        name: 'ResourceNotFoundException',
        status: 404,
      });
    }
  });
});

test('the history comes in pages, in either order, with or without data', async ({
  client,
  deploy,
  start,
  clock,
}) => {
  await deploy(`
    await ctx.step(async () => 1);
    await ctx.wait(60);
    await ctx.checkpoint({ Id: 'r', Type: 'STEP', Action: 'START', Name: 'flaky', SubType: 'Step' });
    await ctx.checkpoint({ Id: 'r', Type: 'STEP', Action: 'FAIL', Error: { ErrorType: 'E', ErrorMessage: 'm' } });
    throw new Error('over');`);
  const arn = await start({ id: 1 });
  await clock.advance(60_000);
  const history = new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn });
  const { Events = [] } = await client.send(history);
  expect(Events.map(({ EventType }) => EventType)).toEqual([
    'ExecutionStarted',
    'StepStarted',
    'StepSucceeded',
    'WaitStarted',
    'InvocationCompleted',
    'WaitSucceeded',
    'StepStarted',
    'StepFailed',
    'InvocationCompleted',
    'ExecutionFailed',
  ]);
  expect(Events[0]?.ExecutionStartedDetails).toEqual({
    Input: { Payload: '{"id":1}', Truncated: false },
    ExecutionTimeout: 86_400,
  });
  expect(Events[2]?.StepSucceededDetails).toMatchObject({
    Result: { Payload: '1' },
    RetryDetails: { CurrentAttempt: 1 },
  });
  expect(Events[3]?.WaitStartedDetails).toEqual({
    Duration: 60,
    ScheduledEndTimestamp: new Date('2026-01-01T00:01:00Z'),
  });
  expect(Events[4]?.InvocationCompletedDetails?.RequestId).toMatch(/^[\da-f-]{36}$/);
  expect(Events[7]).toMatchObject({
    Id: 'r',
    Name: 'flaky',
    SubType: 'Step',
    StepFailedDetails: { Error: { Payload: { ErrorType: 'E', ErrorMessage: 'm' } } },
  });
  const bare = await client.send(
    new GetDurableExecutionHistoryCommand({
      DurableExecutionArn: arn,
      IncludeExecutionData: false,
      ReverseOrder: true,
      MaxItems: 3,
    }),
  );
  expect(bare.Events?.map(({ EventId }) => EventId)).toEqual([10, 9, 8]);
  expect(bare.Events?.[0]?.ExecutionFailedDetails).toEqual({ Error: {} });
  const next = await client.send(
    new GetDurableExecutionHistoryCommand({
      DurableExecutionArn: arn,
      ReverseOrder: true,
      MaxItems: 100,
      Marker: bare.NextMarker,
    }),
  );
  expect(next.Events?.map(({ EventId }) => EventId)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(next.NextMarker).toBeUndefined();
});

describe('callbacks', () => {
  test('succeed, after a heartbeat, with bytes as they are', async ({
    client,
    deploy,
    start,
    clock,
  }) => {
    await deploy(waitsForApproval);
    const arn = await start({});
    const CallbackId = await callbackOf(client, arn);
    await client.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
    const Result = Buffer.from('{"by":"ada"}');
    await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result }));
    await clock.advance(1);
    const execution = await client.send(
      new GetDurableExecutionCommand({ DurableExecutionArn: arn }),
    );
    expect(execution).toMatchObject({ Status: 'SUCCEEDED', Result: '{"answer":{"by":"ada"}}' });
  });

  test('fail with an error', async ({ client, deploy, start, clock }) => {
    await deploy(waitsForApproval);
    const arn = await start({});
    const CallbackId = await callbackOf(client, arn);
    const Error = {
      ErrorType: 'Rejected',
      ErrorMessage: 'no',
      ErrorData: '{}',
      StackTrace: ['at x'],
    };
    await client.send(new SendDurableExecutionCallbackFailureCommand({ CallbackId, Error }));
    await clock.advance(1);
    const { Events = [] } = await client.send(
      new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn }),
    );
    const failed = Events.find(({ EventType }) => EventType === 'CallbackFailed');
    expect(failed?.CallbackFailedDetails?.Error?.Payload).toEqual(Error);
  });

  test('that timed out or were answered are refused, and unknown ones', async ({
    client,
    deploy,
    start,
    clock,
  }) => {
    await deploy(waitsForApproval);
    const CallbackId = await callbackOf(client, await start({}));
    await clock.advance(3_600_000);
    const commands = (id: string): readonly SendDurableExecutionCallbackSuccessCommand[] => [
      new SendDurableExecutionCallbackSuccessCommand({ CallbackId: id }),
      new SendDurableExecutionCallbackFailureCommand({ CallbackId: id }),
      new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId: id }),
    ];
    for (const command of commands(CallbackId)) {
      expect(await refusal(client.send(command))).toMatchObject({
        name: 'CallbackTimeoutException',
        status: 400,
      });
    }
    for (const command of commands('bm9ib2R5')) {
      expect(await refusal(client.send(command))).toMatchObject({
        name: 'ResourceNotFoundException',
        status: 404,
      });
    }
  });
});

test('executions are listed by name, status, version and start, the newest first', async ({
  client,
  deploy,
  start,
  clock,
}) => {
  await deploy('await ctx.wait(60); return 1;');
  for (const name of ['a', 'b', 'c']) {
    await start(name, name);
    await clock.advance(30_000);
  }
  const list = async (
    input: Partial<ConstructorParameters<typeof ListDurableExecutionsByFunctionCommand>[0]> = {},
  ): Promise<(string | undefined)[]> => {
    const { DurableExecutions = [] } = await client.send(
      new ListDurableExecutionsByFunctionCommand({ FunctionName: 'orders', ...input }),
    );
    return DurableExecutions.map(({ DurableExecutionName }) => DurableExecutionName);
  };
  expect(await list()).toEqual(['c', 'b', 'a']);
  expect(await list({ ReverseOrder: true, MaxItems: 2 })).toEqual(['a', 'b']);
  expect(await list({ Statuses: ['RUNNING'] })).toEqual(['c']);
  expect(await list({ DurableExecutionName: 'b', Qualifier: '1' })).toEqual(['b']);
  expect(await list({ Qualifier: '$LATEST' })).toEqual([]);
  expect(await list({ StartedAfter: new Date('2026-01-01T00:00:10Z') })).toEqual(['c', 'b']);
  expect(await list({ StartedBefore: new Date('2026-01-01T00:00:10Z') })).toEqual(['a']);
  const unknown = client.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: 'none' }));
  expect(await refusal(unknown)).toMatchObject({ name: 'ResourceNotFoundException' });
});

test('an execution is stopped once, with an error', async ({ client, deploy, start, clock }) => {
  await deploy('await ctx.wait(60); return 1;');
  const arn = await start({});
  const stop = new StopDurableExecutionCommand({
    DurableExecutionArn: arn,
    Error: { ErrorType: 'Cancelled', ErrorMessage: 'enough' },
  });
  const { StopTimestamp } = await client.send(stop);
  await clock.advance(10_000);
  expect((await client.send(stop)).StopTimestamp).toEqual(StopTimestamp);
  expect(
    await client.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn })),
  ).toMatchObject({
    Status: 'STOPPED',
    Error: { ErrorType: 'Cancelled', ErrorMessage: 'enough' },
    EndTimestamp: StopTimestamp,
  });
});

describe('checkpoints', () => {
  /** An execution whose handler sleeps, with its token. */
  const sleeps =
    'console.log(ctx.token()); await new Promise((resolve) => setTimeout(resolve, 2_000)); return 1;';

  test('use their token up; the same client token gets the same answer', async ({
    kit,
    client,
    deploy,
    start,
    clock,
  }) => {
    await deploy(sleeps);
    const DurableExecutionArn = await start({});
    const CheckpointToken = tokenOf(kit);
    const checkpoint = new CheckpointDurableExecutionCommand({
      DurableExecutionArn,
      CheckpointToken,
      ClientToken: 'once',
      Updates: [
        { Id: 'c', Type: 'CONTEXT', Action: 'START', Name: 'outer', SubType: 'RunInChildContext' },
        { Id: 's', ParentId: 'c', Type: 'STEP', Action: 'START' },
        { Id: 's', ParentId: 'c', Type: 'STEP', Action: 'SUCCEED', Payload: '1' },
        { Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 60 } },
      ],
    });
    const answer = await client.send(checkpoint);
    expect(answer.NewExecutionState?.Operations).toMatchObject([
      { Id: 'c', Type: 'CONTEXT', Status: 'STARTED', Name: 'outer' },
      { Id: 's', ParentId: 'c', Status: 'SUCCEEDED', StepDetails: { Attempt: 1, Result: '1' } },
      {
        Id: 'w',
        Status: 'STARTED',
        WaitDetails: { ScheduledEndTimestamp: new Date('2026-01-01T00:01:00.001Z') },
      },
    ]);
    expect(answer.CheckpointToken).not.toBe(CheckpointToken);
    const again = await client.send(checkpoint);
    expect(again.CheckpointToken).toBe(answer.CheckpointToken);
    const used = new CheckpointDurableExecutionCommand({ DurableExecutionArn, CheckpointToken });
    expect(await refusal(client.send(used))).toEqual({
      name: 'InvalidParameterValueException',
      message: 'Invalid checkpoint token',
      status: 400,
    });
    const closed = await client.send(
      new CheckpointDurableExecutionCommand({
        DurableExecutionArn,
        CheckpointToken: answer.CheckpointToken,
        Updates: [{ Id: 'c', Type: 'CONTEXT', Action: 'SUCCEED' }],
      }),
    );
    const state = await client.send(
      new GetDurableExecutionStateCommand({
        DurableExecutionArn,
        CheckpointToken: closed.CheckpointToken,
        MaxItems: 2,
      }),
    );
    expect(state.Operations?.map(({ Type, Id }) => (Type === 'EXECUTION' ? Type : Id))).toEqual([
      'EXECUTION',
      'c',
    ]);
    const rest = await client.send(
      new GetDurableExecutionStateCommand({
        DurableExecutionArn,
        CheckpointToken: closed.CheckpointToken,
        Marker: state.NextMarker,
      }),
    );
    // What the context contains that has ended is not replayed.
    expect(rest.Operations?.map(({ Id }) => Id)).toEqual(['w']);
    expect(rest.NextMarker).toBeUndefined();
    await clock.advance(2_000);
  });

  test('that break a rule change nothing', async ({ kit, client, deploy, start, clock }) => {
    await deploy(sleeps);
    const DurableExecutionArn = await start({});
    const CheckpointToken = tokenOf(kit);
    const refused = client.send(
      new CheckpointDurableExecutionCommand({
        DurableExecutionArn,
        CheckpointToken,
        Updates: [
          { Id: 'a', Type: 'STEP', Action: 'START' },
          { Id: 'b', Type: 'STEP', Action: 'CANCEL' },
        ],
      }),
    );
    expect(await refusal(refused)).toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'Invalid action for the given operation type.',
    });
    const state = new GetDurableExecutionStateCommand({ DurableExecutionArn, CheckpointToken });
    expect((await client.send(state)).Operations).toHaveLength(1);
    await clock.advance(2_000);
  });

  function tokenOf({ lambda }: DoorKit): string {
    const [line] = lambda
      .readLogs({ functionName: 'orders' })
      .filter(({ message }) => message.includes('\tINFO\t'));
    return line?.message.split('\tINFO\t')[1]?.trim() ?? '';
  }
});

test('a function shows its durable configuration, and keeps what an update leaves out', async ({
  client,
  deploy,
}) => {
  await deploy('return 1;');
  await client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'orders',
      DurableConfig: { RetentionPeriodInDays: 7 },
    }),
  );
  const shown = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'orders' }));
  expect(shown.DurableConfig).toEqual({ ExecutionTimeout: 86_400, RetentionPeriodInDays: 7 });
});

test('a durable configuration without a timeout is refused, as recorded', async ({ client }) => {
  const refused = client.send(
    new CreateFunctionCommand({
      FunctionName: 'orders',
      Role: role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip('exports.handler = async () => 1') },
      DurableConfig: { RetentionPeriodInDays: 7 },
    }),
  );
  expect(await refusal(refused)).toMatchObject({
    name: 'InvalidParameterValueException',
    message:
      'You cannot create a function with a durable configuration without an executionTimeout',
  });
});
