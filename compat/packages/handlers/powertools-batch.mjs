import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';

const processor = new BatchProcessor(EventType.SQS);
const done = [];

const processRecord = async ({ body }) => {
  if (body === 'bad') throw new Error('cannot process');
  await new Promise((resolve) => setTimeout(resolve, 1));
  done.push(body);
};

export const handler = async (event, context) => {
  const records = ['a', 'bad', 'b'].map((body, index) => ({
    messageId: `message-${index}`,
    eventSource: 'aws:sqs',
    body,
  }));
  const answer = await processPartialResponse({ Records: records }, processRecord, processor, {
    context,
  });
  return { answer, done: done.sort() };
};

export const expected = {
  answer: { batchItemFailures: [{ itemIdentifier: 'message-1' }] },
  done: ['a', 'b'],
};
