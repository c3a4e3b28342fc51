import { fdatasync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../core/clock.ts';
import { ClosedError } from '../core/errors.ts';
import type { Commits, Participant, Safety } from './commits.ts';
import { storageError, type StorageError } from './storage-error.ts';

export interface SqliteCommitsOptions {
  readonly database: DatabaseSync;
  /** For messages. */
  readonly file: string;
  /** Descriptor of the file into which SQLite writes first. */
  readonly wal: number;
  readonly clock: Clock;
}

/** What is told when a change is kept or taken back. */
interface Ending {
  readonly safety: Safety;
  readonly kept: () => void;
  readonly takenBack: (error: unknown) => void;
}

interface Work {
  /** Throws what the work throws; adds its ending. */
  readonly run: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * All changes of one turn of the event loop go into one transaction. SQLite writes it into its log without
 * waiting for the disk; what has to be durable then waits for a sync of the log that a thread of Node's pool
 * does, one at a time, so the host goes on meanwhile and a sync covers every transaction before it.
 */
export class SqliteCommits implements Commits {
  readonly #file: string;
  readonly #wal: number;
  readonly #clock: Clock;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #participants = new Set<Participant>();
  #works: Work[] = [];
  /** Of the transaction that runs now. */
  #endings: Ending[] = [];
  /** Written, and waiting for the disk. */
  #unsafe: Ending[] = [];
  /** Waits for the sync that runs now. */
  #syncing: Ending[] | undefined;
  #release: (() => void) | undefined;
  /** Why nothing is taken any more: closed, or a sync failed and nobody knows what is on the disk. */
  #end: Error | undefined;

  constructor({ database, file, wal, clock }: SqliteCommitsOptions) {
    this.#file = file;
    this.#wal = wal;
    this.#clock = clock;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
  }

  async run<T>(work: () => T | Promise<T>, safety: Safety): Promise<T> {
    if (this.#end !== undefined) throw this.#end;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const run = (): void => {
      const value = work();
      this.#endings.push({ safety, kept: () => resolve(value), takenBack: reject });
    };
    if (this.#works.push({ run, reject }) === 1) this.#schedule();
    return promise;
  }

  onEnd(kept: () => void, takenBack: (error: unknown) => void): void {
    this.#endings.push({ safety: 'in-order', kept, takenBack });
  }

  join(participant: Participant): void {
    this.#participants.add(participant);
  }

  async settled(): Promise<void> {
    try {
      // A sync covers every transaction before it.
      await this.run(() => {}, 'durable');
    } catch {
      // They were told who asked for what failed.
    }
  }

  /** Refuses everything that comes after what was asked for until now. */
  async close(): Promise<void> {
    await this.settled();
    this.#end ??= new ClosedError(`The storage "${this.#file}" is closed`);
  }

  /** Makes a change at once, in a transaction of its own. @throws StorageError */
  runNow<T>(work: () => T): T {
    if (this.#end !== undefined) throw this.#end;
    try {
      this.#begin.run();
      const value = work();
      this.#commit.run();
      return value;
    } catch (error) {
      this.#takeBack();
      throw storageError(error, this.#file);
    }
  }

  #schedule(): void {
    this.#release ??= this.#clock.hold?.(`a change of the storage "${this.#file}"`);
    setImmediate(() => this.#runAll());
  }

  #runAll(): void {
    const works = this.#works;
    this.#works = [];
    try {
      if (this.#end !== undefined) throw this.#end;
      this.#begin.run();
      for (const work of works) work.run();
      this.#commit.run();
    } catch (error) {
      this.#fail(works, storageError(error, this.#file));
      return;
    }
    const endings = this.#takeEndings();
    for (const ending of endings) if (ending.safety === 'durable') this.#unsafe.push(ending);
    for (const ending of endings) {
      if (ending.safety === 'written') ending.kept();
      else if (ending.safety === 'in-order') this.#keepInOrder(ending);
    }
    this.#sync();
  }

  #keepInOrder(ending: Ending): void {
    if (this.#unsafe.length > 0) this.#unsafe.push(ending);
    else if (this.#syncing !== undefined) this.#syncing.push(ending);
    else ending.kept();
  }

  #fail(works: readonly Work[], error: StorageError): void {
    this.#takeBack();
    const participants = [...this.#participants];
    for (const { takenBack } of this.#takeEndings()) takenBack(error);
    for (const { reject } of works) reject(error);
    for (const participant of participants) participant.takenBack(error);
    this.#sync();
  }

  #takeEndings(): Ending[] {
    const endings = this.#endings;
    this.#endings = [];
    this.#participants.clear();
    return endings;
  }

  #takeBack(): void {
    try {
      this.#rollback.run();
    } catch {
      // Some errors end the transaction by themselves, and then there is none: the first error counts.
    }
  }

  #sync(): void {
    if (this.#syncing !== undefined) return;
    if (this.#unsafe.length === 0) {
      if (this.#works.length === 0) this.#rest();
      return;
    }
    const endings = this.#unsafe;
    this.#unsafe = [];
    this.#syncing = endings;
    fdatasync(this.#wal, (error) => {
      this.#syncing = undefined;
      if (error === null) for (const { kept } of endings) kept();
      else this.#giveUp(endings, error);
      this.#sync();
    });
  }

  /** The system may have dropped what it could not write, so asking it again would prove nothing. */
  #giveUp(endings: readonly Ending[], cause: Error): void {
    const error = storageError(cause, this.#file);
    this.#end = error;
    const unsafe = this.#unsafe;
    this.#unsafe = [];
    for (const { takenBack } of [...endings, ...unsafe]) takenBack(error);
  }

  #rest(): void {
    this.#release?.();
    this.#release = undefined;
  }
}
