import { realpathSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { StorageError, storageError } from './storage-error.ts';

/** "isol", in the header of every file of ours. */
const applicationId = 0x69736f6c;

/** Grows when older versions of this code cannot read what this one writes. */
const formatVersion = 1;

const schema = `
  CREATE TABLE queues (
    queue INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    is_fifo INTEGER NOT NULL,
    -- How often it was opened: leases of an earlier time are void.
    openings INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    queue INTEGER NOT NULL,
    -- 0 ready, 1 delayed, 2 leased, 3 ready behind others of its group
    state INTEGER NOT NULL,
    -- 0: its place in line. 1 and 2: epoch milliseconds at which that ends.
    rank INTEGER NOT NULL,
    -- Whether its last receipt still answers for it.
    is_held INTEGER NOT NULL,
    id TEXT NOT NULL,
    meta TEXT NOT NULL,
    reason TEXT,
    sent_ms INTEGER NOT NULL,
    receive_count INTEGER NOT NULL,
    first_received_ms INTEGER NOT NULL,
    group_id TEXT,
    dedup_id TEXT
  ) STRICT;
  CREATE INDEX messages_by_rank ON messages (queue, state, rank);
  CREATE INDEX messages_by_age ON messages (queue, sent_ms);
  CREATE INDEX messages_by_group ON messages (queue, group_id) WHERE group_id IS NOT NULL;

  -- Apart from the messages: those are written anew with each receipt.
  CREATE TABLE bodies (
    sequence INTEGER PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE dedup (
    queue INTEGER NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    sent_ms INTEGER NOT NULL,
    PRIMARY KEY (queue, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX dedup_by_age ON dedup (queue, sent_ms);

  CREATE TABLE documents (
    key TEXT PRIMARY KEY,
    json TEXT NOT NULL,
    -- The hashes as a JSON array, in the order of the document.
    blobs TEXT NOT NULL
  ) STRICT;
  CREATE TABLE document_blobs (
    hash TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (hash, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX document_blobs_by_key ON document_blobs (key);
  CREATE TABLE blobs (
    hash TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
  ) STRICT;
`;

export interface OpenDatabase {
  readonly database: DatabaseSync;
  /** The file into which SQLite writes first. */
  readonly walFile: string;
}

/** Opens a file for this process alone, or makes it. @throws StorageError */
export function openDatabase(file: string): OpenDatabase {
  const sqlite = loadSqlite(file);
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(file);
    // The lock that comes with the first access is kept until the end of the process.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const isNew = isEmpty(database);
    if (!isNew) checkFormat(database, file);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    if (isNew) makeSchema(database);
    // From here on the storage itself says when what was written has to reach the disk (SqliteCommits).
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec('PRAGMA cache_size = -16000');
    return { database, walFile: `${realpathSync(file)}-wal` };
  } catch (error) {
    database?.close();
    throw storageError(error, file);
  }
}

/**
 * Loaded when a file is opened and not before: some lines of Node print a warning then, once for the process,
 * that SQLite is experimental there. It is Node's to say and stays.
 */
function loadSqlite(file: string): typeof import('node:sqlite') {
  const sqlite = process.getBuiltinModule('node:sqlite') as
    | typeof import('node:sqlite')
    | undefined;
  if (sqlite !== undefined) return sqlite;
  throw new StorageError(
    'unsupported',
    file,
    `The storage "${file}" needs Node's SQLite, which this Node ${process.versions.node} does not have: ` +
      'use Node 22.13 or later, or start Node 22.12 with --experimental-sqlite',
  );
}

/** Also the first access: it fails when somebody else has the file. */
function isEmpty(database: DatabaseSync): boolean {
  return numberOf(database, 'SELECT count(*) AS value FROM sqlite_schema') === 0;
}

function checkFormat(database: DatabaseSync, file: string): void {
  if (
    numberOf(database, 'SELECT application_id AS value FROM pragma_application_id') !==
    applicationId
  ) {
    throw new StorageError(
      'not-a-storage',
      file,
      `The storage "${file}" is a SQLite database of another program`,
    );
  }
  const version = numberOf(database, 'SELECT user_version AS value FROM pragma_user_version');
  if (version <= formatVersion) return;
  throw new StorageError(
    'too-new',
    file,
    `The storage "${file}" has format ${version}, and this version of isolambda reads up to ${formatVersion}: ` +
      'use the version that wrote it, or a later one',
  );
}

function makeSchema(database: DatabaseSync): void {
  database.exec(`
    BEGIN IMMEDIATE;
    ${schema}
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${formatVersion};
    COMMIT;
  `);
}

function numberOf(database: DatabaseSync, sql: string): number {
  const { value } = database.prepare(sql).get() as { value: number };
  return value;
}
