import type { EnvironmentInfo, Events, LambdaEvents } from '../core/events.ts';
import { linesOf, loggedEvents, type LogEntry } from './log-lines.ts';
import { matches, type LogFilter, type LogLine } from './log-store.ts';

const followedEvents = [...loggedEvents, 'invocation.started'] as const;

/** Hands each line of the log streams that fit the filter to a listener as it is written; gives how to stop that. */
export function followLogs(
  events: Events,
  filter: LogFilter,
  listener: (line: LogLine) => void,
): () => void {
  const onEvent = (event: LambdaEvents[(typeof followedEvents)[number]]): void => {
    if (!matches(event.environment, filter)) return;
    const entry: LogEntry = event.type === 'invocation.started' ? startOf(event) : event;
    const requestId = 'requestId' in event ? event.requestId : undefined;
    if (filter.requestId !== undefined && filter.requestId !== requestId) return;
    for (const message of linesOf(entry)) {
      listener({ ...streamOf(event.environment), at: event.at, requestId, message });
    }
  };
  for (const name of followedEvents) events.on(name, onEvent);
  return () => {
    for (const name of followedEvents) events.off(name, onEvent);
  };
}

function startOf({ at, requestId, environment }: LambdaEvents['invocation.started']): LogEntry {
  return { type: 'start', at, requestId, environment };
}

function streamOf({ logGroupName, logStreamName }: EnvironmentInfo) {
  return { logGroupName, logStreamName };
}
