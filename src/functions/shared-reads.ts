/**
 * Values that take long to read: everybody who asks for one while it is read, or while somebody still holds it,
 * gets the same. Holds nothing itself.
 */
export class SharedReads<Value extends object> {
  readonly #reading = new Map<string, Promise<Value>>();
  readonly #held = new Map<string, WeakRef<Value>>();
  readonly #freed = new FinalizationRegistry<string>((key) => {
    if (this.#held.get(key)?.deref() === undefined) this.#held.delete(key);
  });

  /** A read that fails is tried again by the next one who asks. */
  get(key: string, read: () => Promise<Value>): Promise<Value> {
    const held = this.#held.get(key)?.deref();
    if (held !== undefined) return Promise.resolve(held);
    const reading = this.#reading.get(key) ?? this.#read(key, read);
    this.#reading.set(key, reading);
    return reading;
  }

  async #read(key: string, read: () => Promise<Value>): Promise<Value> {
    try {
      const value = await read();
      this.#held.set(key, new WeakRef(value));
      this.#freed.register(value, key);
      return value;
    } finally {
      this.#reading.delete(key);
    }
  }
}
