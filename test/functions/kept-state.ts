import { MemoryStateStore } from '../../src/storage/memory-state-store.ts';
import type { StateChanges, StateDocument } from '../../src/storage/state-store.ts';

/** A storage that outlives the stores which write to it, and fails, waits or loses what a test says. */
export class KeptState extends MemoryStateStore {
  /** Thrown by the next write, which then keeps nothing. */
  failure: Error | undefined;
  /** Writes wait for it. */
  gate: Promise<void> | undefined;
  writes = 0;
  /** What a damaged disk gives instead of the bytes. */
  readonly damagedBlobs = new Map<string, Uint8Array | undefined>();

  override async write(changes: StateChanges): Promise<void> {
    await this.gate;
    this.writes += 1;
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    await super.write(changes);
  }

  override async readBlob(hash: string): Promise<Uint8Array | undefined> {
    return this.damagedBlobs.has(hash) ? this.damagedBlobs.get(hash) : super.readBlob(hash);
  }

  /** Hashes that documents name. */
  async hashes(): Promise<ReadonlySet<string>> {
    return new Set((await this.list('')).flatMap(({ blobs }) => blobs));
  }

  async document(key: string): Promise<StateDocument> {
    const found = (await this.list(key)).find((document) => document.key === key);
    if (found === undefined) throw new Error(`no document ${key}`);
    return found;
  }

  /** Changes what a document says, as a damaged disk or a later release would. */
  async damage(key: string, change: (content: Record<string, unknown>) => unknown): Promise<void> {
    const document = await this.document(key);
    const json = JSON.stringify(change(JSON.parse(document.json) as Record<string, unknown>));
    await super.write({ put: [{ ...document, json }] });
  }
}
