import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BrokerContext } from '../../src/brokers/broker-context.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { SqliteStorage } from '../../src/storage/sqlite-storage.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

export interface SharedContext {
  readonly clock: VirtualClock;
  readonly openQueue: BrokerContext['openQueue'];
}

/** For tests that hold wherever messages are kept: a clock and a storage that brokers share until its end. */
export const storages: readonly [string, () => Promise<SharedContext>][] = [
  ['in memory', inMemory],
  ['in a SQLite file', inFile],
];

async function inMemory(): Promise<SharedContext> {
  const clock = new VirtualClock();
  const storage = new MemoryStorage({ clock });
  return { clock, openQueue: (options) => storage.openQueue(options) };
}

async function inFile(): Promise<SharedContext> {
  const clock = new VirtualClock();
  const folder = mkdtempSync(join(tmpdir(), 'brokers-'));
  const storage = await SqliteStorage.open({ file: join(folder, 'state.db'), clock });
  onTestFinished(async () => {
    await storage.close();
    rmSync(folder, { recursive: true });
  });
  return { clock, openQueue: (options) => storage.openQueue(options) };
}
