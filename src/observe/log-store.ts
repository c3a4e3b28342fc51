import type { EnvironmentInfo, Events } from '../core/events.ts';
import { linesOf, loggedEvents, type LogEntry } from './log-lines.ts';

/** One line of a log stream. */
export interface LogLine {
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly requestId: string | undefined;
  readonly message: string;
}

export interface LogFilter {
  readonly functionName?: string;
  readonly logGroupName?: string;
  readonly logStreamName?: string;
  readonly requestId?: string;
}

/** Entries of one environment, the oldest overwritten first. */
interface Stream {
  readonly environment: EnvironmentInfo;
  readonly entries: LogEntry[];
  /** Where the next entry goes once `entries` is full. */
  next: number;
}

/**
 * Keeps the last entries of each environment's log stream in memory, as they came; text is made when
 * somebody reads. Two pushes a warm invocation are all that logging costs.
 */
export class LogStore {
  readonly #entriesPerStream: number;
  readonly #mostStreams: number;
  readonly #streams = new Map<EnvironmentInfo, Stream>();

  constructor(events: Events, options: { entriesPerStream: number; mostStreams: number }) {
    this.#entriesPerStream = options.entriesPerStream;
    this.#mostStreams = options.mostStreams;
    for (const name of loggedEvents) events.on(name, (entry) => this.#push(entry));
  }

  /** Lines in the order in which they were written, stream by stream. */
  read(filter: LogFilter = {}): LogLine[] {
    const lines: LogLine[] = [];
    for (const stream of this.#streams.values()) {
      if (!matches(stream.environment, filter)) continue;
      for (const entry of inOrder(stream)) {
        const requestId = requestIdOf(entry);
        if (filter.requestId !== undefined && filter.requestId !== requestId) continue;
        for (const message of linesOf(entry)) lines.push(toLine(entry, requestId, message));
      }
    }
    return lines;
  }

  #push(entry: LogEntry): void {
    const { environment } = entry;
    const stream = this.#streams.get(environment) ?? this.#open(environment);
    if (stream.entries.length < this.#entriesPerStream) {
      stream.entries.push(entry);
      return;
    }
    stream.entries[stream.next] = entry;
    stream.next = (stream.next + 1) % this.#entriesPerStream;
  }

  #open(environment: EnvironmentInfo): Stream {
    const stream: Stream = { environment, entries: [], next: 0 };
    this.#streams.set(environment, stream);
    // A Map keeps insertion order: the first stream is the oldest.
    const [oldest] = this.#streams.keys();
    if (this.#streams.size > this.#mostStreams && oldest !== undefined)
      this.#streams.delete(oldest);
    return stream;
  }
}

function matches(environment: EnvironmentInfo, filter: LogFilter): boolean {
  return (
    (filter.functionName === undefined || filter.functionName === environment.functionName) &&
    (filter.logGroupName === undefined || filter.logGroupName === environment.logGroupName) &&
    (filter.logStreamName === undefined || filter.logStreamName === environment.logStreamName)
  );
}

function inOrder(stream: Stream): LogEntry[] {
  return [...stream.entries.slice(stream.next), ...stream.entries.slice(0, stream.next)];
}

function requestIdOf(entry: LogEntry): string | undefined {
  return 'requestId' in entry ? entry.requestId : undefined;
}

function toLine(entry: LogEntry, requestId: string | undefined, message: string): LogLine {
  const { logGroupName, logStreamName } = entry.environment;
  return { logGroupName, logStreamName, at: entry.at, requestId, message };
}
