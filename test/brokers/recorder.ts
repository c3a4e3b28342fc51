import type { Lambda, LambdaFunction, Queue, ReceivedMessage } from '../../src/index.ts';
import { deploy } from '../async/fixture.ts';
import { oneMessage } from './one-message.ts';

/** A function that is not tried again, and the queue that tells what it got. */
export async function recorder(lambda: Lambda): Promise<{ got: Queue; target: LambdaFunction }> {
  const got = lambda.createQueue('got');
  const target = await deploy(
    lambda,
    `exports.handler = async (event) => ({ event, trace: process.env._X_AMZN_TRACE_ID });`,
  );
  await target.configureAsync({ onSuccess: got, maxRetries: 0 });
  return { got, target };
}

interface Recorded {
  readonly event: Readonly<Record<string, unknown>>;
  readonly trace: string;
}

export async function recorded(got: Queue): Promise<Recorded> {
  const { body } = await take(got);
  return (JSON.parse(body) as { readonly responsePayload: Recorded }).responsePayload;
}

export const bodyOf = ({ body }: ReceivedMessage): unknown => JSON.parse(body);

/** The one message, which is deleted. */
export async function take(queue: Queue): Promise<ReceivedMessage> {
  const message = await oneMessage(queue);
  await queue.delete(message.receiptHandle);
  return message;
}
