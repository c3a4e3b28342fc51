import { NativeTypeError } from '../primordials.ts';
import { dataCloneError, describeUncloneable, kindOf } from './internal/clone-kinds.ts';
import { platformKindOf, type PlatformKind } from './internal/platform-kinds.ts';
import { domString, isIterable } from './internal/conversions.ts';
import { requireArguments } from './internal/errors.ts';
import { isArrayBuffer } from './internal/bytes.ts';

interface Options {
  readonly transfer?: unknown;
}

/** https://html.spec.whatwg.org/#dom-structuredclone */
export function structuredClone(value?: unknown, options?: unknown): unknown {
  requireArguments(arguments.length, 'The value argument must be specified');
  if (!isDictionary(options)) {
    throw argumentError(
      "Failed to execute 'structuredClone': Options cannot be converted to a dictionary",
    );
  }
  const transfer = options?.transfer;
  return cloneWithTransfer(value, transfer === undefined ? [] : transferList(transfer)).copy;
}
Object.defineProperty(structuredClone, 'length', { value: 2, configurable: true });

function isDictionary(options: unknown): options is Options | null | undefined {
  return options === undefined || typeof options === 'object';
}

function transferList(transfer: unknown): object[] {
  if (!isIterable(transfer)) {
    throw argumentError(
      "Failed to execute 'structuredClone': transfer in Options cannot be converted to sequence.",
    );
  }
  const list = [...transfer];
  list.forEach((item) => {
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null) {
      throw argumentError(
        "Failed to execute 'structuredClone': transfer in Options[0] is not an object.",
      );
    }
  });
  return list as object[];
}

function argumentError(message: string): Error {
  return Object.assign(new NativeTypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}

/**
 * Clones a value and moves what is listed: to its copy first, and out of the original when all of the value
 * is cloned, so that a failure leaves everything as it was.
 */
export function cloneWithTransfer(
  value: unknown,
  list: readonly object[],
): { copy: unknown; transferred: object[] } {
  const seen = new Map<object, object>();
  const finishing: (() => void)[] = [];
  const transferred: object[] = [];
  for (const item of list) {
    const { copy, finish } = startTransfer(item, seen);
    seen.set(item, copy);
    transferred.push(copy);
    finishing.push(finish);
  }
  const copy = new Cloning(seen).clone(value);
  for (const finish of finishing) finish();
  return { copy, transferred };
}

function startTransfer(
  item: object,
  seen: ReadonlyMap<object, object>,
): { copy: object; finish(): void } {
  if (isArrayBuffer(item)) {
    if (seen.has(item)) throw dataCloneError('Transfer list contains duplicate ArrayBuffer');
    if (item.detached) throw dataCloneError('An ArrayBuffer is detached and could not be cloned.');
    return { copy: copyOfBuffer(item), finish: () => void item.transfer() };
  }
  const kind = platformKindOf(item);
  if (kind?.transfer === undefined) throw dataCloneError('Value not transferable');
  if (seen.has(item)) throw dataCloneError('Transfer list contains duplicate object');
  return kind.transfer(item);
}

const { slice } = ArrayBuffer.prototype;

function copyOfBuffer(buffer: ArrayBuffer): ArrayBuffer {
  return Reflect.apply(slice, buffer, [0]);
}

const viewConstructors = new Map<string, new (...args: never[]) => object>(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ].map((constructor) => [constructor.name, constructor]),
);
const { Float16Array } = globalThis as { Float16Array?: new (...args: never[]) => object };
if (Float16Array !== undefined) viewConstructors.set('Float16Array', Float16Array);

const errorConstructors: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** One run over one value; remembers what it has met, for cycles and for what appears twice. */
class Cloning {
  readonly #seen: Map<object, object>;

  constructor(seen: Map<object, object>) {
    this.#seen = seen;
  }

  clone(value: unknown): unknown {
    if (typeof value === 'symbol' || typeof value === 'function') throw describeUncloneable(value);
    if (typeof value !== 'object' || value === null) return value;
    return this.#seen.get(value) ?? this.#cloneObject(value);
  }

  #cloneObject(value: object): object {
    const kind = kindOf(value);
    switch (kind) {
      case 'Object':
        return this.#cloneFields(value, this.#keep(value, {}));
      case 'Array':
        return this.#cloneFields(value, this.#keep(value, emptyArray(value as unknown[])));
      case 'Date':
        return this.#keep(value, new Date(Date.prototype.getTime.call(value)));
      case 'RegExp': {
        const { source, flags } = value as RegExp;
        return this.#keep(value, new RegExp(source, flags));
      }
      case 'Boolean':
        return this.#keep(value, Object(Boolean.prototype.valueOf.call(value)) as object);
      case 'Number':
        return this.#keep(value, Object(Number.prototype.valueOf.call(value)) as object);
      case 'String':
        return this.#keep(value, Object(String.prototype.valueOf.call(value)) as object);
      case 'BigInt':
        return this.#keep(value, Object(BigInt.prototype.valueOf.call(value)) as object);
      case 'Map':
        return this.#cloneMap(value as Map<unknown, unknown>);
      case 'Set':
        return this.#cloneSet(value as Set<unknown>);
      case 'Error':
        return this.#cloneError(value as Error);
      case 'ArrayBuffer':
        if ((value as ArrayBuffer).detached) {
          throw dataCloneError('An ArrayBuffer is detached and could not be cloned.');
        }
        return this.#keep(value, copyOfBuffer(value as ArrayBuffer));
      case 'View':
        return this.#cloneView(value as ArrayBufferView);
      default:
        return this.#clonePlatformObject(value, kind);
    }
  }

  #keep<T extends object>(value: object, copy: T): T {
    this.#seen.set(value, copy);
    return copy;
  }

  #cloneFields(value: object, copy: object): object {
    for (const key of Object.keys(value)) {
      // A getter of an earlier field may have taken it away.
      if (!Object.hasOwn(value, key)) continue;
      define(copy, key, this.clone((value as Record<string, unknown>)[key]), true);
    }
    return copy;
  }

  #cloneMap(value: Map<unknown, unknown>): object {
    const copy = this.#keep(value, new Map<unknown, unknown>());
    const entries: [unknown, unknown][] = [];
    Map.prototype.forEach.call(value, (item, key) => entries.push([key, item]));
    for (const [key, item] of entries) copy.set(this.clone(key), this.clone(item));
    return copy;
  }

  #cloneSet(value: Set<unknown>): object {
    const copy = this.#keep(value, new Set<unknown>());
    const items: unknown[] = [];
    Set.prototype.forEach.call(value, (item) => items.push(item));
    for (const item of items) copy.add(this.clone(item));
    return copy;
  }

  #cloneError(value: Error): object {
    const name = String(value.name);
    const Constructor = Object.hasOwn(errorConstructors, name) ? errorConstructors[name] : Error;
    const copy = this.#keep(value, new (Constructor ?? Error)());
    delete copy.stack;
    for (const key of ['message', 'cause', 'stack']) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key);
      if (descriptor === undefined) continue;
      // V8 has `stack` as an accessor of its own on each error.
      const field = 'value' in descriptor || key === 'stack' ? (value as never)[key] : undefined;
      if (key === 'cause') define(copy, key, this.clone(field), false);
      else if (field !== undefined) define(copy, key, domString(field), false);
    }
    return copy;
  }

  #cloneView(value: ArrayBufferView): object {
    const { buffer, byteOffset } = value;
    const name = viewName(value);
    const Constructor = viewConstructors.get(name);
    if (Constructor === undefined) throw describeUncloneable(value);
    const copied = this.clone(buffer);
    const length = name === 'DataView' ? value.byteLength : (value as Uint8Array).length;
    return this.#keep(
      value,
      Reflect.construct(Constructor, [copied, byteOffset, length]) as object,
    );
  }

  #clonePlatformObject(value: object, kind: PlatformKind | undefined): object {
    if (kind === undefined) throw describeUncloneable(value);
    if (kind.clone !== undefined) return this.#keep(value, kind.clone(value));
    throw dataCloneError(
      kind.transfer === undefined
        ? 'Cannot clone object of unsupported type.'
        : 'Object that needs transfer was found in message but not listed in transferList',
    );
  }
}

const typedArrayTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)?.get as (this: unknown) => string | undefined;

function viewName(value: ArrayBufferView): string {
  return Reflect.apply(typedArrayTag, value, []) ?? 'DataView';
}

/** Of the same length, with holes only. */
function emptyArray({ length }: readonly unknown[]): unknown[] {
  const array: unknown[] = [];
  array.length = length;
  return array;
}

function define(target: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}
