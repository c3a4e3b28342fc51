import { NativeTypeError } from '../../primordials.ts';
import { invalidThis } from './errors.ts';
import { defineInspector, innerOptions, setLength } from './interfaces.ts';

/** Iterators of `URLSearchParams`, `Headers` and `FormData`: live, over a list of pairs that may change. */
type Pairs = readonly (readonly [string, unknown])[];
type Kind = 'entries' | 'keys' | 'values';

const iteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf([][Symbol.iterator]()),
) as object;

interface PairIterators<T extends object> {
  readonly iterate: (self: T, kind: Kind) => IterableIterator<unknown>;
}

/** Adds `keys`, `values`, `entries`, `forEach` and `Symbol.iterator` to an interface. */
export function definePairIterators<T extends object>(
  constructor: { readonly prototype: T },
  name: string,
  pairsOf: (self: T) => Pairs,
): void {
  const { iterate } = pairIterators(name, pairsOf);
  const methods = {
    keys(this: T) {
      return iterate(this, 'keys');
    },
    values(this: T) {
      return iterate(this, 'values');
    },
    entries(this: T) {
      return iterate(this, 'entries');
    },
    forEach(this: T, callback: unknown, thisArgument?: unknown) {
      pairsOf(this);
      if (typeof callback !== 'function') {
        throw Object.assign(
          new NativeTypeError('The "callback" argument must be of type function.'),
          { code: 'ERR_INVALID_ARG_TYPE' },
        );
      }
      for (let index = 0; index < pairsOf(this).length; index += 1) {
        const [key, value] = pairsOf(this)[index] ?? ['', undefined];
        Reflect.apply(callback, thisArgument, [value, key, this]);
      }
    },
  };
  setLength(methods.forEach, 1);
  const { prototype } = constructor;
  for (const [key, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  Object.defineProperty(prototype, Symbol.iterator, {
    value: methods.entries,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

function pairIterators<T extends object>(
  name: string,
  pairsOf: (self: T) => Pairs,
): PairIterators<T> {
  class PairIterator {
    readonly #self: T;
    readonly #kind: Kind;
    #index = 0;

    constructor(self: T, kind: Kind) {
      this.#self = self;
      this.#kind = kind;
    }

    next(): IteratorResult<unknown> {
      if (typeof this !== 'object' || this === null || !(#self in this))
        throw invalidThis(`${name}Iterator`);
      const pair = pairsOf(this.#self)[this.#index];
      if (pair === undefined) return { value: undefined, done: true };
      this.#index += 1;
      return { value: this.#valueOf(pair), done: false };
    }

    #valueOf(pair: Pairs[number]): unknown {
      if (this.#kind === 'keys') return pair[0];
      return this.#kind === 'values' ? pair[1] : [pair[0], pair[1]];
    }

    /** What is still to come. */
    static restOf(self: PairIterator): unknown[] {
      return pairsOf(self.#self)
        .slice(self.#index)
        .map((pair) => self.#valueOf(pair));
    }
  }
  defineInspector(PairIterator.prototype, function (depth, options, inspect) {
    if (depth !== null && depth < 0) return '[Object]';
    const inner = innerOptions(options, depth);
    const rest = PairIterator.restOf(this);
    const shown = rest.map((item) => inspect(item, inner));
    const hasLines = inspect(rest, inner).includes('\n');
    return `${name} Iterator {${hasLines ? '\n  ' : ' '}${shown.join(hasLines ? ',\n  ' : ', ')} }`;
  });
  const prototype = PairIterator.prototype as unknown as { constructor?: unknown };
  delete prototype.constructor;
  Object.setPrototypeOf(prototype, iteratorPrototype);
  Object.defineProperty(prototype, 'next', { enumerable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, {
    value: `${name} Iterator`,
    configurable: true,
  });
  return {
    iterate: (self, kind) => {
      // Refuses a wrong receiver at once, not at the first `next`.
      pairsOf(self);
      return new PairIterator(self, kind) as unknown as IterableIterator<unknown>;
    },
  };
}
