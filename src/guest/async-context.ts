import { NativePromise, ObjectDefineProperty, ReflectApply } from './primordials.ts';

/**
 * The value that follows the flow of asynchronous code: what `AsyncLocalStorage` stores. A bare isolate has
 * no promise hooks, so the flow through promises is followed by a getter (native-notes/async-context.md):
 *
 * `await p`, `p.then()` and the like read `p.constructor` synchronously, right before they add their
 * reaction to `p`. Once a context is in use, `Promise.prototype.constructor` is a getter that adds a
 * reaction in front: one that sets the context of the reader. Reactions run in the order in which they were
 * added, so that one runs directly before the code that continues. No tick is added and no promise changes.
 *
 * `await 5` reads nothing, which is why programs that use AsyncLocalStorage are rewritten to `await
 * __isolambda_await(5)` when they are deployed.
 */
let current: unknown;
let isActive = false;
/** The getter's own use of `then` reads the constructor too. */
let isReading = false;

export function getContext(): unknown {
  return current;
}

/** From the first context on, promises carry it along. */
export function setContext(context: unknown): void {
  if (!isActive && context !== undefined) activate();
  current = context;
}

/** What the hooks of `node:async_hooks` are told: somebody begins to wait, and goes on. */
export interface FlowHooks {
  /** Code begins to wait; gives the wait an id. */
  begin(type: string): number;
  /** The code behind a wait runs from now on, until the next call; 0 is an entry of the host. */
  enter(id: number, isLast: boolean): void;
}

let hooks: FlowHooks | undefined;

/** Hooks need the same points in the flow as contexts do. */
export function setFlowHooks(flowHooks: FlowHooks | undefined): void {
  if (!isActive && flowHooks !== undefined) activate();
  hooks = flowHooks;
}

/** A context, and the wait that hooks know about. */
class HookedContext {
  readonly context: unknown;
  readonly id: number;
  readonly isOnce: boolean;

  constructor(context: unknown, id: number, isOnce: boolean) {
    this.context = context;
    this.id = id;
    this.isOnce = isOnce;
  }
}

/** What code that begins to wait keeps for `enterContext`; once, or as often as it goes on. */
export function captureContext(type: string, isOnce: boolean): unknown {
  if (hooks === undefined) return current;
  return new HookedContext(current, hooks.begin(type), isOnce);
}

/** The code behind a wait goes on; `undefined` when the host calls. */
export function enterContext(captured: unknown): void {
  if (captured instanceof HookedContext) {
    setContext(captured.context);
    hooks?.enter(captured.id, captured.isOnce);
    return;
  }
  setContext(captured);
  hooks?.enter(0, false);
}

/** Runs `callback` under a context and returns to the one before. */
export function runInContext<Result>(context: unknown, callback: () => Result): Result {
  const before = current;
  setContext(context);
  try {
    return callback();
  } finally {
    current = before;
  }
}

const { then: nativeThen } = NativePromise.prototype;
const nativeResolve = NativePromise.resolve as <T>(value: T) => Promise<Awaited<T>>;
const settled = NativePromise.resolve();

function activate(): void {
  isActive = true;
  void ObjectDefineProperty(NativePromise.prototype, 'constructor', {
    get(this: unknown) {
      if (!isReading) restoreBeforeNext(this);
      return NativePromise;
    },
    // As with the plain property, an assignment makes an own one.
    set(this: object, value: unknown) {
      ObjectDefineProperty(this, 'constructor', {
        value,
        writable: true,
        configurable: true,
        enumerable: true,
      });
    },
    configurable: true,
    enumerable: false,
  });
  // It reads the constructor and adds no reaction: a rejection would count as handled.
  const resolve = {
    resolve(this: unknown, value: unknown): unknown {
      return withoutReading(() => ReflectApply(nativeResolve, this, [value]));
    },
  }.resolve;
  ObjectDefineProperty(NativePromise, 'resolve', {
    value: resolve,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** The next reaction on `promise` is somebody's continuation: set the context right before it. */
function restoreBeforeNext(promise: unknown): void {
  const captured = captureContext('PROMISE', true);
  const restore = (): void => enterContext(captured);
  withoutReading(() => {
    try {
      void ReflectApply(nativeThen, promise, [restore, restore]);
    } catch {
      // Not a promise: somebody called the getter by hand.
    }
  });
}

function withoutReading<Result>(action: () => Result): Result {
  const before = isReading;
  isReading = true;
  try {
    return action();
  } finally {
    isReading = before;
  }
}

/**
 * What the operand of a rewritten `await` goes through. A native promise stays as it is; anything else
 * becomes one, so that the getter sees it. Takes no more ticks than `await` itself.
 */
export function awaitOperand(value: unknown): unknown {
  if (!isActive) return value;
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  // A thenable's `then` is called in a microtask of its own: that one needs the context as well.
  if (isObject && !isNativePromise(value)) restoreBeforeNext(settled);
  return withoutReading(() => ReflectApply(nativeResolve, NativePromise, [value]));
}

function isNativePromise(value: unknown): boolean {
  return withoutReading(
    () => value instanceof NativePromise && value.constructor === NativePromise,
  );
}
