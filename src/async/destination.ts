import type { CallbackPatience } from './callback-patience.ts';
import type { ResolvedDestination } from './async-options.ts';
import { UndeliverableError, type FindTarget } from './delivery-target.ts';
import type { InvocationRecord } from './invocation-record.ts';

/** A record on its way, with what its targets need to know of the function. */
export interface RecordDelivery {
  readonly record: string;
  readonly isSuccess: boolean;
  readonly functionName: string;
  /** Qualified. */
  readonly functionArn: string;
  readonly traceHeader: string;
  /** When the event was finished. */
  readonly atMs: number;
  /** Makes the key of an object unique. */
  readonly uuid: () => string;
  /** With callbacks that take their time. */
  readonly patience: CallbackPatience;
}

/** SNS takes no more; a longer record is a delivery that fails. */
const topicBytes = 262_144;

/**
 * Hands a record to a destination; rejects when it was not taken.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export async function deliverRecord(
  destination: ResolvedDestination,
  delivery: RecordDelivery,
  find: FindTarget,
): Promise<void> {
  const { record, traceHeader } = delivery;
  if (destination.kind === 'callback') {
    const called: unknown = destination.callback(JSON.parse(record) as InvocationRecord);
    if (isThenable(called)) await delivery.patience.waitFor(Promise.resolve(called));
    return;
  }
  const { arn } = destination;
  const target = find(arn);
  switch (target?.kind) {
    case undefined:
      // It was there when it was named; after a restart it may be made again.
      throw new Error(`There is no ${arn}`);
    case 'queue':
      if (target.isFifo)
        throw new UndeliverableError(`${arn} is a FIFO queue, which records cannot go to`);
      await target.send(record, { traceHeader });
      return;
    case 'topic':
      if (target.isFifo)
        throw new UndeliverableError(`${arn} is a FIFO topic, which records cannot go to`);
      checkTopicSize(record, arn);
      await target.publish(record, { traceHeader });
      return;
    case 'function':
      await target.send(record, { traceHeader });
      return;
    case 'eventBus':
      await target.put({
        source: 'lambda',
        detailType: `Lambda Function Invocation Result - ${delivery.isSuccess ? 'Success' : 'Failure'}`,
        resources: [arn, delivery.functionArn],
        detail: record,
        traceHeader,
      });
      return;
    case 'bucket':
      await target.put(objectKey(delivery), record, { traceHeader });
      return;
  }
}

function isThenable(value: unknown): value is PromiseLike<void> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

export function checkTopicSize(message: string, arn: string): void {
  const bytes = Buffer.byteLength(message);
  if (bytes <= topicBytes) return;
  throw new UndeliverableError(
    `${arn} takes messages of at most ${topicBytes} bytes, not ${bytes}`,
  );
}

/** `aws/lambda/async/orders/2026/11/21/2026-11-21T12.30.05-<uuid>` */
function objectKey({ functionName, atMs, uuid }: RecordDelivery): string {
  const [day = '', time = ''] = new Date(atMs).toISOString().split('T');
  const clock = time.slice(0, 8).replaceAll(':', '.');
  return `aws/lambda/async/${functionName}/${day.replaceAll('-', '/')}/${day}T${clock}-${uuid()}`;
}
