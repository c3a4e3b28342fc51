import { attributeText, type MessageAttributes } from '../brokers/message-attributes.ts';
import type { ReceivedMessage } from '../brokers/received-message.ts';
import { filteredData } from './record-filter.ts';

/** Where the messages of a mapping come from. */
export interface SqsOrigin {
  readonly queueArn: string;
  readonly region: string;
}

/** The JSON of one record as the function gets it. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsRecordJson(message: ReceivedMessage, origin: SqsOrigin): string {
  return JSON.stringify(sqsRecord(message, origin));
}

/** What filters see: the body is an object where it is one in JSON. */
export function sqsFilterView(message: ReceivedMessage, origin: SqsOrigin): unknown {
  return { ...sqsRecord(message, origin), body: filteredData(message.body) };
}

function sqsRecord(message: ReceivedMessage, { queueArn, region }: SqsOrigin): object {
  const { messageId, receiptHandle, body, md5OfBody, md5OfMessageAttributes } = message;
  const system = message.systemAttributes;
  const { AWSTraceHeader, SequenceNumber, MessageGroupId } = system;
  const { MessageDeduplicationId, DeadLetterQueueSourceArn } = system;
  return {
    messageId,
    receiptHandle,
    body,
    attributes: {
      ApproximateReceiveCount: system.ApproximateReceiveCount,
      ...(AWSTraceHeader !== undefined && { AWSTraceHeader }),
      SentTimestamp: system.SentTimestamp,
      ...(SequenceNumber !== undefined && { SequenceNumber }),
      ...(MessageGroupId !== undefined && { MessageGroupId }),
      SenderId: system.SenderId,
      ...(MessageDeduplicationId !== undefined && { MessageDeduplicationId }),
      ApproximateFirstReceiveTimestamp: system.ApproximateFirstReceiveTimestamp,
      ...(DeadLetterQueueSourceArn !== undefined && { DeadLetterQueueSourceArn }),
    },
    messageAttributes: shownAttributes(message.messageAttributes),
    md5OfBody,
    ...(md5OfMessageAttributes !== undefined && { md5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

function shownAttributes(attributes: MessageAttributes): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => {
      const value = attribute.binaryValue === undefined ? 'stringValue' : 'binaryValue';
      return [
        name,
        {
          [value]: attributeText(attribute),
          stringListValues: [],
          binaryListValues: [],
          dataType: attribute.dataType,
        },
      ];
    }),
  );
}
