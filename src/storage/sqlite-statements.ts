import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Values of the column `state`. */
export const inState = { ready: 0, delayed: 1, leased: 2, behind: 3 } as const;

/** What is needed to move a message. */
export interface PlacedRow {
  readonly sequence: number;
  readonly state: number;
  readonly rank: number;
  readonly group_id: string | null;
  readonly sent_ms: number;
}

/** A message as it is handed out. */
export interface FullRow extends PlacedRow {
  readonly id: string;
  readonly meta: string;
  readonly receive_count: number;
  readonly first_received_ms: number;
  readonly dedup_id: string | null;
  readonly body: string;
}

/** A message whose lease answers. */
export interface HeldRow extends PlacedRow {
  readonly id: string;
  readonly meta: string;
  readonly dedup_id: string | null;
}

const placed = 'sequence, state, rank, group_id, sent_ms';
const full = `${placed}, id, meta, receive_count, first_received_ms, dedup_id, body`;

/** How many messages one change moves at most by itself, so that a million due at once do not stop the host. */
export const mostMovedAtOnce = 1_000;

/** The SQL of queues, prepared once for a file. The first parameter of most is the queue. */
export class SqliteStatements {
  readonly insert: StatementSync;
  readonly insertBody: StatementSync;
  readonly delete: StatementSync;
  readonly deleteBody: StatementSync;
  readonly place: StatementSync;
  readonly placeBehind: StatementSync;
  readonly lease: StatementSync;
  readonly giveBack: StatementSync;
  readonly nextReady: StatementSync;
  readonly nextInLine: StatementSync;
  readonly groupFrom: StatementSync;
  readonly headOfGroup: StatementSync;
  readonly due: StatementSync;
  readonly tooOld: StatementSync;
  readonly held: StatementSync;
  readonly idOf: StatementSync;
  readonly bodyOf: StatementSync;
  readonly next: StatementSync;
  readonly leased: StatementSync;
  readonly lastPlace: StatementSync;
  readonly countStates: StatementSync;
  readonly countDue: StatementSync;
  readonly countTooOld: StatementSync;
  readonly oldestNotLeased: StatementSync;
  readonly oldestAfter: StatementSync;
  readonly findDedup: StatementSync;
  readonly putDedup: StatementSync;
  readonly forgetDedup: StatementSync;
  readonly clear: readonly StatementSync[];

  constructor(database: DatabaseSync) {
    const sql = (text: string): StatementSync => database.prepare(text);
    const due = `SELECT ${placed} FROM messages WHERE queue = ? AND state = `;

    this.insert = sql(`INSERT INTO messages
      (queue, state, rank, is_held, id, meta, reason, sent_ms, receive_count, first_received_ms, group_id, dedup_id)
      VALUES (?, ?, ?, 0, ?, ?, ?, ?, 0, 0, ?, ?)`);
    this.insertBody = sql('INSERT INTO bodies (sequence, body) VALUES (?, ?)');
    this.delete = sql('DELETE FROM messages WHERE sequence = ?');
    this.deleteBody = sql('DELETE FROM bodies WHERE sequence = ?');

    this.place = sql('UPDATE messages SET state = ?, rank = ? WHERE sequence = ?');
    this.placeBehind = sql(
      'UPDATE messages SET state = 3, rank = 0, is_held = 0 WHERE sequence = ?',
    );
    this.lease =
      sql(`UPDATE messages SET state = 2, rank = ?, is_held = 1, receive_count = ?, first_received_ms = ?
      WHERE sequence = ?`);
    this.giveBack = sql(`UPDATE messages SET state = ?, rank = ?, is_held = 0, meta = ?, reason = ?
      WHERE sequence = ?`);

    this.nextReady = sql(`SELECT ${full} FROM messages CROSS JOIN bodies USING (sequence)
      WHERE queue = ? AND state = 0 ORDER BY rank LIMIT ?`);
    this.nextInLine = sql(
      `SELECT ${placed} FROM messages WHERE queue = ? AND state = 0 ORDER BY rank LIMIT 1`,
    );
    this.groupFrom = sql(`SELECT ${full} FROM messages CROSS JOIN bodies USING (sequence)
      WHERE queue = ? AND group_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?`);
    this.headOfGroup = sql(`SELECT ${placed} FROM messages
      WHERE queue = ? AND group_id = ? ORDER BY sequence LIMIT 1`);
    this.due = sql(`${due} 1 AND rank <= ? UNION ALL ${due} 2 AND rank <= ?
      ORDER BY rank, sequence LIMIT ${mostMovedAtOnce}`);
    this.tooOld =
      sql(`SELECT ${placed} FROM messages WHERE queue = ? AND sent_ms <= ? AND state <> 2
      ORDER BY sent_ms, sequence LIMIT ${mostMovedAtOnce}`);

    this.held = sql(`SELECT ${placed}, id, meta, dedup_id FROM messages
      WHERE sequence = ? AND queue = ? AND receive_count = ? AND is_held = 1`);
    this.idOf = sql('SELECT id FROM messages WHERE sequence = ? AND queue = ?');
    this.bodyOf = sql('SELECT body FROM bodies WHERE sequence = ?');

    this.next = sql(`SELECT id, reason, rank FROM messages WHERE queue = ? AND state = ?
      ORDER BY rank, sequence LIMIT 1`);
    this.leased = sql(
      `SELECT ${placed} FROM messages WHERE queue = ? AND state = 2 ORDER BY rank, sequence`,
    );
    this.lastPlace = sql('SELECT max(rank) AS value FROM messages WHERE queue = ? AND state = 0');
    this.countStates = sql(
      'SELECT state, count(*) AS count FROM messages WHERE queue = ? GROUP BY state',
    );
    this.countDue = sql(
      'SELECT count(*) AS value FROM messages WHERE queue = ? AND state = ? AND rank <= ?',
    );
    this.countTooOld = sql(`SELECT state, rank <= ? AS is_due, count(*) AS count FROM messages
      WHERE queue = ? AND sent_ms <= ? GROUP BY 1, 2`);
    this.oldestNotLeased = sql(`SELECT sent_ms AS value FROM messages WHERE queue = ? AND state <> 2
      ORDER BY sent_ms LIMIT 1`);
    this.oldestAfter = sql(`SELECT sent_ms AS value FROM messages WHERE queue = ? AND sent_ms > ?
      ORDER BY sent_ms LIMIT 1`);

    this.findDedup = sql('SELECT id, sequence, sent_ms FROM dedup WHERE queue = ? AND key = ?');
    this.putDedup = sql(
      `INSERT OR REPLACE INTO dedup (queue, key, id, sequence, sent_ms) VALUES (?, ?, ?, ?, ?)`,
    );
    this.forgetDedup = sql(`DELETE FROM dedup WHERE queue = ? AND key IN
      (SELECT key FROM dedup WHERE queue = ? AND sent_ms <= ? ORDER BY sent_ms LIMIT 16)`);
    this.clear = [
      sql('DELETE FROM bodies WHERE sequence IN (SELECT sequence FROM messages WHERE queue = ?)'),
      sql('DELETE FROM messages WHERE queue = ?'),
      sql('DELETE FROM dedup WHERE queue = ?'),
    ];
  }
}
