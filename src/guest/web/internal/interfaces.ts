/** What web interfaces have in common: enumerable members, a string tag, how `util.inspect` shows them. */
export const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

type Inspect = (value: unknown, options: object) => string;

/** Options of `util.inspect` as a custom inspector gets them. */
export interface InspectOptions {
  readonly depth?: number | null;
  readonly breakLength?: number;
}

type Inspector<T> = (
  this: T,
  depth: number | null,
  options: InspectOptions,
  inspect: Inspect,
) => unknown;

/** Sets `[nodejs.util.inspect.custom]` itself. */
export function defineInspector<T extends object>(prototype: T, inspector: Inspector<T>): void {
  const method = {
    [inspectSymbol](this: T, depth: number | null, options: InspectOptions, inspect: Inspect) {
      return Reflect.apply(inspector, this, [depth, options, inspect]);
    },
  };
  Object.defineProperty(prototype, inspectSymbol, {
    value: method[inspectSymbol],
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** The options for what is one level further in. */
export function innerOptions(options: InspectOptions, depth: number | null): InspectOptions {
  return depth === null ? options : { ...options, depth: depth - 1 };
}

/**
 * Names the interface, makes the named members enumerable, as Web IDL wants them (those of classes are
 * hidden), and sets the string tag.
 */
export function defineInterface(
  constructor: { readonly prototype: object },
  name: string,
  members: readonly string[],
  statics: readonly string[] = [],
): void {
  for (const member of members) enumerate(constructor.prototype, member);
  for (const member of statics) enumerate(constructor, member);
  // The bundler renames classes that name themselves.
  Object.defineProperty(constructor, 'name', { value: name });
  Object.defineProperty(constructor.prototype, Symbol.toStringTag, {
    value: name,
    configurable: true,
    enumerable: false,
    writable: false,
  });
}

function enumerate(target: object, name: string): void {
  Object.defineProperty(target, name, { enumerable: true });
}

/** A constant of an interface, on the constructor or the prototype. */
export function defineConstants(
  targets: readonly object[],
  constants: Readonly<Record<string, number>>,
): void {
  for (const target of targets) {
    for (const name of Object.keys(constants)) {
      Object.defineProperty(target, name, { value: constants[name], enumerable: true });
    }
  }
}

/** Sets `[nodejs.util.inspect.custom]`: the class name and the fields that `fields` gives. */
export function defineInspect<T extends object>(
  prototype: T,
  fields: (self: T) => object,
  separator = ' ',
): void {
  Object.defineProperty(prototype, inspectSymbol, {
    value(this: T, depth: number, options: InspectOptions, inspect: Inspect): unknown {
      if (depth < 0) return this;
      const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
      return `${this.constructor.name}${separator}${inspect(fields(this), inner)}`;
    },
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** The arity that Web IDL gives a function: arguments that may be missing do not count. */
export function setLength(callable: (...args: never[]) => unknown, length: number): void {
  Object.defineProperty(callable, 'length', { value: length, configurable: true });
}

/** `setLength` for methods of a prototype or a class. */
export function setLengths(target: object, lengths: Readonly<Record<string, number>>): void {
  for (const name of Object.keys(lengths)) {
    const method = (target as Record<string, unknown>)[name];
    setLength(method as () => void, lengths[name] ?? 0);
  }
}

export function setConstructorLength(constructor: object, length: number): void {
  Object.defineProperty(constructor, 'length', { value: length, configurable: true });
}
