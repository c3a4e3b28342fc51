/** Longer keys are no names of real code, but would let a guest fill the host's memory. */
const maxKeyLength = 1_024;

/**
 * A memo that a guest can fill with keys of its choice, and that therefore forgets everything when it
 * is full. Refilling costs little; least-recently-used bookkeeping on every hit would cost more.
 */
export class BoundedCache<V> {
  /** Boxed, because `undefined` is a value like any other. */
  readonly #entries = new Map<string, { readonly value: V }>();
  readonly #maxEntries: number;

  constructor(maxEntries = 20_000) {
    this.#maxEntries = maxEntries;
  }

  getOrCompute(key: string, compute: (key: string) => V): V {
    if (key.length > maxKeyLength) return compute(key);
    const cached = this.#entries.get(key);
    if (cached !== undefined) return cached.value;
    const value = compute(key);
    if (this.#entries.size >= this.#maxEntries) this.#entries.clear();
    this.#entries.set(key, { value });
    return value;
  }
}
