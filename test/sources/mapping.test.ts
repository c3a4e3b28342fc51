import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Lambda, MappingInUseError, Queue, type MappingOptions } from '../../src/index.ts';
import { roomsOf } from '../../src/lambda-rooms.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { bodies, collector, onVirtualTime, record, start } from './fixture.ts';

describe('a mapping', () => {
  test('shows AWS defaults', async () => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const queue = lambda.createQueue('orders');
    const { target } = await collector(lambda);

    const mapping = await lambda.createMapping({ source: queue.arn, target: 'consumer' });
    expect(mapping.info).toEqual({
      id: mapping.id,
      arn: `arn:aws:lambda:us-east-1:123456789012:event-source-mapping:${mapping.id}`,
      kind: 'queue',
      sourceArn: queue.arn,
      functionArn: target.arn,
      functionName: 'consumer',
      state: 'Enabled',
      stateReason: 'USER_INITIATED',
      lastProcessingResult: 'No records processed',
      lastModifiedMs: start,
      batchSize: 10,
      windowMs: 0,
      filters: [],
      reportItemFailures: false,
      maxConcurrency: null,
      startingPosition: null,
      startingAtMs: null,
      maxRetries: -1,
      maxRecordAgeMs: -1,
      bisectOnError: false,
      parallelizationFactor: 1,
      tumblingWindowMs: 0,
      onFailure: null,
      tags: {},
    });
    expect(lambda.getMapping(mapping.id)?.info).toEqual(mapping.info);
    expect(lambda.listMappings().map(({ id }) => id)).toEqual([mapping.id]);
  });

  test('goes through its states', async () => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const queue = lambda.createQueue('orders');
    const { target } = await collector(lambda);
    const { mappings } = roomsOf(lambda).sources;
    const changes = record(lambda, 'mapping.stateChanged');

    const { id, state } = await mappings.create({ source: queue, target });
    expect(state).toBe('Creating');
    await expect(mappings.update(id, { batchSize: 5 })).rejects.toThrow(MappingInUseError);
    const mapping = lambda.getMapping(id);
    await mapping?.update({ batchSize: 5 });
    await mapping?.disable();
    expect(mapping?.state).toBe('Disabled');
    await mapping?.enable();
    expect((await mappings.delete(id)).state).toBe('Deleting');
    await expect(mappings.delete(id)).rejects.toMatchObject({ awsCode: 'ResourceInUseException' });
    await mappings.settled(id);
    expect(() => mapping?.info).toThrow('There is no event source mapping');
    expect(lambda.getMapping(id)).toBeUndefined();
    expect(changes.map((change) => change.state)).toEqual([
      'Enabled',
      'Updating',
      'Enabled',
      'Disabling',
      'Disabled',
      'Enabling',
      'Enabled',
      'Deleting',
    ]);
  });

  test('that is disabled leaves messages alone, and ends what runs first', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const sleep = 'await new Promise((done) => setTimeout(done, 500));';
    const { target, seen } = await collector(lambda, sleep);
    const mapping = await lambda.createMapping({ source: queue, target });

    await queue.send('1');
    await clock.advance(0);
    const disabled = mapping.disable();
    await clock.advance(499);
    expect(mapping.state).toBe('Disabling');
    await clock.runUntil(disabled);
    expect([mapping.state, queue.size]).toEqual(['Disabled', 0]);
    await queue.send('2');
    await clock.advance(60_000);
    expect(bodies(seen)).toEqual([['1']]);
    await mapping.enable();
    await clock.runAll();
    expect(bodies(seen)).toEqual([['1'], ['2']]);
  });

  test('follows an alias to the version that it stands for', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const { target } = await collector(lambda);
    await target.publishVersion();
    const live = await target.createAlias('live', { version: '1' });
    const versions: string[] = [];
    lambda.on('invocation.started', ({ environment }) =>
      versions.push(environment.functionVersion),
    );
    const mapping = await lambda.createMapping({ source: queue, target: live });

    await queue.send('1');
    await clock.advance(0);
    expect(versions).toEqual(['1']);
    expect(mapping.info.functionArn).toBe(live.arn);
  });

  test('is switched off when its function or its queue goes', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const { target } = await collector(lambda);
    const ofQueue = await lambda.createMapping({ source: queue, target });
    const letters = lambda.createQueue('letters');
    const ofFunction = await lambda.createMapping({ source: letters, target });

    await queue.destroy();
    await clock.advance(0);
    expect(ofQueue.info).toMatchObject({
      state: 'Disabled',
      stateReason: 'The specified queue does not exist.',
    });
    await target.delete();
    await clock.advance(0);
    expect(ofFunction.info).toMatchObject({
      state: 'Disabled',
      stateReason: 'Function does not exist',
    });
  });
});

describe('a mapping is refused', () => {
  const refused = async (
    options: Partial<MappingOptions>,
    says: string,
    queueOptions: { readonly fifo?: true } = {},
  ): Promise<void> => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const source = lambda.createQueue(queueOptions.fifo ? 'q.fifo' : 'q', queueOptions);
    const { target } = await collector(lambda);
    await expect(lambda.createMapping({ source, target, ...options })).rejects.toMatchObject({
      awsMessage: says,
    });
    expect(lambda.listMappings()).toEqual([]);
  };
  const missing = 'arn:aws:sqs:us-east-1:123456789012:none';
  const stream = 'arn:aws:kinesis:us-east-1:123456789012:stream/none';
  const unsupported = (name: string): string =>
    `Unsupported ${name} parameter for given event source mapping type.`;

  test.each<[string, Partial<MappingOptions>, string]>([
    [
      'for a queue that is not there',
      { source: missing },
      'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist for this wsdl version.',
    ],
    [
      'for a stream that is not there',
      { source: stream, startingPosition: 'LATEST' },
      `Stream not found: ${stream}`,
    ],
    [
      'for something else',
      { source: 'arn:aws:sns:us-east-1:123456789012:t' },
      'Unrecognized event source.',
    ],
    ['for a function that is not there', { target: 'nobody' }, 'Function does not exist'],
    ['for a version that is not there', { target: 'consumer:7' }, 'Function does not exist'],
    [
      'when a large batch has no window',
      { batchSize: 11 },
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ],
    [
      'for a starting position of a queue',
      { startingPosition: 'LATEST' },
      'StartingPosition is not valid for SQS event sources.',
    ],
    [
      'for a failure destination of a queue',
      { onFailure: missing },
      unsupported('DestinationConfig'),
    ],
    ['for retries of a queue', { maxRetries: 1 }, unsupported("'maximumRetryAttempts'")],
    [
      'for a filter that is no pattern',
      { filters: ['{"body":"x"}'] },
      'Invalid filter pattern definition.',
    ],
    [
      'for a filter that is no JSON',
      { filters: ['body = x'] },
      'Invalid filter pattern definition.',
    ],
  ])('%s', (_title, options, says) => refused(options, says));

  test('with a window on a FIFO queue', () =>
    refused({ windowMs: 1_000 }, 'Batching window is not supported for FIFO queues', {
      fifo: true,
    }));

  test.each<[string, Partial<MappingOptions>, string]>([
    ['batchSize', { batchSize: 0 }, 'batchSize'],
    ['windowMs', { windowMs: 300_001 }, 'windowMs'],
    ['maxConcurrency', { maxConcurrency: 1 }, 'maxConcurrency'],
    ['filters', { filters: Array<string>(11).fill('{"body":["x"]}') }, 'filters'],
    ['enabled', { enabled: 'yes' as unknown as boolean }, 'enabled'],
    ['an option that does not exist', { batchsize: 1 } as Partial<MappingOptions>, 'options'],
  ])('for a bad %s', async (_title, options, option) => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const source = lambda.createQueue('q');
    const { target } = await collector(lambda);
    const created = lambda.createMapping({ source, target, ...options });
    await expect(created).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION', option });
  });

  test('when the function reads the queue already', async () => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const queue = lambda.createQueue('orders');
    const { target } = await collector(lambda);
    const { id } = await lambda.createMapping({ source: queue, target });
    await expect(lambda.createMapping({ source: queue, target })).rejects.toThrow(
      `An event source mapping with SQS arn (" ${queue.arn} ") and function (" consumer ") already exists. Please update or delete the existing mapping with UUID ${id}`,
    );
    await target.publishVersion();
    const other = await lambda.createMapping({ source: queue, target: 'consumer:1' });
    await expect(other.update({ target })).rejects.toThrow('already exists');
  });

  test('when messages would come back while the function still runs', async () => {
    await using setup = onVirtualTime();
    const { lambda } = setup;
    const source = lambda.createQueue('orders');
    const { target } = await collector(lambda, '', { timeoutMs: 60_000 });
    await expect(lambda.createMapping({ source, target })).rejects.toMatchObject({
      awsMessage: 'Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds',
    });
  });

  test('when the queue belongs to somebody else', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    lambda.createQueue('orders');
    const { target } = await collector(lambda);
    await using source = new Queue('orders', {}, { clock });
    await expect(lambda.createMapping({ source, target })).rejects.toThrow('one of this Lambda');
  });
});

describe('after a restart', () => {
  test('streams and tables are read again once they are made again', async () => {
    const clock = new VirtualClock(start);
    const folder = await mkdtemp(join(tmpdir(), 'isolambda-'));
    const storage = { file: join(folder, 'lambda.db') };
    const partitionKey = { name: 'id', type: 'S' } as const;
    try {
      const first = await Lambda.open({ clock, storage });
      const { target } = await collector(first);
      const options = { target, startingPosition: 'LATEST' } as const;
      const source = first.createTable('items', { partitionKey, stream: 'KEYS_ONLY' });
      await first.createMapping({ source, ...options });
      await first.createMapping({ source: first.createStream('clicks'), ...options });
      await first.close();
      await clock.advance(1_000);

      await using second = await Lambda.open({ clock, storage });
      expect(second.listMappings().map(({ state }) => state)).toEqual(['Enabled', 'Enabled']);
      const invoked = record(second, 'mapping.batchSucceeded');
      const table = second.createTable('items', { partitionKey, stream: 'KEYS_ONLY' });
      await table.put({ id: 'a' });
      const stream = second.createStream('clicks');
      await stream.putRecord({ partitionKey: 'k', data: '1' });
      await clock.advance(0);
      const read = new Set(invoked.map(({ sourceArn }) => sourceArn));
      expect(read).toEqual(new Set([table.stream?.arn, stream.arn]));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('closing', () => {
  test('gives back what was gathered and ends what runs', async () => {
    const clock = new VirtualClock(start);
    const folder = await mkdtemp(join(tmpdir(), 'isolambda-'));
    const storage = { file: join(folder, 'lambda.db') };
    try {
      const first = await Lambda.open({ clock, storage });
      const queue = first.createQueue('orders', { visibilityTimeoutMs: 600_000 });
      const { target } = await collector(first);
      const mapping = await first.createMapping({
        source: queue,
        target,
        windowMs: 60_000,
        filters: [{ body: [{ prefix: 'm' }] }],
      });
      await mapping.update({ batchSize: 100 });
      await queue.send('m1');
      await clock.advance(0);
      expect(queue.counts.inFlight).toBe(1);
      const { info } = mapping;
      await first.close();

      await using second = await Lambda.open({ clock, storage });
      expect(second.getMapping(mapping.id)?.info).toEqual(info);
      const invoked = record(second, 'mapping.batchSucceeded');
      await clock.advance(60_000);
      expect(invoked).toMatchObject([{ records: 1, mappingId: mapping.id }]);
      expect(second.getQueue('orders')?.size).toBe(0);
      await second.getMapping(mapping.id)?.delete();
      await second.close();

      await using third = await Lambda.open({ clock, storage });
      expect(third.listMappings()).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
