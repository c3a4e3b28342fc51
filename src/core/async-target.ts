/**
 * A function, version or alias as those see it who hand events to it: topics, rules, notifications,
 * destinations. It takes the event at once and runs it later.
 */
export interface AsyncTarget {
  /** Qualified for versions and aliases. */
  readonly arn: string;
  /**
   * Resolves when the event is safely queued; rejects when it is refused.
   * @param event anything that JSON can express
   */
  send(event: unknown, options?: AsyncSendOptions): Promise<{ readonly requestId: string }>;
}

export interface AsyncSendOptions {
  /** X-Ray trace header of what caused the event; its lineage stops endless loops (core/lineage.ts). */
  readonly traceId?: string;
}
