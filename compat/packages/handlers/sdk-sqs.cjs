const {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} = require('@aws-sdk/client-sqs');

const sqs = new SQSClient({});

exports.handler = async (event, context) => {
  // A queue of this invocation alone.
  const QueueUrl = `${process.env.AWS_ENDPOINT_URL}/123456789012/${context.awsRequestId}`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'first' }));
  const { Successful } = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: ['second', 'third'].map((MessageBody) => ({ Id: MessageBody, MessageBody })),
    }),
  );
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  const [{ ReceiptHandle }] = Messages;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const rest = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return {
    sent: Successful.map(({ Id }) => Id),
    received: Messages.map(({ Body }) => Body),
    left: rest.Messages.length,
  };
};

exports.expected = {
  sent: ['second', 'third'],
  received: ['first', 'second', 'third'],
  left: 2,
};
