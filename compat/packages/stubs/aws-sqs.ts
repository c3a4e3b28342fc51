import { createHash, randomUUID } from 'node:crypto';
import { AwsFault, fieldsOf, type AwsRequest } from './aws-fault.ts';

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
}

/** Queues of SQS without time. */
export class SqsStub {
  readonly #queues = new Map<string, Message[]>();

  readonly answer = (action: string, request: AwsRequest): unknown => {
    const input = fieldsOf(request);
    const url = String(input['QueueUrl']);
    const queue = this.#queues.get(url) ?? [];
    this.#queues.set(url, queue);
    if (action === 'SendMessage') return reply(add(queue, String(input['MessageBody'])));
    if (action === 'SendMessageBatch') {
      const entries = input['Entries'] as { Id: string; MessageBody: string }[];
      const Successful = entries.map(({ Id, MessageBody }) => ({
        Id,
        ...reply(add(queue, MessageBody)),
      }));
      return { Successful, Failed: [] };
    }
    if (action === 'ReceiveMessage') {
      return { Messages: queue.slice(0, Number(input['MaxNumberOfMessages'] ?? 1)) };
    }
    if (action === 'DeleteMessage') {
      const rest = queue.filter(({ ReceiptHandle }) => ReceiptHandle !== input['ReceiptHandle']);
      this.#queues.set(url, rest);
      return {};
    }
    throw new AwsFault('InvalidAction', action);
  };
}

function add(queue: Message[], body: string): Message {
  const message = {
    MessageId: randomUUID(),
    ReceiptHandle: randomUUID(),
    Body: body,
    MD5OfBody: createHash('md5').update(body).digest('hex'),
  };
  queue.push(message);
  return message;
}

function reply({ MessageId, MD5OfBody }: Message): Record<string, string> {
  return { MessageId, MD5OfMessageBody: MD5OfBody };
}
