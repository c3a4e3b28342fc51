import { describe, expect, test } from 'vitest';
import type { AsyncSendOptions, AsyncTarget } from '../../src/core/async-target.ts';
import type { TopicNotification } from '../../src/brokers/notification-formats.ts';
import { Queue } from '../../src/brokers/queue.ts';
import { Topic } from '../../src/brokers/topic.ts';
import type { PublishOptions } from '../../src/brokers/topic-message.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { bodiesOf, oneMessage } from './one-message.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const topicArn = 'arn:aws:sns:us-east-1:123456789012:orders';

function refusal(awsCode: string, message?: string): unknown {
  return expect.objectContaining({ code: 'ERR_BROKER', awsCode, ...(message && { message }) });
}

interface Sent {
  readonly event: unknown;
  readonly options: AsyncSendOptions | undefined;
}

function functionTarget(): { readonly target: AsyncTarget; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const target: AsyncTarget = {
    arn: 'arn:aws:lambda:us-east-1:123456789012:function:resize:live',
    async send(event, options) {
      sent.push({ event, options });
      return { requestId: 'r-1' };
    },
  };
  return { target, sent };
}

describe('queues', () => {
  test('a queue gets the envelope of SNS, written as AWS writes it', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1, 12, 0, 0, 7));
    const topic = new Topic('orders', {}, { clock });
    const queue = new Queue('inbox', {}, { clock });
    const { arn } = topic.subscribe(queue);
    const { messageId } = await topic.publish('{"id":"é"}', {
      subject: 'New order',
      attributes: { kind: 'book', pages: 180, cover: Uint8Array.of(2, 3, 4) },
      traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
    });
    const message = await oneMessage(queue);

    expect(messageId).toMatch(uuid);
    expect(message.body).toBe(`{
  "Type" : "Notification",
  "MessageId" : "${messageId}",
  "TopicArn" : "${topicArn}",
  "Subject" : "New order",
  "Message" : "{\\"id\\":\\"é\\"}",
  "Timestamp" : "2026-01-01T12:00:00.007Z",
  "SignatureVersion" : "1",
  "Signature" : "EXAMPLE",
  "SigningCertURL" : "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem",
  "UnsubscribeURL" : "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${arn}",
  "MessageAttributes" : {
    "kind" : {"Type":"String","Value":"book"},
    "pages" : {"Type":"Number","Value":"180"},
    "cover" : {"Type":"Binary","Value":"AgME"}
  }
}`);
    expect(message.messageAttributes).toEqual({});
    expect(message.systemAttributes.AWSTraceHeader).toBe(
      'Root=1-5759e988-bd862e3fe1be46a994272793',
    );
  });

  test('without subject and attributes the envelope has none', async () => {
    const topic = new Topic('orders');
    const queue = new Queue('inbox');
    topic.subscribe(queue);
    await topic.publish('hello');
    const envelope: unknown = JSON.parse((await oneMessage(queue)).body);
    expect(Object.keys(envelope as object)).toEqual([
      'Type',
      'MessageId',
      'TopicArn',
      'Message',
      'Timestamp',
      'SignatureVersion',
      'Signature',
      'SigningCertURL',
      'UnsubscribeURL',
    ]);
  });

  test('a raw subscription gets the message as it was published, with its attributes', async () => {
    const topic = new Topic('orders');
    const queue = new Queue('inbox');
    topic.subscribe(queue, { raw: true });
    await topic.publish('hello', { attributes: { kind: 'book', pages: 180 }, groupId: 'tenant-1' });
    expect(await oneMessage(queue)).toMatchObject({
      body: 'hello',
      messageAttributes: {
        kind: { dataType: 'String', stringValue: 'book' },
        pages: { dataType: 'Number', stringValue: '180' },
      },
      systemAttributes: { MessageGroupId: 'tenant-1' },
    });
  });
});

describe('functions and callbacks', () => {
  test('a function gets the event of SNS, with the trace header beside it', async () => {
    const clock = new VirtualClock();
    const topic = new Topic('orders', {}, { clock });
    const { target, sent } = functionTarget();
    const { arn } = topic.subscribe(target);
    const { messageId } = await topic.publish('hello', {
      attributes: { pages: 180 },
      traceHeader: 'Root=1-1',
    });

    expect(sent).toEqual([
      {
        options: { traceId: 'Root=1-1' },
        event: {
          Records: [
            {
              EventSource: 'aws:sns',
              EventVersion: '1.0',
              EventSubscriptionArn: arn,
              Sns: {
                Type: 'Notification',
                MessageId: messageId,
                TopicArn: topicArn,
                Subject: null,
                Message: 'hello',
                Timestamp: '2026-01-01T00:00:00.000Z',
                SignatureVersion: '1',
                Signature: 'EXAMPLE',
                SigningCertUrl: expect.stringMatching(
                  /^https:\/\/sns\.us-east-1\.amazonaws\.com\//,
                ),
                UnsubscribeUrl: expect.stringContaining(`SubscriptionArn=${arn}`),
                MessageAttributes: { pages: { Type: 'Number', Value: '180' } },
              },
            },
          ],
        },
      },
    ]);
  });

  test('a callback gets plain data, and was called when publish is done', async () => {
    const topic = new Topic('orders', {}, { clock: new VirtualClock() });
    const seen: TopicNotification[] = [];
    const { arn, protocol, endpoint } = topic.subscribe((notification) => seen.push(notification));
    const { messageId } = await topic.publish('hello', { subject: 'Hi', attributes: { a: 1 } });
    expect({ protocol, endpoint }).toEqual({ protocol: 'callback', endpoint: 'callback' });
    expect(seen).toEqual([
      {
        messageId,
        topicArn,
        subscriptionArn: arn,
        subject: 'Hi',
        message: 'hello',
        timestamp: '2026-01-01T00:00:00.000Z',
        attributes: { a: '1' },
        messageAttributes: { a: { dataType: 'Number', stringValue: '1' } },
      },
    ]);
  });

  test('publish does not wait for a callback that takes its time', async () => {
    const topic = new Topic('orders', {}, { clock: new VirtualClock() });
    topic.subscribe(() => new Promise(() => {}));
    await expect(topic.publish('hello')).resolves.toMatchObject({ messageId: expect.anything() });
  });

  test('a message may have a text for each protocol', async () => {
    const topic = new Topic('orders');
    const queue = new Queue('inbox');
    const { target, sent } = functionTarget();
    const seen: string[] = [];
    topic.subscribe(queue, { raw: true });
    topic.subscribe(target);
    topic.subscribe(({ message }) => seen.push(message));
    const texts = { default: 'for all', sqs: 'for queues' };
    await topic.publish(JSON.stringify(texts), { messageStructure: 'json' });
    expect(await bodiesOf(queue)).toEqual(['for queues']);
    expect(sent).toMatchObject([{ event: { Records: [{ Sns: { Message: 'for all' } }] } }]);
    expect(seen).toEqual(['for all']);
  });
});

describe('subscriptions', () => {
  test('filter policies look at the attributes, or at the body', async () => {
    const topic = new Topic('orders');
    const books: string[] = [];
    const large: string[] = [];
    topic.subscribe(({ message }) => books.push(message), { filterPolicy: { kind: ['book'] } });
    topic.subscribe(({ message }) => large.push(message), {
      filterPolicy: { pages: [{ numeric: ['>', 100] }] },
      filterPolicyScope: 'MessageBody',
    });
    const small = '{"pages":10}';
    const thick = '{"pages":180}';
    await topic.publish(small, { attributes: { kind: 'book' } });
    await topic.publish(thick, { attributes: { kind: 'map' } });
    await topic.publish('no JSON');
    expect(books).toEqual([small]);
    expect(large).toEqual([thick]);
  });

  test('who subscribes twice has one subscription; with other attributes it is refused', () => {
    const topic = new Topic('orders');
    const queue = new Queue('inbox');
    const seen = (): void => {};
    const first = topic.subscribe(queue, { raw: true, filterPolicy: { a: ['b'] } });
    expect(topic.subscribe(queue, { raw: true, filterPolicy: { a: ['b'] } })).toBe(first);
    expect(topic.subscribe(queue)).toBe(first);
    expect(() => topic.subscribe(queue, { raw: false })).toThrow(
      'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    );
    expect(topic.subscribe(seen)).toBe(topic.subscribe(seen));
    const second = topic.subscribe(() => {});
    expect(second.endpoint).toBe('callback-2');
    expect(topic.subscriptions.map(({ endpoint }) => endpoint)).toEqual([
      queue.arn,
      'callback',
      'callback-2',
    ]);
    expect(first.arn).toMatch(new RegExp(`^${topicArn}:[0-9a-f-]{36}$`));
  });

  test('who has unsubscribed gets nothing more', async () => {
    const topic = new Topic('orders');
    const seen: string[] = [];
    const subscription = topic.subscribe(({ message }) => seen.push(message));
    await topic.publish('one');
    subscription.unsubscribe();
    subscription.unsubscribe();
    await topic.publish('two');
    expect(seen).toEqual(['one']);
    expect(topic.subscriptions).toEqual([]);
  });

  test.each<[string, () => unknown, string]>([
    [
      'a FIFO queue on a standard topic',
      () => new Topic('orders').subscribe(new Queue('inbox.fifo')),
      'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    ],
    [
      'a function on a FIFO topic',
      () => new Topic('orders.fifo').subscribe(functionTarget().target),
      'Invalid parameter: Invalid parameter: Endpoint Reason: Delivery protocol [lambda] can not be subscribed to FIFO SNS topics',
    ],
    [
      'a raw function',
      () => new Topic('orders').subscribe(functionTarget().target, { raw: true }),
      'Invalid parameter: Attributes Reason: Delivery protocol [lambda] does not support raw message delivery.',
    ],
    [
      'a standard dead-letter queue for a FIFO queue',
      () =>
        new Topic('orders.fifo').subscribe(new Queue('inbox.fifo'), {
          deadLetter: new Queue('letters'),
        }),
      'Invalid parameter: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.',
    ],
  ])('%s is refused', (_, subscribe, message) => {
    expect(subscribe).toThrow(expect.objectContaining({ awsCode: 'InvalidParameter', message }));
  });

  test('a policy that SNS does not take is refused', () => {
    const topic = new Topic('orders');
    expect(() => topic.subscribe(() => {}, { filterPolicy: { a: 'no list' } })).toThrow(
      expect.objectContaining({ awsCode: 'InvalidParameter' }),
    );
    expect(() => topic.subscribe({} as AsyncTarget)).toThrow(
      expect.objectContaining({ option: 'target' }),
    );
  });
});

describe('what SNS refuses', () => {
  test.each<[string, string, PublishOptions, unknown]>([
    ['an empty message', '', {}, refusal('InvalidParameter', 'Invalid parameter: Empty message')],
    [
      'an empty subject',
      'a',
      { subject: '' },
      refusal('InvalidParameter', 'Invalid parameter: Subject'),
    ],
    ['a subject with a line break', 'a', { subject: 'a\nb' }, refusal('InvalidParameter')],
    ['a subject of 101 characters', 'a', { subject: 's'.repeat(101) }, refusal('InvalidParameter')],
    [
      'a deduplication id',
      'a',
      { dedupId: 'd' },
      refusal(
        'InvalidParameter',
        'Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
      ),
    ],
    [
      'an empty attribute',
      'a',
      { attributes: { attr1: '' } },
      refusal(
        'ParameterValueInvalid',
        "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'.",
      ),
    ],
    [
      'a structure without JSON',
      'a',
      { messageStructure: 'json' },
      refusal(
        'InvalidParameter',
        'Invalid parameter: Message Structure - JSON message body failed to parse',
      ),
    ],
    [
      'a structure without default',
      '{"sqs":"a"}',
      { messageStructure: 'json' },
      refusal(
        'InvalidParameter',
        'Invalid parameter: Message Structure - No default entry in JSON message body',
      ),
    ],
  ])('%s', async (_, message, options, expected) => {
    await expect(new Topic('orders').publish(message, options)).rejects.toEqual(expected);
  });

  test('a message of more than 256 KiB, its attributes included', async () => {
    const topic = new Topic('orders');
    const attributes = { a: 1 }; // 8 bytes
    await topic.publish('x'.repeat(262_136), { attributes });
    await expect(topic.publish('x'.repeat(262_137), { attributes })).rejects.toEqual(
      refusal('InvalidParameter', 'Invalid parameter: Message too long'),
    );
  });

  test.each<[string, () => unknown]>([
    ['name', () => new Topic('orders.topic')],
    ['name', () => new Topic('a'.repeat(257))],
    ['fifo', () => new Topic('orders', { fifo: true })],
    ['contentBasedDedup', () => new Topic('orders', { contentBasedDedup: true })],
  ])('a wrong `%s` is refused by the library', (option, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION', option }));
  });
});

describe('publishBatch', () => {
  test('all messages go out', async () => {
    const topic = new Topic('orders');
    const queue = new Queue('inbox');
    topic.subscribe(queue, { raw: true });
    const { successful, failed } = await topic.publishBatch([
      { id: '1', message: 'one', attributes: { a: 1 } },
      { id: '2', message: 'two', subject: 'Two' },
    ]);
    expect(failed).toEqual([]);
    expect(successful).toEqual([
      { id: '1', messageId: expect.stringMatching(uuid) },
      { id: '2', messageId: expect.stringMatching(uuid) },
    ]);
    expect(await bodiesOf(queue)).toEqual(['one', 'two']);
  });

  const message = 'a';
  test.each<[string, readonly { id: string; message: string; attributes?: object }[], unknown]>([
    ['no entry', [], refusal('EmptyBatchRequest')],
    [
      'eleven entries',
      Array.from({ length: 11 }, (_, id) => ({ id: `${id}`, message })),
      refusal(
        'TooManyEntriesInBatchRequest',
        'The batch request contains more entries than permissible.',
      ),
    ],
    [
      'an id twice',
      [
        { id: 'a', message },
        { id: 'a', message },
      ],
      refusal(
        'BatchEntryIdsNotDistinct',
        'Two or more batch entries in the request have the same Id.',
      ),
    ],
    [
      'an id with a dot',
      [{ id: 'message.id', message }],
      refusal(
        'InvalidBatchEntryId',
        'The Id of a batch entry in the batch request contains an impermissible character: message.id',
      ),
    ],
    [
      'a long id',
      [{ id: 'a'.repeat(81), message }],
      refusal(
        'InvalidBatchEntryId',
        `The Id of a batch entry in the batch request is too long: ${'a'.repeat(81)}`,
      ),
    ],
    [
      'one message that breaks a rule',
      [
        { id: 'a', message },
        { id: 'b', message: '' },
      ],
      refusal('InvalidParameter'),
    ],
    [
      'too much together',
      [
        { id: 'a', message: 'x'.repeat(200_000) },
        { id: 'b', message: 'x'.repeat(62_145) },
      ],
      refusal(
        'BatchRequestTooLong',
        'The length of all the messages put together is more than the limit.',
      ),
    ],
  ])('%s: the whole request is refused', async (_, entries, error) => {
    const topic = new Topic('orders');
    const seen: unknown[] = [];
    topic.subscribe((notification) => seen.push(notification));
    await expect(topic.publishBatch(entries as never)).rejects.toEqual(error);
    expect(seen).toEqual([]);
  });
});
