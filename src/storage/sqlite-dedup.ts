import { dedupKey, resolveDedup, type FirstMessage, type ResolvedDedup } from './dedup-window.ts';
import type { OpenQueueOptions } from './delivery-queue.ts';
import type { SqliteStatements } from './sqlite-statements.ts';

/** Which deduplication ids count at the moment; in a file. */
export class SqliteDedup {
  readonly #sql: SqliteStatements;
  readonly #queue: number;
  readonly #options: ResolvedDedup;

  constructor(sql: SqliteStatements, queue: number, options: OpenQueueOptions) {
    this.#sql = sql;
    this.#queue = queue;
    this.#options = resolveDedup(options);
  }

  find(dedupId: string, groupId: string, nowMs: number): FirstMessage | undefined {
    const key = dedupKey(dedupId, groupId, this.#options);
    const seen = this.#sql.findDedup.get(this.#queue, key) as
      | (FirstMessage & { readonly sent_ms: number })
      | undefined;
    if (seen === undefined || nowMs - seen.sent_ms >= this.#options.windowMs) return undefined;
    return seen;
  }

  add(dedupId: string, groupId: string, nowMs: number, { id, sequence }: FirstMessage): void {
    this.#sql.forgetDedup.run(this.#queue, this.#queue, nowMs - this.#options.windowMs);
    const key = dedupKey(dedupId, groupId, this.#options);
    this.#sql.putDedup.run(this.#queue, key, id, sequence, nowMs);
  }
}
