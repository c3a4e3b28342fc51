/**
 * Where the control plane keeps what must outlive the process: small JSON documents under readable keys, and
 * bytes (deployment packages) under their hash. Kept in memory it is only as long-lived as the `Lambda`.
 */
export interface StateStore {
  /** Every document whose key begins with `prefix`, in the order of the keys. */
  list(prefix: string): Promise<readonly StateDocument[]>;
  /** Applies all of it, or none. Resolves when it is as safe as the storage can make it. */
  write(changes: StateChanges): Promise<void>;
  /** Bytes by their hash; `undefined` when nobody keeps them. */
  readBlob(hash: string): Promise<Uint8Array | undefined>;
}

export interface StateDocument {
  /** Such as `function/orders`. */
  readonly key: string;
  readonly json: string;
  /** Hashes of the bytes that the document needs; bytes that no document needs any more go away. */
  readonly blobs: readonly string[];
}

export interface StateChanges {
  /** Replaces what is there. */
  readonly put?: readonly StateDocument[];
  /** Bytes that `put` names and the store may not have yet. */
  readonly blobs?: ReadonlyMap<string, Uint8Array>;
  /** Keys; those that are not there are no error. */
  readonly delete?: readonly string[];
}
