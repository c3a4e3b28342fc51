import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { InvalidOptionError } from '../core/errors.ts';
import type { SqliteCommits } from './sqlite-commits.ts';
import { checkStateChanges } from './state-input.ts';
import type { StateChanges, StateDocument, StateStore } from './state-store.ts';

/** A `StateStore` in the file of the queues. */
export class SqliteStateStore implements StateStore {
  readonly #commits: SqliteCommits;
  readonly #list: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #use: StatementSync;
  readonly #unuse: StatementSync;
  readonly #readBlob: StatementSync;
  readonly #hasBlob: StatementSync;
  readonly #putBlob: StatementSync;
  readonly #dropUnused: StatementSync;

  constructor(database: DatabaseSync, commits: SqliteCommits) {
    this.#commits = commits;
    this.#list = database.prepare(
      'SELECT key, json, blobs FROM documents WHERE key >= ? AND key < ? ORDER BY key',
    );
    this.#put = database.prepare(
      'INSERT OR REPLACE INTO documents (key, json, blobs) VALUES (?, ?, ?)',
    );
    this.#delete = database.prepare('DELETE FROM documents WHERE key = ?');
    this.#use = database.prepare('INSERT OR IGNORE INTO document_blobs (hash, key) VALUES (?, ?)');
    this.#unuse = database.prepare('DELETE FROM document_blobs WHERE key = ? RETURNING hash');
    this.#readBlob = database.prepare('SELECT bytes FROM blobs WHERE hash = ?');
    this.#hasBlob = database.prepare('SELECT 1 FROM blobs WHERE hash = ?');
    this.#putBlob = database.prepare('INSERT OR IGNORE INTO blobs (hash, bytes) VALUES (?, ?)');
    this.#dropUnused = database.prepare(
      'DELETE FROM blobs WHERE hash = ? AND NOT EXISTS (SELECT 1 FROM document_blobs WHERE hash = ?)',
    );
  }

  list(prefix: string): Promise<readonly StateDocument[]> {
    return this.#commits.run(() => {
      // No key has a character behind the last one of Unicode.
      const rows = this.#list.all(prefix, `${prefix}\u{10ffff}`);
      return rows.map((row) => toDocument(row as unknown as DocumentRow));
    }, 'written');
  }

  async write(changes: StateChanges): Promise<void> {
    // The caller may go on with its own lists before the work runs.
    const { put = [], blobs = new Map<string, Uint8Array>(), delete: removed = [] } = changes;
    const own = { ...changes, put: [...put], blobs: new Map(blobs), delete: [...removed] };
    const refusal = await this.#commits.run(() => {
      // Not thrown here: others share the transaction.
      const error = this.#refusalOf(own);
      if (error === undefined) this.#apply(own);
      return error;
    }, 'durable');
    if (refusal !== undefined) throw refusal;
  }

  readBlob(hash: string): Promise<Uint8Array | undefined> {
    return this.#commits.run(() => {
      const row = this.#readBlob.get(hash) as { readonly bytes: Uint8Array } | undefined;
      return row?.bytes;
    }, 'written');
  }

  #refusalOf(changes: StateChanges): InvalidOptionError | undefined {
    try {
      checkStateChanges(changes, (hash) => this.#hasBlob.get(hash) !== undefined);
      return undefined;
    } catch (error) {
      if (error instanceof InvalidOptionError) return error;
      throw error;
    }
  }

  #apply({ put = [], blobs, delete: removed = [] }: StateChanges): void {
    const maybeUnused = new Set<string>();
    for (const key of [...removed, ...put.map((document) => document.key)]) {
      this.#delete.run(key);
      for (const { hash } of this.#unuse.all(key)) maybeUnused.add(String(hash));
    }
    for (const { key, json, blobs: hashes } of put) {
      this.#put.run(key, json, JSON.stringify(hashes));
      for (const hash of hashes) {
        this.#use.run(hash, key);
        const bytes = blobs?.get(hash);
        if (bytes !== undefined) this.#putBlob.run(hash, bytes);
      }
    }
    for (const hash of maybeUnused) this.#dropUnused.run(hash, hash);
  }
}

interface DocumentRow {
  readonly key: string;
  readonly json: string;
  readonly blobs: string;
}

function toDocument({ key, json, blobs }: DocumentRow): StateDocument {
  return Object.freeze({ key, json, blobs: Object.freeze(JSON.parse(blobs) as string[]) });
}
