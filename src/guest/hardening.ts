import { NativeProxy, ReflectConstruct } from './primordials.ts';

/**
 * Closes what an in-process isolate can close, before user code runs (native-notes/memory-limits.md):
 * memory that V8 does not count against the limit, and code that runs outside every time limit.
 */
export function harden(): void {
  const globals = globalThis as unknown as Record<string, unknown>;
  // Growable shared memory is not counted, and Atomics.wait holds a thread. The rest of Atomics is harmless
  // without them, and packages read it at load.
  delete globals['SharedArrayBuffer'];
  const atomics = globals['Atomics'] as Record<string, unknown>;
  delete atomics['wait'];
  delete atomics['waitAsync'];
  webAssembly = globals['WebAssembly'];
  delete globals['WebAssembly'];
  globals['FinalizationRegistry'] = InertFinalizationRegistry;
  Object.defineProperty(globals, 'FinalizationRegistry', { enumerable: false });
  closeResizableBuffers(globals);
}

let webAssembly: unknown;

/** WebAssembly.Memory and Table are not counted against the memory limit: only for trusted code. */
export function allowWebAssembly(): void {
  Object.defineProperty(globalThis, 'WebAssembly', {
    value: webAssembly,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/**
 * Finalizers run outside every time limit, so none ever runs. The specification allows that: callbacks are
 * never promised. The class stays, since packages construct it at load.
 */
class InertFinalizationRegistry {
  constructor(cleanup: unknown) {
    if (typeof cleanup !== 'function') {
      throw new TypeError('FinalizationRegistry: cleanup must be callable');
    }
  }
  register(): void {}
  unregister(): boolean {
    return false;
  }
  get [Symbol.toStringTag](): string {
    return 'FinalizationRegistry';
  }
}
Object.defineProperty(InertFinalizationRegistry, 'name', { value: 'FinalizationRegistry' });

/**
 * `new ArrayBuffer(n, { maxByteLength })` is not counted against the memory limit. The constructor that
 * users can reach drops the second argument, also for subclasses and `Reflect.construct`.
 */
function closeResizableBuffers(globals: Record<string, unknown>): void {
  const fixedLength = new NativeProxy(ArrayBuffer, {
    construct: (target, args: unknown[], newTarget) =>
      ReflectConstruct(target, args.length > 0 ? [args[0]] : [], newTarget) as object,
  });
  Object.defineProperty(ArrayBuffer.prototype, 'constructor', {
    value: fixedLength,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  Object.defineProperty(globals, 'ArrayBuffer', {
    value: fixedLength,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
