import {
  inState,
  type FullRow,
  type PlacedRow,
  type SqliteStatements,
} from './sqlite-statements.ts';
import type { SqliteTally } from './sqlite-tally.ts';

/**
 * FIFO order in a file. The first message of a group that may be received stands in line (`ready`); those after
 * it are `behind`. A batch takes a group from its front, up to the first message that is out or delayed. Since
 * messages keep their sequence, what is given back is at the front again.
 */
export class SqliteGroups {
  readonly #sql: SqliteStatements;
  readonly #queue: number;
  readonly #tally: SqliteTally;

  constructor(sql: SqliteStatements, queue: number, tally: SqliteTally) {
    this.#sql = sql;
    this.#queue = queue;
    this.#tally = tally;
  }

  /** The messages of the group that is first in line, up to the first that is not ready. */
  take(max: number): FullRow[] {
    const head = this.#sql.nextInLine.get(this.#queue) as PlacedRow | undefined;
    if (head === undefined) return [];
    const rows = this.#sql.groupFrom.all(
      this.#queue,
      head.group_id,
      head.sequence,
      max,
    ) as unknown as FullRow[];
    const end = rows.findIndex(({ state }) => state !== inState.ready && state !== inState.behind);
    return end === -1 ? rows : rows.slice(0, end);
  }

  /** Something of the group changed: brings its first message into line, at `place` or behind all others. */
  settle(group: string | null, place?: number): void {
    const head = this.#sql.headOfGroup.get(this.#queue, group) as PlacedRow | undefined;
    if (head?.state !== inState.behind) return;
    this.#sql.place.run(inState.ready, place ?? this.#tally.newPlace(), head.sequence);
    this.#tally.moved(inState.behind, inState.ready);
  }
}
