import { NativeTypeError } from '../primordials.ts';
import { defineBrand, isOf } from './internal/brands.ts';
import { isIterable, usvString } from './internal/conversions.ts';
import { codedError, invalidThis, requireArguments } from './internal/errors.ts';
import { parseUrlencoded, serializeUrlencoded, type Pair } from './internal/form-urlencoded.ts';
import {
  defineInspector,
  defineInterface,
  innerOptions,
  setConstructorLength,
  setLengths,
} from './internal/interfaces.ts';
import { definePairIterators } from './internal/pair-iterator.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';

/** https://url.spec.whatwg.org/#interface-urlsearchparams */
export class URLSearchParams {
  #pairs: Pair[];
  /** Tells the URL that these are the parameters of. */
  #changed: ((query: string) => void) | undefined;

  constructor(init?: unknown) {
    this.#pairs = pairsFrom(init);
  }

  get size(): number {
    checkReceiver(this);
    return this.#pairs.length;
  }

  append(name: unknown, value: unknown): void {
    checkReceiver(this);
    requireArguments(arguments.length, 'name', 'value');
    this.#pairs.push([usvString(name), usvString(value)]);
    this.#update();
  }

  delete(name: unknown, value?: unknown): void {
    checkReceiver(this);
    requireArguments(arguments.length, 'name');
    const key = usvString(name);
    const only = value === undefined ? undefined : usvString(value);
    this.#pairs = this.#pairs.filter(
      (pair) => pair[0] !== key || (only !== undefined && pair[1] !== only),
    );
    this.#update();
  }

  get(name: unknown): string | null {
    checkReceiver(this);
    requireArguments(arguments.length, 'name');
    const key = usvString(name);
    return this.#pairs.find((pair) => pair[0] === key)?.[1] ?? null;
  }

  getAll(name: unknown): string[] {
    checkReceiver(this);
    requireArguments(arguments.length, 'name');
    const key = usvString(name);
    return this.#pairs.filter((pair) => pair[0] === key).map((pair) => pair[1]);
  }

  has(name: unknown, value?: unknown): boolean {
    checkReceiver(this);
    requireArguments(arguments.length, 'name');
    const key = usvString(name);
    const only = value === undefined ? undefined : usvString(value);
    return this.#pairs.some((pair) => pair[0] === key && (only === undefined || pair[1] === only));
  }

  set(name: unknown, value: unknown): void {
    checkReceiver(this);
    requireArguments(arguments.length, 'name', 'value');
    const key = usvString(name);
    const text = usvString(value);
    const first = this.#pairs.findIndex((pair) => pair[0] === key);
    if (first < 0) {
      this.#pairs.push([key, text]);
    } else {
      this.#pairs[first] = [key, text];
      this.#pairs = this.#pairs.filter((pair, index) => index <= first || pair[0] !== key);
    }
    this.#update();
  }

  /** By UTF-16 code units; stable. */
  sort(): void {
    checkReceiver(this);
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#update();
  }

  toString(): string {
    checkReceiver(this);
    return serializeUrlencoded(this.#pairs);
  }

  #update(): void {
    this.#changed?.(serializeUrlencoded(this.#pairs));
  }

  /** What `URL` and the iterators do with parameters; taken away from the class below. */
  static internals = {
    isParams: (value: object): boolean => #pairs in value,
    pairsOf: (params: URLSearchParams): Pair[] => params.#pairs,
    reset: (params: URLSearchParams, query: string): void => {
      params.#pairs = parseUrlencoded(query);
    },
    connect: (params: URLSearchParams, changed: (query: string) => void): void => {
      params.#changed = changed;
    },
  };
}

function checkReceiver(self: unknown): void {
  if (typeof self === 'object' && self !== null && internals.isParams(self)) return;
  throw invalidThis('URLSearchParams');
}

const { internals } = URLSearchParams;
delete (URLSearchParams as { internals?: unknown }).internals;

/** For `URL`: parameters of a query that report each change. */
export const { reset: resetParams, connect: connectParams } = internals;

function pairsFrom(init: unknown): Pair[] {
  if (init === undefined) return [];
  if ((typeof init === 'object' && init !== null) || typeof init === 'function') {
    const method = (init as Partial<Iterable<unknown>>)[Symbol.iterator];
    const isPlainParams =
      isOf('URLSearchParams', init) &&
      method === (URLSearchParams.prototype as unknown as Iterable<unknown>)[Symbol.iterator];
    if (isPlainParams) {
      return internals.pairsOf(init as URLSearchParams).map(([name, value]) => [name, value]);
    }
    if (method !== undefined && method !== null) return pairsOfSequence(init, method);
    return pairsOfRecord(init);
  }
  const text = usvString(init);
  return parseUrlencoded(text.startsWith('?') ? text.slice(1) : text);
}

function pairsOfSequence(init: object, method: unknown): Pair[] {
  if (typeof method !== 'function') {
    const message = 'Query pairs must be iterable';
    throw codedError(NativeTypeError, 'ERR_ARG_NOT_ITERABLE', message);
  }
  const pairs: Pair[] = [];
  for (const item of init as Iterable<unknown>) {
    const pair = isIterable(item) ? [...item] : [];
    if (pair.length !== 2) {
      const message = 'Each query pair must be an iterable [name, value] tuple';
      throw codedError(NativeTypeError, 'ERR_INVALID_TUPLE', message);
    }
    pairs.push([usvString(pair[0]), usvString(pair[1])]);
  }
  return pairs;
}

/** Keys that become equal when they are made well-formed keep the last value. */
function pairsOfRecord(init: object): Pair[] {
  const found = new Map<string, string>();
  for (const key of Reflect.ownKeys(init)) {
    if (Reflect.getOwnPropertyDescriptor(init, key)?.enumerable !== true) continue;
    const name = usvString(key);
    found.set(name, usvString((init as Record<PropertyKey, unknown>)[key]));
  }
  return [...found];
}

defineBrand('URLSearchParams', internals.isParams);
definePairIterators(URLSearchParams, 'URLSearchParams', (params) => {
  checkReceiver(params);
  return internals.pairsOf(params);
});
defineInterface(URLSearchParams, 'URLSearchParams', [
  'size',
  'append',
  'delete',
  'get',
  'getAll',
  'has',
  'set',
  'sort',
  'toString',
]);
defineInspector(URLSearchParams.prototype, function (depth, options, inspect) {
  checkReceiver(this);
  if (depth !== null && depth < 0) return '[Object]';
  const inner = innerOptions(options, depth);
  const shown = internals
    .pairsOf(this)
    .map(([name, value]) => `${inspect(name, inner)} => ${inspect(value, inner)}`);
  const { name } = this.constructor;
  if (shown.length === 0) return `${name} {}`;
  const line = shown.join(', ');
  const isLong = line.length > (options.breakLength ?? Infinity);
  return isLong ? `${name} {\n  ${shown.join(',\n  ')} }` : `${name} { ${line} }`;
});
setConstructorLength(URLSearchParams, 0);
setLengths(URLSearchParams.prototype, { delete: 1, has: 1 });
definePlatformKind({ isOf: internals.isParams });
