import { part } from '../parts.ts';
import { ERR_INVALID_ARG_TYPE } from './internal/errors.ts';
import { refusals } from './internal/refusals.ts';

const globals = globalThis as unknown as Record<string, unknown>;
const why = 'a function runs in one isolate and cannot start threads';
const environmentData = new Map<unknown, unknown>();
const untransferable = new WeakSet<object>();

/** Values that no worker ever gets; the pair of functions is a shared map in the main thread. */
function setEnvironmentData(key: unknown, value?: unknown): void {
  if (value === undefined) environmentData.delete(key);
  else environmentData.set(key, value);
}

interface Port {
  readonly [key: symbol]: unknown;
}

/** The web part knows what waits in a port. */
function receiveMessageOnPort(port: unknown): unknown {
  const MessagePort = globals['MessagePort'] as (new () => Port) | undefined;
  if (MessagePort === undefined || !(port instanceof MessagePort)) {
    throw new ERR_INVALID_ARG_TYPE('port', 'MessagePort', port);
  }
  const { receiveMessage } = part('web/messaging') as {
    receiveMessage: (port: unknown) => unknown;
  };
  return receiveMessage(port);
}

export const builtin: object = Object.defineProperties(
  {},
  Object.getOwnPropertyDescriptors({
    isInternalThread: false,
    isMainThread: true,
    get MessagePort(): unknown {
      return globals['MessagePort'];
    },
    get MessageChannel(): unknown {
      return globals['MessageChannel'];
    },
    /** Nothing is cloned to another thread, so nothing can be kept from it. */
    markAsUncloneable: () => {},
    markAsUntransferable: (value: unknown) => {
      if (typeof value === 'object' && value !== null) untransferable.add(value);
    },
    isMarkedAsUntransferable: (value: unknown) =>
      typeof value === 'object' && value !== null && untransferable.has(value),
    ...refusals('worker_threads', 'moveMessagePortToContext', why),
    receiveMessageOnPort,
    resourceLimits: {},
    ...refusals('worker_threads', 'postMessageToThread', why),
    threadId: 0,
    threadName: '',
    SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
    ...refusals('worker_threads', 'Worker', why),
    parentPort: null,
    workerData: null,
    get BroadcastChannel(): unknown {
      return (
        globals['BroadcastChannel'] ??
        refusals('worker_threads', 'BroadcastChannel', why)['BroadcastChannel']
      );
    },
    setEnvironmentData,
    getEnvironmentData: (key: unknown) => environmentData.get(key),
    locks: refusals('worker_threads.locks', 'request query', why),
  }),
);
