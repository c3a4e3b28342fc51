import type { Clock } from '../core/clock.ts';
import { MemoryStorage } from './memory-storage.ts';
import type { Storage } from './storage.ts';
import type { ResolvedStorage } from './storage-option.ts';

/** Opens what the option `storage` names. Node's SQLite is loaded only when there is a file. */
export async function openStorage(option: ResolvedStorage, clock: Clock): Promise<Storage> {
  if (option.kind === 'memory') return new MemoryStorage({ clock });
  const { SqliteStorage } = await import('./sqlite-storage.ts');
  return SqliteStorage.open({ file: option.path, clock });
}
