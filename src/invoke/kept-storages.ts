import type { FunctionVersionRecord } from '../functions/function-record.ts';
import type { EnvironmentStorage } from './executor.ts';

/** What a reset left behind, and whose it is. */
export interface KeptStorage {
  readonly version: FunctionVersionRecord;
  readonly tenantId: string | undefined;
  readonly storage: EnvironmentStorage;
  /** Epoch milliseconds. */
  readonly sinceMs: number;
}

/** `/tmp`s of environments that were reset; each waits for the environment that takes the place. */
export class KeptStorages {
  /** Oldest first. */
  #kept: readonly KeptStorage[] = [];

  /** When the oldest came; epoch milliseconds. */
  get oldestMs(): number {
    return this.#kept[0]?.sinceMs ?? Infinity;
  }

  keep(kept: KeptStorage): void {
    this.#kept = [...this.#kept, kept];
  }

  /** The latest of that version and tenant. */
  take(
    version: FunctionVersionRecord,
    tenantId: string | undefined,
  ): EnvironmentStorage | undefined {
    const found = this.#kept.findLast(
      (kept) => kept.version === version && kept.tenantId === tenantId,
    );
    if (found === undefined) return undefined;
    this.#kept = this.#kept.filter((kept) => kept !== found);
    return found.storage;
  }

  /** Disposes those that `which` names, asked in order, oldest first; returns the bytes they took. */
  forget(which: (kept: KeptStorage) => boolean): number {
    let bytes = 0;
    const left: KeptStorage[] = [];
    for (const kept of this.#kept) {
      if (!which(kept)) {
        left.push(kept);
        continue;
      }
      bytes += kept.storage.usedBytes;
      kept.storage.dispose();
    }
    this.#kept = left;
    return bytes;
  }
}
