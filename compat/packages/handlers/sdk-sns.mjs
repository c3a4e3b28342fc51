import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

const sns = new SNSClient({});

export const handler = async () => {
  const { MessageId } = await sns.send(
    new PublishCommand({
      TopicArn: 'arn:aws:sns:us-east-1:123456789012:news',
      Message: 'hello & goodbye',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' } },
    }),
  );
  return MessageId;
};

// The stub answers with the length of the message and the attribute.
export const expected = '15-greeting';
