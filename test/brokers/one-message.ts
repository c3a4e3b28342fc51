import { expect } from 'vitest';
import type { Queue } from '../../src/brokers/queue.ts';
import type { ReceiveMessageOptions } from '../../src/brokers/receive-options.ts';
import type { ReceivedMessage } from '../../src/brokers/received-message.ts';

/** The next message of a queue; a test that asks for it expects that there is one. */
export async function oneMessage(
  queue: Queue,
  options: ReceiveMessageOptions = {},
): Promise<ReceivedMessage> {
  const [message] = await queue.receive(options);
  expect(message, `a message in queue "${queue.name}"`).toBeDefined();
  return message as ReceivedMessage;
}

/** What a receive of up to 10 messages gives. */
export async function bodiesOf(
  queue: Queue,
  options: ReceiveMessageOptions = {},
): Promise<string[]> {
  return (await queue.receive({ max: 10, ...options })).map(({ body }) => body);
}
