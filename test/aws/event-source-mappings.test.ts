import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  TagResourceCommand,
  UpdateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { doorKit, refusal, type DoorKit } from './kit.ts';

const account = '123456789012';
const functionArn = `arn:aws:lambda:us-east-1:${account}:function:f`;
const queueArn = `arn:aws:sqs:us-east-1:${account}:orders`;
const streamArn = `arn:aws:kinesis:us-east-1:${account}:stream/clicks`;

/** A function, a queue and a stream. */
async function kitWithSources(
  source = 'exports.handler = async () => {}',
): Promise<DoorKit & { readonly clock: VirtualClock }> {
  const clock = new VirtualClock();
  const kit = doorKit({ clock });
  const code = { source };
  await kit.lambda.createFunction({ name: 'f', code, isolation: 'inline', cpuMs: 5_000 });
  kit.lambda.createQueue('orders');
  kit.lambda.createStream('clicks');
  return Object.assign(kit, { clock });
}

const ofQueue = { FunctionName: 'f', EventSourceArn: queueArn };
const ofStream = {
  FunctionName: 'f',
  EventSourceArn: streamArn,
  StartingPosition: 'LATEST',
} as const;

describe('a mapping', () => {
  test('of a queue is made with AWS defaults, and found under its id', async () => {
    await using kit = await kitWithSources();
    const { $metadata, ...created } = await kit.client.send(
      new CreateEventSourceMappingCommand(ofQueue),
    );
    const { UUID } = created;
    expect($metadata.httpStatusCode).toBe(202);
    expect(created).toEqual({
      UUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      EventSourceArn: queueArn,
      FunctionArn: functionArn,
      LastModified: new Date('2026-01-01T00:00:00Z'),
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
      FunctionResponseTypes: [],
      EventSourceMappingArn: `arn:aws:lambda:us-east-1:${account}:event-source-mapping:${UUID}`,
    });
    await kit.clock.advance(0);
    const { $metadata: _metadata, ...found } = await kit.client.send(
      new GetEventSourceMappingCommand({ UUID }),
    );
    expect(found).toEqual({ ...created, State: 'Enabled' });
  });

  test('of a stream is made with AWS defaults', async () => {
    await using kit = await kitWithSources();
    const { $metadata: _metadata, ...created } = await kit.client.send(
      new CreateEventSourceMappingCommand(ofStream),
    );
    expect(created).toEqual({
      UUID: expect.any(String),
      StartingPosition: 'LATEST',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      EventSourceArn: streamArn,
      FunctionArn: functionArn,
      LastModified: new Date('2026-01-01T00:00:00Z'),
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'User action',
      DestinationConfig: { OnFailure: {} },
      MaximumRecordAgeInSeconds: -1,
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: -1,
      TumblingWindowInSeconds: 0,
      FunctionResponseTypes: [],
      EventSourceMappingArn: expect.any(String),
    });
  });

  test('keeps what it was made with, and what it was changed to', async () => {
    await using kit = await kitWithSources();
    const wide: Partial<CreateEventSourceMappingCommandInput> = {
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 5,
      ParallelizationFactor: 3,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: new Date('2025-12-31T12:00:00Z'),
      FilterCriteria: { Filters: [{ Pattern: '{"data": {"id": [1]}}' }] },
      DestinationConfig: { OnFailure: { Destination: queueArn } },
      MaximumRecordAgeInSeconds: 3_600,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 2,
      TumblingWindowInSeconds: 30,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MetricsConfig: { Metrics: ['EventCount'] },
      KMSKeyArn: `arn:aws:kms:us-east-1:${account}:key/a1b2c3d4`,
    };
    const { UUID } = await kit.client.send(
      new CreateEventSourceMappingCommand({ ...ofStream, ...wide, Tags: { team: 'a' } }),
    );
    expect(await kit.client.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject(wide);
    await kit.clock.advance(0);

    const { $metadata, ...updated } = await kit.client.send(
      new UpdateEventSourceMappingCommand({
        UUID,
        FilterCriteria: {},
        DestinationConfig: { OnFailure: {} },
        MaximumRecordAgeInSeconds: -1,
        MaximumRetryAttempts: -1,
        FunctionResponseTypes: [],
        Enabled: false,
      }),
    );
    expect($metadata.httpStatusCode).toBe(202);
    expect(updated).toMatchObject({
      State: 'Disabling',
      BatchSize: 500,
      DestinationConfig: { OnFailure: {} },
      MaximumRecordAgeInSeconds: -1,
      MaximumRetryAttempts: -1,
      FunctionResponseTypes: [],
      MetricsConfig: { Metrics: ['EventCount'] },
    });
    expect(updated).not.toHaveProperty('FilterCriteria');
    await kit.clock.advance(0);
    const found = await kit.client.send(new GetEventSourceMappingCommand({ UUID }));
    expect(found.State).toBe('Disabled');

    const Resource = updated.EventSourceMappingArn;
    await kit.client.send(new TagResourceCommand({ Resource, Tags: { level: '1' } }));
    const { Tags } = await kit.client.send(new ListTagsCommand({ Resource }));
    expect(Tags).toEqual({ team: 'a', level: '1' });
  });

  test('invokes its function', async () => {
    await using kit = await kitWithSources();
    await kit.client.send(
      new CreateEventSourceMappingCommand({
        ...ofQueue,
        ScalingConfig: { MaximumConcurrency: 2 },
      }),
    );
    const queue = kit.lambda.getQueue('orders');
    await queue?.send('1');
    await kit.clock.advance(0);
    expect(queue?.size).toBe(0);
  });

  test('is in use while batches run on, and gone when it was deleted', async () => {
    const sleep = 'exports.handler = () => new Promise((done) => setTimeout(done, 500));';
    await using kit = await kitWithSources(sleep);
    const { UUID } = await kit.client.send(new CreateEventSourceMappingCommand(ofQueue));
    await kit.clock.advance(0);
    await kit.lambda.getQueue('orders')?.send('1');
    await kit.clock.advance(0);
    const disabled = await kit.client.send(
      new UpdateEventSourceMappingCommand({ UUID, Enabled: false }),
    );
    expect(disabled.State).toBe('Disabling');
    const update = new UpdateEventSourceMappingCommand({ UUID, BatchSize: 5 });
    expect(await refusal(kit.client.send(update))).toEqual({
      name: 'ResourceInUseException',
      status: 400,
      message: 'Cannot update the event source mapping because it is in use.',
    });
    const deletion = new DeleteEventSourceMappingCommand({ UUID });
    expect(await refusal(kit.client.send(deletion))).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Cannot delete the event source mapping because it is in use.',
    });
    await kit.clock.advance(500);
    const deleted = await kit.client.send(deletion);
    expect([deleted.$metadata.httpStatusCode, deleted.State]).toEqual([202, 'Deleting']);
    await kit.clock.advance(0);
    const gone = {
      name: 'ResourceNotFoundException',
      status: 404,
      message: 'The resource you requested does not exist.',
    };
    expect(await refusal(kit.client.send(new GetEventSourceMappingCommand({ UUID })))).toEqual(
      gone,
    );
    expect(await refusal(kit.client.send(deletion))).toEqual(gone);
    expect(await refusal(kit.client.send(update))).toEqual(gone);
  });
});

describe('a list of mappings', () => {
  test('is that of a source, of a function or of all, in pages', async () => {
    await using kit = await kitWithSources();
    const live = await kit.lambda.getFunction('f')?.publishVersion();
    await kit.client.send(new CreateEventSourceMappingCommand(ofQueue));
    await kit.client.send(new CreateEventSourceMappingCommand(ofStream));
    await kit.client.send(new CreateEventSourceMappingCommand({ ...ofQueue, FunctionName: 'f:1' }));
    const list = async (input: object) => {
      const command = new ListEventSourceMappingsCommand(input);
      const { EventSourceMappings = [], NextMarker } = await kit.client.send(command);
      const pairs = EventSourceMappings.map((one) => [one.EventSourceArn, one.FunctionArn]);
      return { pairs, NextMarker };
    };
    const all = [
      [queueArn, functionArn],
      [streamArn, functionArn],
      [queueArn, live?.arn],
    ];
    expect((await list({})).pairs).toEqual(all);
    expect((await list({ EventSourceArn: queueArn })).pairs).toEqual([all[0], all[2]]);
    expect((await list({ FunctionName: 'f' })).pairs).toEqual([all[0], all[1]]);
    expect((await list({ FunctionName: functionArn })).pairs).toEqual([all[0], all[1]]);
    const first = await list({ MaxItems: 2 });
    expect(first.pairs).toEqual(all.slice(0, 2));
    const rest = await list({ MaxItems: 2, Marker: first.NextMarker });
    expect(rest).toEqual({ pairs: all.slice(2), NextMarker: undefined });
  });
});

describe('AWS refuses', () => {
  type Input = Partial<CreateEventSourceMappingCommandInput>;
  const bad = 'InvalidParameterValueException';

  test.each<[string, Input, string, string | RegExp]>([
    ['no source', { EventSourceArn: undefined }, bad, 'Unrecognized event source.'],
    ['an unknown function', { FunctionName: 'nobody' }, bad, 'Function does not exist'],
    [
      'a queue that is not there',
      { EventSourceArn: `${queueArn}-2` },
      bad,
      /^Error occurred while ReceiveMessage\. SQS Error Code: AWS\.SimpleQueueService\.NonExistentQueue\./,
    ],
    [
      'a stream that is not there',
      { ...ofStream, EventSourceArn: `${streamArn}-2` },
      bad,
      `Stream not found: ${streamArn}-2`,
    ],
    [
      'a stream without a position',
      { EventSourceArn: streamArn },
      bad,
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    ],
    [
      'a position that does not exist',
      { ...ofStream, StartingPosition: '0' as 'LATEST' },
      'ValidationException',
      /at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set/,
    ],
    [
      'a position of a queue',
      { StartingPosition: 'LATEST' },
      bad,
      'StartingPosition is not valid for SQS event sources.',
    ],
    [
      'a time without AT_TIMESTAMP',
      { ...ofStream, StartingPositionTimestamp: new Date(1_741_010_802_000) },
      bad,
      'Timestamp only valid with StartingPosition AT_TIMESTAMP',
    ],
    [
      'a time before all times',
      {
        ...ofStream,
        StartingPosition: 'AT_TIMESTAMP',
        StartingPositionTimestamp: new Date(-1_000),
      },
      bad,
      'Received Exception while reading from provided stream. class java.lang.Long can not be converted to a Timestamp',
    ],
    [
      'a destination of a queue',
      { DestinationConfig: { OnFailure: { Destination: queueArn } } },
      bad,
      'Unsupported DestinationConfig parameter for given event source mapping type.',
    ],
    [
      'a destination of successes',
      { ...ofStream, DestinationConfig: { OnSuccess: { Destination: queueArn } } },
      bad,
      'Unsupported DestinationConfig parameter for given event source mapping type.',
    ],
    [
      'a large batch without a window',
      { BatchSize: 11 },
      bad,
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ],
    [
      'a pattern that is none',
      { FilterCriteria: { Filters: [{ Pattern: '{"body": "x"}' }] } },
      bad,
      'Invalid filter pattern definition.',
    ],
    [
      'a batch size out of range',
      { BatchSize: 10_001 },
      'ValidationException',
      /at 'batchSize' failed to satisfy constraint: Member must have value less than or equal to 10000/,
    ],
  ])('%s', async (_what, changes, name, message) => {
    await using kit = await kitWithSources();
    const request = new CreateEventSourceMappingCommand({ ...ofQueue, ...changes });
    const refused = await refusal(kit.client.send(request));
    expect({ name: refused.name, status: refused.status }).toEqual({ name, status: 400 });
    if (typeof message === 'string') expect(refused.message).toBe(message);
    else expect(refused.message).toMatch(message);
  });

  test('AT_TIMESTAMP for a table', async () => {
    await using kit = await kitWithSources();
    const table = kit.lambda.createTable('items', {
      partitionKey: { name: 'id', type: 'S' },
      stream: 'KEYS_ONLY',
    });
    const EventSourceArn = table.stream?.arn;
    const request = new CreateEventSourceMappingCommand({
      FunctionName: 'f',
      EventSourceArn,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: new Date('2025-12-31T12:00:00Z'),
    });
    expect((await refusal(kit.client.send(request))).message).toBe(
      `Unsupported starting position for arn type: ${EventSourceArn}`,
    );
  });

  test('a second mapping of the same pair', async () => {
    await using kit = await kitWithSources();
    const onQueue = await kit.client.send(new CreateEventSourceMappingCommand(ofQueue));
    expect(await refusal(kit.client.send(new CreateEventSourceMappingCommand(ofQueue)))).toEqual({
      name: 'ResourceConflictException',
      status: 409,
      message: `An event source mapping with SQS arn (" ${queueArn} ") and function (" f ") already exists. Please update or delete the existing mapping with UUID ${onQueue.UUID}`,
    });
    const onStream = await kit.client.send(new CreateEventSourceMappingCommand(ofStream));
    expect(
      (await refusal(kit.client.send(new CreateEventSourceMappingCommand(ofStream)))).message,
    ).toBe(
      `The event source arn (" ${streamArn} ") and function (" f ") provided mapping already exists. Please update or delete the existing mapping with UUID ${onStream.UUID}`,
    );
  });

  test('a queue that shows its messages before the function may be done', async () => {
    await using kit = await kitWithSources();
    await kit.lambda.getFunction('f')?.update({ timeoutMs: 60_000 });
    const request = new CreateEventSourceMappingCommand(ofQueue);
    expect((await refusal(kit.client.send(request))).message).toBe(
      'Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds',
    );
  });
});
