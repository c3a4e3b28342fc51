import { Queue } from '../brokers/queue.ts';
import type { Stream } from '../brokers/stream.ts';
import { TableStream } from '../brokers/table-stream.ts';
import { FunctionNotFoundError } from '../core/errors.ts';
import type { Target } from '../functions/routing.ts';
import type { Poller, StreamPollerOptions } from './poller.ts';
import { QueuePoller } from './queue-poller.ts';
import { StreamPoller } from './stream-poller.ts';
import { kinesisFormat, tableFormat } from './stream-records.ts';

/** What there is to read. */
export type Source = Queue | Stream | TableStream;

/** Begins to read a source. */
export function pollerOf(source: Source, options: StreamPollerOptions): Poller {
  if (source instanceof Queue) return new QueuePoller(options, source);
  if (source instanceof TableStream) return new StreamPoller(options, source, tableFormat);
  const { home, target } = options;
  const roleArn = (): string => roleOf(target);
  const format = kinesisFormat({ streamArn: source.arn, region: home.region, roleArn });
  return new StreamPoller(options, source, format);
}

/** A function that was deleted has none; nobody gets such a record. */
function roleOf(target: Target): string {
  try {
    return target.pick().version.config.role;
  } catch (error) {
    if (error instanceof FunctionNotFoundError) return '';
    throw error;
  }
}
