import type { EnvironmentInfo, Events } from '../core/events.ts';
import { linesOf, loggedEvents, type LogEntry, type StartEntry } from './log-lines.ts';

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
  /** The invocation whose START is an entry already, because something was logged since. */
  startedRequestId: string | undefined;
  readonly entries: LogEntry[];
  /** Where the next entry goes once `entries` is full. */
  next: number;
}

/**
 * Keeps the last entries of each environment's log stream in memory, as they came; text is made when
 * somebody reads. An invocation that logs nothing costs one push: START is an entry of its own only when a
 * line must come behind it, else it is read off the report.
 */
export class LogStore {
  readonly #entriesPerStream: number;
  readonly #mostStreams: number;
  readonly #streams = new Map<EnvironmentInfo, Stream>();

  constructor(events: Events, options: { entriesPerStream: number; mostStreams: number }) {
    this.#entriesPerStream = options.entriesPerStream;
    this.#mostStreams = options.mostStreams;
    for (const name of loggedEvents) events.on(name, (event) => this.#add(event));
  }

  /** Lines in the order in which they were written, stream by stream. */
  read(filter: LogFilter = {}): LogLine[] {
    const lines: LogLine[] = [];
    for (const stream of this.#streams.values()) {
      if (!matches(stream.environment, filter)) continue;
      for (const entry of withStarts(inOrder(stream))) {
        const requestId = requestIdOf(entry);
        if (filter.requestId !== undefined && filter.requestId !== requestId) continue;
        for (const message of linesOf(entry)) lines.push(toLine(entry, requestId, message));
      }
    }
    return lines;
  }

  #add(event: Exclude<LogEntry, StartEntry>): void {
    const { environment } = event;
    const stream = this.#streams.get(environment) ?? this.#open(environment);
    const requestId = requestIdOf(event);
    const isInside = event.type !== 'invocation.finished' && requestId !== undefined;
    if (isInside && requestId !== stream.startedRequestId) {
      stream.startedRequestId = requestId;
      this.#push(stream, startEntry(event, requestId));
    }
    // Another attempt at the same request has a START of its own.
    if (event.type === 'invocation.finished') stream.startedRequestId = undefined;
    this.#push(stream, event);
  }

  #push(stream: Stream, entry: LogEntry): void {
    if (stream.entries.length < this.#entriesPerStream) {
      stream.entries.push(entry);
      return;
    }
    stream.entries[stream.next] = entry;
    stream.next = (stream.next + 1) % this.#entriesPerStream;
  }

  #open(environment: EnvironmentInfo): Stream {
    const stream: Stream = { environment, startedRequestId: undefined, entries: [], next: 0 };
    this.#streams.set(environment, stream);
    // A Map keeps insertion order: the first stream is the oldest.
    const [oldest] = this.#streams.keys();
    if (this.#streams.size > this.#mostStreams && oldest !== undefined)
      this.#streams.delete(oldest);
    return stream;
  }
}

export function matches(environment: EnvironmentInfo, filter: LogFilter): boolean {
  return (
    (filter.functionName === undefined || filter.functionName === environment.functionName) &&
    (filter.logGroupName === undefined || filter.logGroupName === environment.logGroupName) &&
    (filter.logStreamName === undefined || filter.logStreamName === environment.logStreamName)
  );
}

function inOrder(stream: Stream): LogEntry[] {
  return [...stream.entries.slice(stream.next), ...stream.entries.slice(0, stream.next)];
}

/** Puts the START of each invocation that has none yet before its END. */
function withStarts(entries: readonly LogEntry[]): LogEntry[] {
  const all: LogEntry[] = [];
  let startedRequestId: string | undefined;
  for (const entry of entries) {
    if (entry.type === 'start') startedRequestId = entry.requestId;
    if (entry.type === 'invocation.finished' && entry.requestId !== startedRequestId) {
      all.push(startEntry({ ...entry, at: entry.startedAt }, entry.requestId));
    }
    if (entry.type === 'invocation.finished') startedRequestId = undefined;
    all.push(entry);
  }
  return all;
}

function startEntry(
  { at, environment }: { readonly at: number; readonly environment: EnvironmentInfo },
  requestId: string,
): StartEntry {
  return { type: 'start', at, requestId, environment };
}

function requestIdOf(entry: LogEntry): string | undefined {
  return 'requestId' in entry ? entry.requestId : undefined;
}

function toLine(entry: LogEntry, requestId: string | undefined, message: string): LogLine {
  const { logGroupName, logStreamName } = entry.environment;
  return { logGroupName, logStreamName, at: entry.at, requestId, message };
}
