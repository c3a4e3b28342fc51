import {
  alloc,
  allocUnsafe,
  byteLength,
  compare,
  concat,
  copyBytesFrom,
  from,
} from '../cores/buffer/make.ts';
import { findEncoding } from '../cores/buffer/encodings.ts';
import {
  FastBuffer,
  isAnyArrayBuffer,
  maxLength,
  maxStringLength,
} from '../cores/buffer/fast-buffer.ts';
import { methods, shown } from '../cores/buffer/methods.ts';
import { transcodeBytes } from '../cores/buffer/transcode.ts';
import { isUtf8Bytes } from '../cores/buffer/utf8.ts';
import { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS, errorWithCode } from './internal/errors.ts';
import { validateNumber } from './internal/validators.ts';

/** Node's `Buffer`, as a library of its own in plain JavaScript. */
interface BufferFunction {
  (value: unknown, encodingOrOffset?: unknown, length?: unknown): FastBuffer;
  new (value: unknown, encodingOrOffset?: unknown, length?: unknown): FastBuffer;
  prototype: FastBuffer;
  poolSize: number;
  from: typeof from;
  of(...items: number[]): FastBuffer;
  alloc: typeof alloc;
  allocUnsafe: typeof allocUnsafe;
  allocUnsafeSlow: typeof allocUnsafe;
  copyBytesFrom: typeof copyBytesFrom;
  isBuffer(value: unknown): value is FastBuffer;
  isEncoding(name: unknown): boolean;
  byteLength: typeof byteLength;
  compare: typeof compare;
  concat: typeof concat;
}

const warned = new Set<string>();

function warnOnce(code: string, message: string): void {
  if (warned.has(code)) return;
  warned.add(code);
  const { process } = globalThis as unknown as {
    process: { emitWarning(message: string, type: string, code: string): void };
  };
  process.emitWarning(message, 'DeprecationWarning', code);
}

let looks = 0;
const mostLooks = 1_000;

/** Only the program's own calls count: a package of others is not its business. */
function warnOfConstructor(): void {
  if (looks >= mostLooks || warned.has('DEP0005')) return;
  looks += 1;
  if (String(new Error('where').stack).includes('/node_modules/')) return;
  warnOnce(
    'DEP0005',
    'Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), ' +
      'Buffer.allocUnsafe(), or Buffer.from() methods instead.',
  );
}

/** `Buffer(...)` and `new Buffer(...)`: deprecated, and in use. */
export const Buffer: BufferFunction = function Buffer(
  value: unknown,
  encodingOrOffset?: unknown,
  length?: unknown,
): FastBuffer {
  warnOfConstructor();
  if (typeof value !== 'number') return from(value, encodingOrOffset, length);
  if (typeof encodingOrOffset === 'string') {
    throw new ERR_INVALID_ARG_TYPE('string', 'string', value);
  }
  return alloc(value);
} as BufferFunction;

Object.setPrototypeOf(Buffer, Uint8Array);
Object.assign(FastBuffer.prototype, methods);
Object.defineProperty(FastBuffer.prototype, 'constructor', {
  value: Buffer,
  writable: true,
  configurable: true,
  enumerable: false,
});
for (const [name, field] of [
  ['parent', 'buffer'],
  ['offset', 'byteOffset'],
] as const) {
  Object.defineProperty(FastBuffer.prototype, name, {
    get(this: unknown) {
      return this instanceof FastBuffer ? this[field] : undefined;
    },
    enumerable: true,
    configurable: false,
  });
}
Buffer.prototype = FastBuffer.prototype;
Object.defineProperty(Buffer, Symbol.species, {
  get: () => FastBuffer,
  configurable: true,
  enumerable: false,
});
Buffer.poolSize = 65536;
Buffer.from = function (value, encodingOrOffset, length) {
  return from(value, encodingOrOffset, length);
};
Buffer.of = function (...items) {
  return FastBuffer.from(items);
};
Buffer.copyBytesFrom = copyBytesFrom;
Buffer.alloc = alloc;
Buffer.allocUnsafe = allocUnsafe;
Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  return allocUnsafe(size);
};
Buffer.isBuffer = function isBuffer(value): value is FastBuffer {
  return value instanceof FastBuffer;
};
Buffer.compare = compare;
Buffer.isEncoding = function isEncoding(name) {
  return typeof name === 'string' && name.length > 0 && findEncoding(name) !== undefined;
};
Buffer.concat = concat;
Buffer.byteLength = byteLength;
Object.defineProperties(Buffer, {
  from: { value: Buffer.from, writable: true, configurable: true, enumerable: true },
  of: { value: Buffer.of, writable: true, configurable: true, enumerable: true },
});
Object.defineProperty(Buffer.from, 'name', { value: 'from' });
// The bundler numbers names that occur twice.
Object.defineProperty(Buffer, 'name', { value: 'Buffer' });

function bytesOfInput(input: unknown): Uint8Array {
  if (ArrayBuffer.isView(input) && !(input instanceof DataView)) {
    return new Uint8Array(input.buffer as ArrayBuffer, input.byteOffset, input.byteLength);
  }
  if (isAnyArrayBuffer(input)) return new Uint8Array(input);
  throw new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
}

export function isUtf8(input: unknown): boolean {
  return isUtf8Bytes(bytesOfInput(input));
}

export function isAscii(input: unknown): boolean {
  return bytesOfInput(input).every((byte) => byte < 0x80);
}

export function transcode(source: unknown, fromEncoding: unknown, toEncoding: unknown): FastBuffer {
  if (!(source instanceof Uint8Array)) {
    throw new ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], source);
  }
  if (source.length === 0) return new FastBuffer();
  const bytes = transcodeBytes(source, findEncoding(fromEncoding), findEncoding(toEncoding));
  if (bytes !== undefined) return from(bytes);
  throw Object.assign(
    errorWithCode(
      'U_ILLEGAL_ARGUMENT_ERROR',
      'Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]',
    ),
    { errno: 1 },
  );
}

/** Deprecated long ago; still the class of a few old packages. */
const SlowBuffer = Object.assign(
  function SlowBuffer(size: unknown): FastBuffer {
    warnOnce('DEP0030', 'SlowBuffer() is deprecated. Please use Buffer.allocUnsafeSlow()');
    return allocUnsafe(size);
  },
  { prototype: FastBuffer.prototype },
);

export const kMaxLength: number = maxLength;
export const constants: object = Object.defineProperties(
  {},
  {
    MAX_LENGTH: { value: maxLength, enumerable: true },
    MAX_STRING_LENGTH: { value: maxStringLength, enumerable: true },
  },
);

const globals = globalThis as unknown as Record<string, (...args: unknown[]) => unknown>;

/** Functions of the web platform that Node shows here as well. */
const web = {
  atob: (...args: unknown[]): unknown => {
    if (args.length === 0) throw new ERR_MISSING_ARGS('input');
    return globals['atob']?.(...args);
  },
  btoa: (...args: unknown[]): unknown => {
    if (args.length === 0) throw new ERR_MISSING_ARGS('input');
    return globals['btoa']?.(...args);
  },
  get Blob(): unknown {
    return globals['Blob'];
  },
  /** Object URLs live in the web part; what it does not know is nothing. */
  resolveObjectURL: (id: unknown): unknown => {
    const resolve = (globals['URL'] as { [key: symbol]: unknown } | undefined)?.[
      Symbol.for('isolambda.resolveObjectURL')
    ];
    return typeof resolve === 'function' ? (resolve as (id: unknown) => unknown)(id) : undefined;
  },
  get File(): unknown {
    return globals['File'];
  },
};

export const builtin: object = Object.defineProperties(
  {},
  {
    ...Object.getOwnPropertyDescriptors({
      Buffer,
      SlowBuffer,
      transcode,
      isUtf8,
      isAscii,
      kMaxLength: maxLength,
      kStringMaxLength: maxStringLength,
      btoa: web.btoa,
      atob: web.atob,
      constants,
      get INSPECT_MAX_BYTES(): number {
        return shown.bytes;
      },
      set INSPECT_MAX_BYTES(bytes: unknown) {
        validateNumber(bytes, 'INSPECT_MAX_BYTES', 0);
        shown.bytes = bytes;
      },
    }),
    ...Object.getOwnPropertyDescriptors(web),
  },
);
