import { describe, expect, test } from 'vitest';
import { Queue } from '../../src/brokers/queue.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { bodiesOf } from './one-message.ts';

const clock = new VirtualClock();

function batchError(name: string, message?: string): unknown {
  const awsCode = `AWS.SimpleQueueService.${name}`;
  return expect.objectContaining({ awsCode, ...(message !== undefined && { message }) });
}

describe('sendBatch', () => {
  test('each entry is accepted or refused by itself', async () => {
    const queue = new Queue('orders', { maxMessageBytes: 1_024 }, { clock });
    const result = await queue.sendBatch([
      { id: 'fits', body: 'order 1', attributes: { kind: 'book' } },
      { id: 'long', body: 'x'.repeat(1_025) },
      { id: 'empty', body: '' },
      { id: 'late', body: 'order 2', delayMs: 60_000 },
    ]);

    expect(result.successful).toEqual([
      {
        id: 'fits',
        messageId: expect.any(String),
        md5OfBody: expect.any(String),
        md5OfMessageAttributes: expect.any(String),
      },
      { id: 'late', messageId: expect.any(String), md5OfBody: expect.any(String) },
    ]);
    expect(result.failed).toEqual([
      {
        id: 'long',
        code: 'InvalidParameterValue',
        message:
          'One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.',
        senderFault: true,
      },
      {
        id: 'empty',
        code: 'MissingParameter',
        message: 'The request must contain the parameter MessageBody.',
        senderFault: true,
      },
    ]);
    expect(queue.counts).toMatchObject({ visible: 1, delayed: 1 });
  });

  test.each<[string, readonly string[], unknown]>([
    ['no entry', [], batchError('EmptyBatchRequest')],
    [
      'eleven entries',
      Array.from({ length: 11 }, (_, id) => String(id)),
      batchError(
        'TooManyEntriesInBatchRequest',
        'Maximum number of entries per request are 10. You have sent 11.',
      ),
    ],
    ['an id twice', ['a', 'a'], batchError('BatchEntryIdsNotDistinct', 'Id a repeated.')],
    ['an empty id', [''], batchError('InvalidBatchEntryId')],
    ['a long id', ['a'.repeat(81)], batchError('InvalidBatchEntryId')],
    ['an id with a colon', ['a:b'], batchError('InvalidBatchEntryId')],
  ])('%s: the whole request is refused', async (_, ids, error) => {
    const queue = new Queue('orders', {}, { clock });
    await expect(queue.sendBatch(ids.map((id) => ({ id, body: 'x' })))).rejects.toEqual(error);
    expect(queue.size).toBe(0);
  });

  test('all messages together may have 1 MiB', async () => {
    const queue = new Queue('orders', {}, { clock });
    const half = 'x'.repeat(524_288);
    const fits = await queue.sendBatch([
      { id: 'a', body: half },
      { id: 'b', body: half },
    ]);
    expect(fits.failed).toEqual([]);
    const tooMuch = [
      { id: 'a', body: half },
      { id: 'b', body: `${half}x` },
    ];
    await expect(queue.sendBatch(tooMuch)).rejects.toEqual(
      batchError(
        'BatchRequestTooLong',
        'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
      ),
    );
  });

  test('a FIFO batch in which an entry has no group or no deduplication id is refused whole', async () => {
    const queue = new Queue('orders.fifo', {}, { clock });
    const ok = { id: 'ok', body: 'a', groupId: 'g', dedupId: '1' };
    await expect(queue.sendBatch([ok, { id: 'b', body: 'b', dedupId: '2' }])).rejects.toMatchObject(
      {
        awsCode: 'InvalidParameterValue',
        message: 'The request must contain the parameter MessageGroupId.',
      },
    );
    await expect(queue.sendBatch([ok, { id: 'b', body: 'b', groupId: 'g' }])).rejects.toMatchObject(
      {
        awsCode: 'InvalidParameterValue',
        message:
          'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      },
    );
    expect(queue.size).toBe(0);
  });

  test('the messages of a FIFO batch keep their order, and duplicates within it count once', async () => {
    const queue = new Queue('orders.fifo', { contentBasedDedup: true }, { clock });
    const bodies = ['a', 'b', 'a', 'c'];
    const { successful } = await queue.sendBatch(
      bodies.map((body, index) => ({ id: `entry-${index}`, body, groupId: 'g' })),
    );
    expect(successful).toHaveLength(4);
    expect(successful[2]?.messageId).toBe(successful[0]?.messageId);
    expect(successful[2]?.sequenceNumber).toBe(successful[0]?.sequenceNumber);
    expect(await bodiesOf(queue)).toEqual(['a', 'b', 'c']);
  });
});

describe('deleteBatch and changeVisibilityBatch', () => {
  test('each entry succeeds or fails by itself', async () => {
    const queue = new Queue('orders', {}, { clock });
    await queue.send('a');
    await queue.send('b');
    const [a, b] = await queue.receive({ max: 2 });
    const handles = [
      { id: 'a', receiptHandle: a?.receiptHandle ?? '' },
      { id: 'wrong', receiptHandle: 'garbage' },
      { id: 'b', receiptHandle: b?.receiptHandle ?? '' },
    ];
    const failed = [
      {
        id: 'wrong',
        code: 'ReceiptHandleIsInvalid',
        message: 'The input receipt handle "garbage" is not a valid receipt handle.',
        senderFault: true,
      },
    ];
    const successful = [{ id: 'a' }, { id: 'b' }];

    const changes = handles.map((entry) => ({ ...entry, visibilityMs: 60_000 }));
    expect(await queue.changeVisibilityBatch(changes)).toEqual({ successful, failed });
    expect(await queue.deleteBatch(handles)).toEqual({ successful, failed });
    expect(queue.size).toBe(0);
  });

  test('they have the rules of a batch', async () => {
    const queue = new Queue('orders', {}, { clock });
    await expect(queue.deleteBatch([])).rejects.toEqual(
      batchError(
        'EmptyBatchRequest',
        'There should be at least one DeleteMessageBatchRequestEntry in the request.',
      ),
    );
    await expect(queue.changeVisibilityBatch([])).rejects.toEqual(batchError('EmptyBatchRequest'));
  });
});
