import type { Clock } from '../core/clock.ts';
import { encrypted } from './encryption/encrypted-storage.ts';
import type { KeyProvider } from './encryption/key-option.ts';
import { MemoryStorage } from './memory-storage.ts';
import type { Storage } from './storage.ts';
import type { ResolvedStorage } from './storage-option.ts';

/**
 * Opens what the option `storage` names. Node's SQLite is loaded only when there is a file.
 * @param keys for the file; what dies with the process is not encrypted
 */
export async function openStorage(
  option: ResolvedStorage,
  clock: Clock,
  keys: readonly KeyProvider[] = [],
): Promise<Storage> {
  if (option.kind === 'memory') return new MemoryStorage({ clock });
  const { SqliteStorage } = await import('./sqlite-storage.ts');
  const storage = await SqliteStorage.open({ file: option.path, clock });
  try {
    return await encrypted(storage, keys, option.path);
  } catch (error) {
    await storage.close();
    throw error;
  }
}
