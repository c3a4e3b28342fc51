/** A constructor that answers with the object it was given, so that its heirs put their fields there. */
const Stamp = function (this: unknown, object: object): object {
  return object;
} as unknown as new (object: object) => object;

/** Something that belongs to an object and that nobody finds there: not with symbols, not with proxies. */
export interface Hidden<T> {
  /** Once for each object. */
  put(object: object, value: T): void;
  of(object: object): T;
}

export function hidden<T>(): Hidden<T> {
  class Holder extends Stamp {
    readonly #value: T;

    constructor(object: object, value: T) {
      super(object);
      this.#value = value;
    }

    static of(object: object): T {
      return (object as Holder).#value;
    }
  }
  return {
    put: (object, value) => void new Holder(object, value),
    of: (object) => Holder.of(object),
  };
}
