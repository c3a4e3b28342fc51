import { parser } from '@aws-lambda-powertools/parser';
import { EventBridgeEnvelope } from '@aws-lambda-powertools/parser/envelopes';
import { SqsSchema } from '@aws-lambda-powertools/parser/schemas';
import { JSONStringified } from '@aws-lambda-powertools/parser/helpers';
import { z } from 'zod';

const order = z.object({ id: z.number().positive(), item: z.string() });

const sqsRecord = {
  messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
  receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
  body: '{"id":7,"item":"tea"}',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1545082649183',
    SenderId: 'AIDAIENQZJOLO23YVJ4VO',
    ApproximateFirstReceiveTimestamp: '1545082649185',
  },
  messageAttributes: {},
  md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:orders',
  awsRegion: 'us-east-2',
};

const event = (detail) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'order',
  source: 'shop',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: [],
  detail,
});

export const handler = async () => {
  const parsed = EventBridgeEnvelope.parse(event({ id: 1, item: 'tea' }), order);
  const refused = EventBridgeEnvelope.safeParse(event({ id: -1, item: 'tea' }), order);
  const sqs = SqsSchema.extend({
    Records: z.array(z.object({ body: JSONStringified(order) })),
  }).parse({ Records: [sqsRecord] });
  return {
    parsed,
    refused: refused.success,
    body: sqs.Records[0].body,
    decorator: typeof parser,
  };
};

export const expected = {
  parsed: { id: 1, item: 'tea' },
  refused: false,
  body: { id: 7, item: 'tea' },
  decorator: 'function',
};
