/** What a test does to a storage in a process of its own: `storage-child.ts <story> <file> [round]`. */
import { openSync, writeSync } from 'node:fs';
import { LambdaError } from '../../src/core/errors.ts';
import { SqliteStorage } from '../../src/storage/sqlite-storage.ts';
import { StorageError } from '../../src/storage/storage-error.ts';

const [story = '', file = '', round = ''] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const stories: Record<string, () => Promise<void>> = {
  /** Opens it and goes. */
  async open() {
    try {
      await SqliteStorage.open({ file });
      say('open');
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      say(`${error.code} ${error.problem}`);
    }
  },

  /** Sends, and deals with what was sent, until somebody kills it. */
  async work() {
    // What is printed waits in this process while the pipe is full, and would go with it.
    const log = openSync(`${file}.log`, 'a');
    const note = (text: string): void => {
      writeSync(log, `${text}\n`);
      process.stdout.write('.');
    };
    const storage = await SqliteStorage.open({ file });
    const orders = storage.openQueue({ name: 'orders', label: 'orders', isFifo: false });
    const letters = storage.openQueue({ name: 'letters', label: 'letters', isFifo: false });
    const send = async (sender: number): Promise<void> => {
      for (let count = 0; ; count += 1) {
        const id = `${round}-${sender}-${count}`;
        await orders.send([{ id, body: 'x'.repeat((count * 97) % 9_000) }]);
        note(`sent ${id}`);
      }
    };
    const receive = async (): Promise<void> => {
      for (let count = 0; ; count += 1) {
        const leases = await orders.receive({ max: 2, waitMs: 1_000, visibilityMs: 60_000 });
        for (const lease of leases) {
          if (count % 3 === 0) {
            note(`taken ${lease.id}`);
            await orders.ack([lease]);
          } else if (count % 3 === 1) {
            await orders.nack(lease, { delayMs: 0, reason: 'again' });
          } else {
            await orders.deadLetter(lease, { reason: 'why', target: letters });
          }
        }
      }
    };
    await Promise.all([send(1), send(2), send(3), receive(), receive()]);
  },

  /** Sends until there is no room, and some more. */
  async fill() {
    const storage = await SqliteStorage.open({ file });
    const orders = storage.openQueue({ name: 'orders', label: 'orders', isFifo: false });
    let refused = 0;
    for (let count = 0; refused < 3; count += 1) {
      const ids = [`${count}a`, `${count}b`];
      const outcomes = await Promise.allSettled(
        ids.map((id) => orders.send([{ id, body: 'x'.repeat(20_000) }])),
      );
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') say(`sent ${ids[index]}`);
        else if (outcome.reason instanceof LambdaError) say(`refused ${ids[index]}`);
        else throw outcome.reason;
      }
      if (outcomes.some(({ status }) => status === 'rejected')) refused += 1;
    }
    say(`then ${orders.stats().ready} ready`);
    process.exit(0);
  },
};

await stories[story]?.();
