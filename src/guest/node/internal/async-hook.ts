import { setFlowHooks } from '../../async-context.ts';
import { reportUncaught } from '../../uncaught.ts';
import { ERR_INVALID_ARG_TYPE, errorWithCode } from './errors.ts';

type Hook = (...args: unknown[]) => void;

interface Callbacks {
  readonly init?: Hook;
  readonly before?: Hook;
  readonly after?: Hook;
  readonly destroy?: Hook;
  readonly promiseResolve?: Hook;
}

/** The top level of a program in Node. */
const rootId = 1;
let lastId = rootId;
let enabled: readonly Callbacks[] = [];
/** What runs now, and what it was that began to wait. */
let running = { id: rootId, isLast: false };
const triggers = new Map<number, number>([[rootId, 0]]);
/** A hook that waits itself is not told about it, or it would never end. */
let isTelling = false;

export function executionAsyncId(): number {
  return running.id;
}

export function triggerAsyncId(): number {
  return triggers.get(running.id) ?? 0;
}

export function nextAsyncId(): number {
  lastId += 1;
  return lastId;
}

function tell(name: keyof Callbacks, ...args: unknown[]): void {
  if (isTelling) return;
  isTelling = true;
  try {
    for (const callbacks of enabled) callbacks[name]?.(...args);
  } catch (error) {
    // Node ends the process when a hook throws.
    reportUncaught(error);
  } finally {
    isTelling = false;
  }
}

/** Somebody begins to wait under an id. */
export function beginWait(id: number, type: string, triggerId: number, resource: object): void {
  if (enabled.length === 0) return;
  triggers.set(id, triggerId);
  tell('init', id, type, triggerId, resource);
}

/** Nothing goes on under this id any more. */
export function endWait(id: number): void {
  triggers.delete(id);
  tell('destroy', id);
}

/** Runs what goes on under an id in the midst of something else. */
export function runInWait<Result>(id: number, callback: () => Result): Result {
  if (enabled.length === 0) return callback();
  const outer = running;
  running = { id, isLast: false };
  tell('before', id);
  try {
    return callback();
  } finally {
    tell('after', id);
    running = outer;
  }
}

const flowHooks = {
  begin(type: string): number {
    const id = nextAsyncId();
    beginWait(id, type, running.id, {});
    return id;
  },

  /** Where code ends that began to go on before is only known when the next one does. */
  enter(id: number, isLast: boolean): void {
    const { id: left, isLast: wasLast } = running;
    if (left !== rootId) tell('after', left);
    if (wasLast) endWait(left);
    running = { id: id === 0 ? rootId : id, isLast };
    if (id !== 0) tell('before', id);
  },
};

/**
 * Hooks that see each wait of a promise, tick, timer and operation of the host as a resource of its own:
 * enough for packages that carry contexts along. Resources are not told apart, and what never goes on is
 * never destroyed. https://nodejs.org/docs/latest-v24.x/api/async_hooks.html
 */
export function createHook(callbacks: unknown): object {
  if (typeof callbacks !== 'object' || callbacks === null) {
    throw new ERR_INVALID_ARG_TYPE('callbacks', 'Object', callbacks);
  }
  const { init, before, after, destroy, promiseResolve } = callbacks as Callbacks;
  const own: Callbacks = Object.fromEntries(
    Object.entries({ init, before, after, destroy, promiseResolve }).filter(([name, value]) => {
      if (value === undefined) return false;
      if (typeof value === 'function') return true;
      throw errorWithCode('ERR_ASYNC_CALLBACK', `hook.${name} must be a function`, TypeError);
    }),
  );
  const hook = {
    enable(): object {
      if (!enabled.includes(own)) enabled = [...enabled, own];
      setFlowHooks(flowHooks);
      return hook;
    },
    disable(): object {
      enabled = enabled.filter((other) => other !== own);
      if (enabled.length === 0) setFlowHooks(undefined);
      return hook;
    },
  };
  return hook;
}
