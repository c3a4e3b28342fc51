import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { SqliteCommits } from '../../src/storage/sqlite-commits.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** No file is open under this number, so a sync of it fails. */
const noFile = 2 ** 20;

test('after a sync that failed nothing is taken any more', async () => {
  const clock = new VirtualClock();
  const database = new DatabaseSync(':memory:');
  const commits = new SqliteCommits({ database, file: 'state.db', wal: noFile, clock });
  const outcomes = await Promise.allSettled([
    commits.run(() => 1, 'written'),
    commits.run(() => 2, 'durable'),
    commits.run(() => 3, 'durable'),
  ]);
  const failed = { status: 'rejected', reason: { code: 'ERR_STORAGE', problem: 'failed' } };
  expect(outcomes).toMatchObject([{ status: 'fulfilled', value: 1 }, failed, failed]);

  const work = vi.fn<() => void>();
  await expect(commits.run(work, 'written')).rejects.toMatchObject({ code: 'ERR_STORAGE' });
  expect(() => commits.runNow(work)).toThrow(expect.objectContaining({ code: 'ERR_STORAGE' }));
  expect(work).not.toHaveBeenCalled();
  await commits.close();
  expect(clock.held()).toEqual([]);
});

test('changes of one turn share a transaction, and it is over before the next one', async () => {
  const database = new DatabaseSync(':memory:');
  const clock = new VirtualClock();
  const commits = new SqliteCommits({ database, file: 'state.db', wal: 1, clock });
  database.exec('CREATE TABLE changes (turn INTEGER)');
  const add = database.prepare('INSERT INTO changes VALUES (?)');
  const count = database.prepare('SELECT count(*) AS value FROM changes');
  const change = (turn: number): Promise<unknown> =>
    commits.run(() => void add.run(turn), 'written');
  const fail = (): Promise<unknown> =>
    commits.run(() => {
      throw new Error('no room');
    }, 'written');

  const first = await Promise.allSettled([change(1), fail(), change(1)]);
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(count.get()).toEqual({ value: 0 });
  await Promise.all([change(2), change(2)]);
  expect(count.get()).toEqual({ value: 2 });
});
