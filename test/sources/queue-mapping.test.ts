import { describe, expect, test } from 'vitest';
import { withRound } from '../../src/core/lineage.ts';
import { bodies, collector, onVirtualTime, record, sendAll, start } from './fixture.ts';

const sleeping = (ms: number): string => `await new Promise((done) => setTimeout(done, ${ms}));`;

describe('a mapping of a queue', () => {
  test('hands messages to its function as AWS does and deletes them', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const { target, seen } = await collector(lambda);
    const mapping = await lambda.createMapping({ source: queue, target });

    const { messageId } = await queue.send('{"id":1}', { attributes: { kind: 'book' } });
    await clock.advance(0);

    expect(seen).toEqual([
      {
        Records: [
          {
            messageId,
            receiptHandle: expect.any(String) as string,
            body: '{"id":1}',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: String(start),
              SenderId: '123456789012',
              ApproximateFirstReceiveTimestamp: String(start),
            },
            messageAttributes: {
              kind: {
                stringValue: 'book',
                stringListValues: [],
                binaryListValues: [],
                dataType: 'String',
              },
            },
            md5OfBody: expect.any(String) as string,
            md5OfMessageAttributes: expect.any(String) as string,
            eventSource: 'aws:sqs',
            eventSourceARN: queue.arn,
            awsRegion: 'us-east-1',
          },
        ],
      },
    ]);
    expect(queue.size).toBe(0);
    expect(mapping.info).toMatchObject({ state: 'Enabled', lastProcessingResult: 'OK' });
  });

  test('leaves nothing to wait for while the queue is empty', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const { target } = await collector(lambda);
    await lambda.createMapping({ source: queue, target });

    await queue.send('1');
    await clock.advance(0);
    expect(clock.pending().filter(({ label }) => /mapping|queue/.test(label))).toEqual([]);
  });

  test('takes what was there before it, in batches of its size', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    await sendAll(queue, ['1', '2', '3', '4', '5']);
    const { target, seen } = await collector(lambda);
    await lambda.createMapping({ source: queue, target, batchSize: 2 });

    await clock.advance(0);
    expect(bodies(seen)).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });

  test('leaves a failed batch to come again when its visibility timeout is over', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const letters = lambda.createQueue('letters');
    const queue = lambda.createQueue('orders', { redrive: { target: letters, maxReceives: 2 } });
    const { target, seen } = await collector(lambda, `throw new Error('no');`);
    const failures = record(lambda, 'mapping.batchFailed');
    await lambda.createMapping({ source: queue, target });

    await sendAll(queue, ['1', '2']);
    await clock.advance(29_999);
    expect(seen).toHaveLength(1);
    await clock.advance(1);
    expect(bodies(seen)).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
    expect(seen[1]?.Records[0]?.attributes['ApproximateReceiveCount']).toBe('2');
    await clock.advance(30_000);
    expect([queue.size, letters.size, seen.length]).toEqual([0, 2, 2]);
    expect(failures).toMatchObject([
      { reason: 'function-error', failed: 2 },
      { reason: 'function-error', failed: 2 },
    ]);
  });

  test('a window gathers until the batch is full or the time is over', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders', { visibilityTimeoutMs: 300_000 });
    const { target, seen } = await collector(lambda);
    await lambda.createMapping({ source: queue, target, batchSize: 25, windowMs: 60_000 });

    await sendAll(queue, ['1', '2']);
    await clock.advance(59_000);
    await queue.send('3');
    await clock.advance(999);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(bodies(seen)).toEqual([['1', '2', '3']]);

    const many = Array.from({ length: 30 }, (_, index) => `m${index}`);
    await sendAll(queue, many);
    await clock.advance(0);
    expect(bodies(seen).slice(1)).toEqual([many.slice(0, 25)]);
    await clock.advance(60_000);
    expect(bodies(seen).slice(2)).toEqual([many.slice(25)]);
    expect(queue.size).toBe(0);
  });

  test('a batch ends before it has more than 6 MB', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const counts: number[] = [];
    lambda.on('mapping.batchInvoked', ({ records }) => counts.push(records));
    const { target } = await collector(lambda, '', {
      code: { source: 'exports.handler = async () => {}' },
    });
    const mapping = await lambda.createMapping({
      source: queue,
      target,
      windowMs: 1_000,
      batchSize: 10,
    });
    await mapping.disable();
    for (let sent = 0; sent < 8; sent += 1) await queue.send('x'.repeat(1_000_000));
    await mapping.enable();

    await clock.advance(1_000);
    expect(counts).toEqual([6, 2]);
    expect(queue.size).toBe(0);
  });

  test('what no filter wants is deleted and never seen', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const filtered = record(lambda, 'mapping.recordsFiltered');
    const { target, seen } = await collector(lambda);
    const filters = [{ body: { total: [{ numeric: ['>', 100] }] } }];
    await lambda.createMapping({ source: queue, target, filters });

    await sendAll(queue, ['{"total":120}', '{"total":20}', 'total 120', '["total"]']);
    await clock.advance(0);
    expect(bodies(seen)).toEqual([['{"total":120}']]);
    expect(queue.size).toBe(0);
    expect(filtered).toMatchObject([{ records: 3 }]);
  });

  test.each([
    ['plain text and a pattern for it', 'urgent', { body: ['urgent'] }, 1],
    ['plain text and another one', 'later', { body: ['urgent'] }, 0],
    ['plain text and a pattern for JSON', 'urgent', { body: { kind: ['urgent'] } }, 0],
    ['JSON and a pattern for it', '{"kind":"urgent"}', { body: { kind: ['urgent'] } }, 1],
    ['JSON and a pattern for plain text', '{"kind":"urgent"}', { body: ['urgent'] }, 0],
    ['JSON and a pattern for attributes', '{}', { messageAttributes: [{ exists: false }] }, 1],
    ['plain text and a pattern for the source', 'x', { eventSource: ['aws:sqs'] }, 1],
  ])('%s', async (_title, body, pattern, passed) => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const { target, seen } = await collector(lambda);
    await lambda.createMapping({ source: queue, target, filters: [JSON.stringify(pattern)] });

    await queue.send(body);
    await clock.advance(0);
    expect([seen.length, queue.size]).toEqual([passed, 0]);
  });

  test('starts with five batches at one time and allows 300 more with each minute', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders', { visibilityTimeoutMs: 900_000 });
    await sendAll(queue, Array.from({ length: 8 }, String));
    const { target, seen } = await collector(lambda, sleeping(600_000), { timeoutMs: 900_000 });
    await lambda.createMapping({ source: queue, target, batchSize: 1 });

    await clock.advance(59_999);
    expect(seen).toHaveLength(5);
    await clock.advance(1);
    expect(seen).toHaveLength(8);
    await clock.advance(600_000);
    expect(queue.size).toBe(0);
  });

  test('maxConcurrency bounds the batches at one time', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    await sendAll(queue, ['1', '2', '3', '4', '5']);
    const { target, seen } = await collector(lambda, sleeping(1_000));
    await lambda.createMapping({ source: queue, target, batchSize: 1, maxConcurrency: 2 });

    await clock.advance(0);
    expect(seen).toHaveLength(2);
    await clock.advance(1_000);
    expect(seen).toHaveLength(4);
    await clock.advance(2_000);
    expect(queue.size).toBe(0);
  });

  test('a throttled batch is tried again until others could receive it', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const { target, seen } = await collector(lambda, '', { reservedConcurrency: 0 });
    const delays: number[] = [];
    lambda.on('mapping.batchDelayed', ({ at }) => delays.push(at - start));
    await lambda.createMapping({ source: queue, target });

    await queue.send('1');
    await clock.advance(29_999);
    expect(delays).toEqual([0, 1_000, 3_000, 7_000, 15_000]);
    expect(queue.counts).toMatchObject({ inFlight: 1 });
    await target.update({ reservedConcurrency: 5 });
    await clock.advance(1);
    expect(seen[0]?.Records[0]?.attributes['ApproximateReceiveCount']).toBe('2');
    expect(queue.size).toBe(0);
  });

  test('a chain that came round 16 times is not handed on', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const { target, seen } = await collector(lambda);
    const stopped = record(lambda, 'recursion.stopped');
    await lambda.createMapping({ source: queue, target });
    const headers: (string | undefined)[] = [];
    let traceHeader: string | undefined;
    for (let round = 0; round < 16; round += 1) {
      traceHeader = withRound(traceHeader, target.arn, { requestId: 'r', atMs: start });
      headers.push(traceHeader);
    }

    await queue.send('15th', { traceHeader: headers[14] ?? '' });
    await queue.send('16th', { traceHeader: headers[15] ?? '' });
    await clock.advance(0);
    expect(bodies(seen)).toEqual([['15th']]);
    expect(stopped).toMatchObject([{ functionName: 'consumer', rounds: 16 }]);
    expect(queue.counts.inFlight).toBe(1);
  });
});

describe('single failures of a batch', () => {
  const failing = (result: string): string => `
    const failed = event.Records.filter(({ body }) => body.startsWith('bad'));
    const ids = failed.map(({ messageId }) => ({ itemIdentifier: messageId }));
    return ${result};`;

  test('only the reported messages come again', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const body = failing('{ batchItemFailures: ids }');
    const { target, seen } = await collector(lambda, body);
    await lambda.createMapping({ source: queue, target, reportItemFailures: true });

    await sendAll(queue, ['good', 'bad 1', 'fine', 'bad 2']);
    await clock.advance(0);
    expect(queue.size).toBe(2);
    await clock.advance(30_000);
    expect(bodies(seen)).toEqual([
      ['good', 'bad 1', 'fine', 'bad 2'],
      ['bad 1', 'bad 2'],
    ]);
  });

  test('mean nothing unless the mapping asks for them', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const { target } = await collector(lambda, failing('{ batchItemFailures: ids }'));
    await lambda.createMapping({ source: queue, target });

    await sendAll(queue, ['bad 1']);
    await clock.advance(0);
    expect(queue.size).toBe(0);
  });

  test.each([
    ['an empty list', '{ batchItemFailures: [] }', 0],
    ['no list', '{ batchItemFailures: null }', 0],
    ['an empty result', '{}', 0],
    ['no result', 'null', 0],
    ['nothing', 'undefined', 0],
    ['an empty text', `''`, 0],
    ['an empty identifier', `{ batchItemFailures: [{ itemIdentifier: '' }] }`, 3],
    ['no identifier', '{ batchItemFailures: [{ itemIdentifier: null }] }', 3],
    ['another key', '{ batchItemFailures: [{ id: ids[0].itemIdentifier }] }', 3],
    ['an unknown identifier', `{ batchItemFailures: [...ids, { itemIdentifier: 'x' }] }`, 3],
    ['a list of something else', '{ batchItemFailures: 1 }', 3],
    ['a text', `'done'`, 3],
  ])('%s', async (_title, result, left) => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders');
    const { target } = await collector(lambda, failing(result));
    await lambda.createMapping({ source: queue, target, reportItemFailures: true });

    await sendAll(queue, ['good', 'bad', 'fine']);
    await clock.advance(0);
    expect(queue.size).toBe(left);
  });
});

describe('a mapping of a FIFO queue', () => {
  test('keeps each group in order, and a failure blocks its own group alone', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders.fifo', { fifo: true, contentBasedDedup: true });
    const body = `
      if (event.Records[0].body === 'a1' && event.Records[0].attributes.ApproximateReceiveCount === '1')
        throw new Error('not yet');`;
    const { target, seen } = await collector(lambda, body);
    const mapping = await lambda.createMapping({ source: queue, target, batchSize: 1 });
    await mapping.disable();
    for (const text of ['a1', 'a2', 'b1', 'a3', 'b2']) {
      await queue.send(text, { groupId: text.slice(0, 1) });
    }
    await mapping.enable();

    await clock.advance(0);
    expect(bodies(seen).flat().toSorted()).toEqual(['a1', 'b1', 'b2']);
    await clock.advance(30_000);
    const order = bodies(seen).flat();
    expect(order.filter((text) => text.startsWith('a'))).toEqual(['a1', 'a1', 'a2', 'a3']);
    expect(order.filter((text) => text.startsWith('b'))).toEqual(['b1', 'b2']);
  });

  test('runs as many batches at one time as there are groups', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders.fifo', { fifo: true, contentBasedDedup: true });
    const { target, seen } = await collector(lambda, sleeping(1_000));
    await lambda.createMapping({ source: queue, target, batchSize: 1 });

    for (const text of ['a1', 'a2', 'b1', 'c1']) {
      await queue.send(text, { groupId: text.slice(0, 1) });
    }
    await clock.advance(999);
    expect(bodies(seen).flat().toSorted()).toEqual(['a1', 'b1', 'c1']);
    await clock.advance(1);
    expect(bodies(seen).flat()).toContain('a2');
    await clock.advance(1_000);
    expect(queue.size).toBe(0);
  });

  test('a batch too large for one event goes in parts that do not overtake a failure', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const queue = lambda.createQueue('orders.fifo', { fifo: true, contentBasedDedup: true });
    const counts: number[] = [];
    lambda.on('mapping.batchInvoked', ({ records }) => counts.push(records));
    const { target } = await collector(lambda, '', {
      memoryMb: 512,
      code: {
        source: `exports.handler = async (event) => {
          const [{ body, attributes }] = event.Records;
          if (body[0] === '0' && attributes.ApproximateReceiveCount === '1') throw new Error('no');
        };`,
      },
    });
    const mapping = await lambda.createMapping({ source: queue, target });
    await mapping.disable();
    for (let sent = 0; sent < 8; sent += 1) {
      await queue.send(`${sent}${'x'.repeat(1_000_000)}`, { groupId: 'a' });
    }
    await mapping.enable();

    await clock.advance(0);
    expect(counts).toEqual([6]);
    await clock.advance(30_000);
    expect(counts).toEqual([6, 6, 2]);
    expect(queue.size).toBe(0);
  });
});
