import type { LogRecord } from '../invoke/executor.ts';
import type { LogLevel } from '../wire/messages.ts';

/** Characters of log that one invocation may write; what is over is dropped and the drop is logged. */
const mostLogLength = 4 * 1024 * 1024;

/**
 * What a line costs besides its text: CloudWatch counts 26 bytes for each event. Without it, empty lines
 * would cost nothing and one write of line feeds could keep the host busy for seconds.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const lineOverhead = 26;

/** Counts what one environment logs and passes it on with the request id that it belongs to. */
export class LogMeter {
  readonly #onLog: (record: LogRecord) => void;
  readonly #now: () => number;
  readonly #map: (body: string, kind: LogRecord['kind']) => string;
  #requestId: string | undefined;
  #lengthLeft = mostLogLength;

  /** `now` gives epoch milliseconds; `map` puts the user's own positions into what the guest wrote. */
  constructor(
    onLog: (record: LogRecord) => void,
    now: () => number,
    map: (body: string, kind: LogRecord['kind']) => string = (body) => body,
  ) {
    this.#onLog = onLog;
    this.#now = now;
    this.#map = map;
  }

  /** A new invocation has a budget of its own. */
  begin(requestId: string | undefined): void {
    this.#requestId = requestId;
    this.#lengthLeft = mostLogLength;
  }

  console(message: {
    readonly level: LogLevel;
    readonly atMs: number;
    readonly body: string;
  }): void {
    this.#pass('console', message.level, message.atMs, message.body);
  }

  raw(text: string): void {
    const atMs = this.#now();
    const end = text.endsWith('\n') ? text.length - 1 : text.length;
    let start = 0;
    // Line by line, so that what is over the budget is not even split.
    while (start <= end && this.#lengthLeft >= 0) {
      const lineFeed = text.indexOf('\n', start);
      const stop = lineFeed < 0 || lineFeed > end ? end : lineFeed;
      this.#pass('raw', 'INFO', atMs, text.slice(start, stop));
      start = stop + 1;
    }
  }

  /** A line of the engine itself, under the invocation that runs. */
  write(level: LogLevel, body: string): void {
    this.#pass('console', level, this.#now(), body);
  }

  #pass(kind: LogRecord['kind'], level: LogLevel, atMs: number, body: string): void {
    if (this.#lengthLeft < 0) return;
    this.#lengthLeft -= body.length + lineOverhead;
    const requestId = this.#requestId;
    if (this.#lengthLeft >= 0) {
      this.#onLog({ kind, level, atMs, body: this.#map(body, kind), requestId });
      return;
    }
    const notice = `platform.logsDropped: the invocation wrote more than ${mostLogLength} characters; the rest is dropped`;
    this.#onLog({ kind: 'raw', level: 'WARN', atMs, body: notice, requestId });
  }
}
