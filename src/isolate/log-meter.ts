import { wallNowMs } from '../core/clock.ts';
import type { LogRecord } from '../invoke/executor.ts';
import type { LogLevel } from '../wire/messages.ts';

/** Characters of log that one invocation may write; what is over is dropped and the drop is logged. */
const mostLogLength = 4 * 1024 * 1024;

/** Counts what one environment logs and passes it on with the request id that it belongs to. */
export class LogMeter {
  readonly #onLog: (record: LogRecord) => void;
  #requestId: string | undefined;
  #lengthLeft = mostLogLength;

  constructor(onLog: (record: LogRecord) => void) {
    this.#onLog = onLog;
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
    const lines = text.endsWith('\n') ? text.slice(0, -1) : text;
    for (const line of lines.split('\n')) this.#pass('raw', 'INFO', wallNowMs(), line);
  }

  /** A line of the engine itself, under the invocation that runs. */
  write(level: LogLevel, body: string): void {
    this.#pass('console', level, wallNowMs(), body);
  }

  #pass(kind: LogRecord['kind'], level: LogLevel, atMs: number, body: string): void {
    if (this.#lengthLeft < 0) return;
    this.#lengthLeft -= body.length;
    const requestId = this.#requestId;
    if (this.#lengthLeft >= 0) {
      this.#onLog({ kind, level, atMs, body, requestId });
      return;
    }
    const notice = `platform.logsDropped: the invocation wrote more than ${mostLogLength} characters; the rest is dropped`;
    this.#onLog({ kind: 'raw', level: 'WARN', atMs, body: notice, requestId });
  }
}
