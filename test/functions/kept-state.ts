import type { StateChanges, StateDocument, StateStore } from '../../src/storage/state-store.ts';

/** A storage that outlives the stores which write to it, and fails or waits when a test says so. */
export class KeptState implements StateStore {
  readonly documents = new Map<string, StateDocument>();
  readonly blobs = new Map<string, Uint8Array>();
  /** Thrown by the next write, which then keeps nothing. */
  failure: Error | undefined;
  /** Writes wait for it. */
  gate: Promise<void> | undefined;
  writes = 0;

  async list(prefix: string): Promise<readonly StateDocument[]> {
    return [...this.documents.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async write({ put = [], blobs = new Map(), delete: gone = [] }: StateChanges): Promise<void> {
    await this.gate;
    this.writes += 1;
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    for (const document of put) this.documents.set(document.key, document);
    for (const key of gone) this.documents.delete(key);
    for (const [hash, bytes] of blobs) this.blobs.set(hash, bytes);
    const needed = new Set([...this.documents.values()].flatMap((document) => document.blobs));
    for (const hash of needed) if (!this.blobs.has(hash)) throw new Error(`no bytes for ${hash}`);
    for (const hash of this.blobs.keys()) if (!needed.has(hash)) this.blobs.delete(hash);
  }

  async readBlob(hash: string): Promise<Uint8Array | undefined> {
    return this.blobs.get(hash);
  }

  /** Changes what a document says, as a damaged disk or a later release would. */
  damage(key: string, change: (content: Record<string, unknown>) => unknown): void {
    const document = this.documents.get(key);
    if (document === undefined) throw new Error(`no document ${key}`);
    const json = JSON.stringify(change(JSON.parse(document.json) as Record<string, unknown>));
    this.documents.set(key, { ...document, json });
  }
}
