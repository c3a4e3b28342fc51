import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SystemClock, type Clock } from '../core/clock.ts';
import { ClosedError, ConflictError, InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys } from '../core/options.ts';
import type { DeliveryQueue, OpenQueueOptions } from './delivery-queue.ts';
import { capsOf, checkQueueOptions } from './queue-input.ts';
import { SqliteCommits } from './sqlite-commits.ts';
import { openDatabase, type OpenDatabase } from './sqlite-database.ts';
import { SqliteMessages, type HeldInFile, type SqliteQueueRow } from './sqlite-messages.ts';
import { SqliteStateStore } from './sqlite-state-store.ts';
import { SqliteStatements } from './sqlite-statements.ts';
import type { StateStore } from './state-store.ts';
import { storageError } from './storage-error.ts';
import type { Storage } from './storage.ts';
import { StoredQueue } from './stored-queue.ts';

export interface SqliteStorageOptions {
  /** Made when it is not there; its folder must exist. Two more files stand beside it while it is open. */
  readonly file: string;
  /** @default the system's clock */
  readonly clock?: Clock;
}

/**
 * Keeps everything in one SQLite file, so that a restarted host finds what it accepted.
 *
 * - `send` and changes of the state resolve when they have reached the disk, and nobody receives a message before.
 *   What else is done with a message (received, acknowledged, given back, moved) outlives the end of the process
 *   at once, and reaches the disk with the next sync: after a power failure the last of it may be undone, and those
 *   messages come again.
 * - A change that fails is undone, and so are those that shared its turn of the event loop; everybody who asked is
 *   told. When the disk itself fails in a sync, the storage takes nothing more until it is opened anew; then some
 *   of what it refused may be there.
 * - A file has one owner at a time. Who opens it next ends the leases of the owner before.
 * - The file does not shrink; its free pages are used again.
 */
export class SqliteStorage implements Storage {
  readonly isDurable = true;
  readonly state: StateStore;
  readonly #file: string;
  readonly #clock: Clock;
  readonly #database: DatabaseSync;
  readonly #wal: number;
  readonly #commits: SqliteCommits;
  readonly #sql: SqliteStatements;
  readonly #namesInUse: StatementSync;
  readonly #openQueueRow: StatementSync;
  readonly #open = new Map<string, StoredQueue<HeldInFile>>();
  #closing: Promise<void> | undefined;

  private constructor({ database, walFile }: OpenDatabase, file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
    this.#database = database;
    this.#wal = openSync(walFile, 'r+');
    this.#commits = new SqliteCommits({ database, file, wal: this.#wal, clock });
    this.#sql = new SqliteStatements(database);
    this.#openQueueRow =
      database.prepare(`INSERT INTO queues (name, is_fifo, openings) VALUES (?, ?, 1)
      ON CONFLICT (name) DO UPDATE SET is_fifo = excluded.is_fifo, openings = openings + 1
      RETURNING queue, openings`);
    this.#namesInUse = database.prepare(`SELECT name, is_fifo FROM queues
      WHERE EXISTS (SELECT 1 FROM messages WHERE messages.queue = queues.queue) ORDER BY name`);
    this.state = new SqliteStateStore(database, this.#commits);
  }

  /** @throws {StorageError} when the file cannot be used; `problem` says why */
  static async open(options: SqliteStorageOptions): Promise<SqliteStorage> {
    checkKnownKeys('options', options, ['file', 'clock']);
    const { file, clock = new SystemClock() } = options;
    // SQLite would take an empty name for a file that is dropped at the end, and `:memory:` for none at all.
    if (typeof file !== 'string' || file === '' || file === ':memory:' || file.includes('\0')) {
      throw new InvalidOptionError('file', 'the path of a file', file);
    }
    const opened = openDatabase(file);
    try {
      return new SqliteStorage(opened, file, clock);
    } catch (error) {
      opened.database.close();
      throw storageError(error, file);
    }
  }

  openQueue(options: OpenQueueOptions): DeliveryQueue {
    checkQueueOptions(options);
    const { name } = options;
    this.#checkOpen();
    if (this.#open.has(name)) throw new ConflictError(`The queue "${name}" is open already`);
    this.#checkKind(options);

    const messages = this.#commits.runNow(() => {
      const row = this.#openQueueRow.get(name, Number(options.isFifo)) as unknown as SqliteQueueRow;
      const found = new SqliteMessages(this.#sql, row, options);
      found.endLeases();
      return found;
    });
    const queue = new StoredQueue(options, {
      caps: capsOf(true),
      clock: this.#clock,
      commits: this.#commits,
      messages,
      onClose: () => void this.#open.delete(name),
    });
    this.#open.set(name, queue);
    return queue;
  }

  queueNames(): readonly string[] {
    this.#checkOpen();
    return this.#namesInUse.all().map(({ name }) => String(name));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((queue) => queue.close()));
    await this.#commits.close();
    try {
      this.#database.close();
    } catch (error) {
      throw storageError(error, this.#file);
    } finally {
      closeSync(this.#wal);
    }
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new ClosedError(`The storage "${this.#file}" is closed`);
  }

  /** The order of messages cannot be changed afterwards. */
  #checkKind({ name, isFifo }: OpenQueueOptions): void {
    const kept = this.#namesInUse.all().find((row) => row['name'] === name);
    if (kept === undefined || (kept['is_fifo'] === 1) === isFifo) return;
    const kind = isFifo ? 'a standard queue' : 'a FIFO queue';
    throw new ConflictError(`The queue "${name}" holds messages as ${kind}`);
  }
}
