import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStorage } from '../../src/storage/sqlite-storage.ts';
import { deliveryQueueConformance } from './delivery-queue.conformance.ts';
import { deliveryQueueModel } from './delivery-queue.model.ts';
import { fifoQueueConformance } from './fifo-queue.conformance.ts';
import { queueTimeConformance } from './queue-time.conformance.ts';
import { stateStoreConformance } from './state-store.conformance.ts';
import type { StorageUnderTest } from './storage-under-test.ts';

const subject: StorageUnderTest = {
  name: 'in a SQLite file',
  async make(clock) {
    const folder = mkdtempSync(join(tmpdir(), 'storage-'));
    const file = join(folder, 'state.db');
    const opened = [await SqliteStorage.open({ file, clock })];
    return {
      storage: opened[0] as SqliteStorage,
      async crash() {
        // What the file system holds at this moment is what the next process finds.
        const found = join(folder, 'after-crash.db');
        for (const end of ['', '-wal'])
          if (existsSync(file + end)) copyFileSync(file + end, found + end);
        const next = await SqliteStorage.open({ file: found, clock });
        opened.push(next);
        return next;
      },
      async remove() {
        for (const storage of opened) await storage.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

deliveryQueueConformance(subject);
queueTimeConformance(subject);
fifoQueueConformance(subject);
stateStoreConformance(subject);
deliveryQueueModel(subject, 60);
