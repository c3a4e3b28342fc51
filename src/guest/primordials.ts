/**
 * The intrinsics that the guest's own code relies on, taken before any user code runs. Users may replace
 * `JSON.parse`, `Promise.prototype.then` or `Array.prototype.push`; what the host receives must not change.
 *
 * Rules for code in this folder, once user code may have run: no method calls on built-in objects, no
 * spread, no `for...of`, no array destructuring, no writes to array elements (a setter on a prototype
 * would see them); plain functions from here and objects without a prototype instead.
 */
const { apply } = Reflect;

type Method<This, Args extends readonly unknown[], Result> = (this: This, ...args: Args) => Result;

/** Turns a method into a plain function that takes the receiver first. */
const uncurryThis = Reflect.apply(Function.prototype.bind, Function.prototype.bind, [
  Function.prototype.call,
]) as <This, Args extends unknown[], Result>(
  method: Method<This, Args, Result>,
) => (receiver: This, ...args: Args) => Result;

export const ReflectApply: typeof Reflect.apply = apply;
export const JsonParse: (text: string) => unknown = JSON.parse;
export const JsonStringify = JSON.stringify as (value: unknown) => string | undefined;
export const NativePromise: PromiseConstructor = Promise;
let dateNow: () => number = Date.now;
/** The present, in milliseconds since 1970. */
export const DateNow = (): number => dateNow();
/** Before user code runs: time comes from elsewhere. */
export const replaceDateNow = (now: () => number): void => {
  dateNow = now;
};
export const NativeError: ErrorConstructor = Error;
export const NativeSyntaxError: SyntaxErrorConstructor = SyntaxError;
export const NativeTypeError: TypeErrorConstructor = TypeError;
export const NativeRangeError: RangeErrorConstructor = RangeError;
export const NativeProxy: ProxyConstructor = Proxy;
export const NumberOf: (value: unknown) => number = Number;
export const StringOf: (value: unknown) => string = String;
export const StringSplit = uncurryThis(
  String.prototype.split as Method<string, [string], string[]>,
);
export const StringLastIndexOf = uncurryThis(String.prototype.lastIndexOf);
export const StringSlice = uncurryThis(String.prototype.slice);
export const StringIndexOf = uncurryThis(String.prototype.indexOf);
export const StringReplaceAll = uncurryThis(
  String.prototype.replaceAll as Method<string, [string, string], string>,
);
const regExpExec = uncurryThis(RegExp.prototype.exec);
/** By `exec`, because the native `test` calls whatever `exec` the user has put on the prototype. */
export const RegExpTest = (pattern: RegExp, text: string): boolean =>
  regExpExec(pattern, text) !== null;
export const FunctionToString = uncurryThis(
  Function.prototype.toString as Method<(...args: never[]) => unknown, [], string>,
);
export const ArrayJoin = uncurryThis(Array.prototype.join as Method<unknown[], [string], string>);
export const ArrayIsArray: (value: unknown) => value is unknown[] = Array.isArray;
export const ObjectKeys: (value: object) => string[] = Object.keys;
const ObjectCreate: (prototype: object | null) => object = Object.create;
export const ObjectDefineProperty: typeof Object.defineProperty = Object.defineProperty;
export const ObjectHasOwn: (value: object, key: PropertyKey) => boolean = Object.hasOwn;
export const ReflectConstruct: typeof Reflect.construct = Reflect.construct;
export const GlobalEval: (source: string) => unknown = globalThis.eval;

export const NativeArrayBuffer: ArrayBufferConstructor = ArrayBuffer;
export const NativeUint8Array: Uint8ArrayConstructor = Uint8Array;
export const ArrayBufferIsView: (value: unknown) => value is ArrayBufferView = ArrayBuffer.isView;
export const StringFromCharCode: (unit: number) => string = String.fromCharCode;

/** The getter of a property as a plain function that takes the receiver first. */
function getterOf(prototype: object, name: PropertyKey): (receiver: unknown) => unknown {
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return uncurryThis(getter as Method<unknown, [], unknown>);
}
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
/** The name of a typed array's class; undefined for everything else. */
export const TypedArrayName = getterOf(typedArray, Symbol.toStringTag) as (
  receiver: unknown,
) => string | undefined;
export const TypedArrayBuffer = getterOf(typedArray, 'buffer') as (
  receiver: unknown,
) => ArrayBuffer;
export const TypedArrayByteOffset = getterOf(typedArray, 'byteOffset') as (
  receiver: unknown,
) => number;
export const TypedArrayByteLength = getterOf(typedArray, 'byteLength') as (
  receiver: unknown,
) => number;
export const TypedArraySet = uncurryThis(
  typedArray.set as Method<Uint8Array, [Uint8Array, number?], void>,
);
export const DataViewBuffer = getterOf(DataView.prototype, 'buffer') as (
  receiver: unknown,
) => ArrayBuffer;
export const DataViewByteOffset = getterOf(DataView.prototype, 'byteOffset') as (
  receiver: unknown,
) => number;
export const DataViewByteLength = getterOf(DataView.prototype, 'byteLength') as (
  receiver: unknown,
) => number;
/** Throws for what is no ArrayBuffer. */
export const ArrayBufferByteLength = getterOf(ArrayBuffer.prototype, 'byteLength') as (
  receiver: unknown,
) => number;

/** A record without a prototype: nothing that users put on `Object.prototype` shows through. */
export function bareRecord<T>(): Record<string, T> {
  return ObjectCreate(null) as Record<string, T>;
}

/** JSON text of a string; a primitive never meets a user's `toJSON`. */
export function quote(text: string): string {
  return JsonStringify(text) ?? '""';
}
