/** How an invocation ended, in the words of AWS's `platform.report`. */
export type ReportStatus = 'success' | 'error' | 'timeout' | 'failure';

export interface ReportFacts {
  readonly requestId: string;
  readonly durationMs: number;
  readonly initDurationMs: number | undefined;
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly peakMemoryBytes: number;
  readonly status: ReportStatus;
  readonly errorType: string | undefined;
}

const bytesPerMb = 1_048_576;

/** What one invocation cost; the figures of AWS's REPORT line, measured. */
export class Report {
  readonly requestId: string;
  /** Milliseconds of the invoke phase. An init that was redone inside of it counts. */
  readonly durationMs: number;
  /** Milliseconds of the init phase; only on a cold start. */
  readonly initDurationMs: number | undefined;
  /** Milliseconds on a thread in the invoke phase; waiting does not count. */
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly status: ReportStatus;
  readonly errorType: string | undefined;
  readonly #peakMemoryBytes: number;

  constructor(facts: ReportFacts) {
    this.requestId = facts.requestId;
    this.durationMs = facts.durationMs;
    this.initDurationMs = facts.initDurationMs;
    this.cpuMs = facts.cpuMs;
    this.memoryMb = facts.memoryMb;
    this.status = facts.status;
    this.errorType = facts.errorType;
    this.#peakMemoryBytes = facts.peakMemoryBytes;
  }

  get isCold(): boolean {
    return this.initDurationMs !== undefined;
  }

  /** Duration and init together, rounded up to a millisecond, as AWS bills since August 2025. */
  get billedDurationMs(): number {
    return Math.ceil(this.durationMs + (this.initDurationMs ?? 0));
  }

  /**
   * The most memory that was seen in the environment so far, in MB, rounded up, and never more than the
   * setting. Heap and external memory are read after init and after each 25 ms of computing.
   */
  get maxMemoryUsedMb(): number {
    return Math.min(Math.ceil(this.#peakMemoryBytes / bytesPerMb), this.memoryMb);
  }

  toJSON(): object {
    return {
      requestId: this.requestId,
      durationMs: this.durationMs,
      billedDurationMs: this.billedDurationMs,
      initDurationMs: this.initDurationMs,
      cpuMs: this.cpuMs,
      memoryMb: this.memoryMb,
      maxMemoryUsedMb: this.maxMemoryUsedMb,
      isCold: this.isCold,
      status: this.status,
      errorType: this.errorType,
    };
  }
}
