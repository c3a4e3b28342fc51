import { emitKind, loaderNames, readyText, type StartMessage } from '../wire/messages.ts';
import { connect, resetMessageBudget, send } from './bridge.ts';
import { configureConsole, createConsole } from './console.ts';
import { describeFailure, runtimeFailure } from './failure.ts';
import { handlerContract, parseExtras, type Handler, type Contract } from './handler.ts';
import { harden, removeWebAssembly } from './hardening.ts';
import { part } from './lazy-parts.ts';
import {
  defineModule,
  dynamicImport,
  importMeta,
  keepNamespace,
  requireMain,
  requirePath,
} from './modules.ts';
import { deliverOperation } from './operations.ts';
import {
  DateNow,
  JsonParse,
  NativeError,
  ObjectDefineProperty,
  ObjectHasOwn,
  PromiseResolve,
  PromiseThen,
  StringOf,
} from './primordials.ts';
import { createProcess } from './process.ts';
import * as timers from './timers.ts';

const globals = globalThis as unknown as Record<string, unknown>;

/** Defines a global as the web platform does: writable, configurable, not enumerable. */
function defineGlobal(name: string, value: unknown): void {
  ObjectDefineProperty(globals, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** A global that does not exist until it is touched. */
function defineLazyGlobal(name: string, make: () => unknown): void {
  ObjectDefineProperty(globals, name, {
    get: () => {
      const value = make();
      defineGlobal(name, value);
      return value;
    },
    set: (value: unknown) => defineGlobal(name, value),
    configurable: true,
    enumerable: false,
  });
}

/** A name that only rewritten modules use; it cannot be replaced. */
function defineLoader(name: string, value: unknown, configurable = false): void {
  ObjectDefineProperty(globals, name, { value, configurable, enumerable: false });
}

let contract: Contract | undefined;
let starting: StartMessage | undefined;

/**
 * Called once by the host in a fresh context, before anything else runs. What is set up here is the same
 * for every function; a blank environment waits in this state.
 */
export function boot(emit: Emit, call: Call): object {
  connect(emit, call);
  harden();
  defineGlobal('global', globalThis);
  defineGlobal('queueMicrotask', (callback: () => void) => {
    if (typeof callback !== 'function') {
      throw new TypeError('The "callback" argument must be of type function');
    }
    void PromiseThen(PromiseResolve(undefined), () => {
      try {
        callback();
      } catch (error) {
        send(emitKind.uncaught, describeFailure(error));
      }
    });
  });
  defineGlobal('setTimeout', timers.setTimeout);
  defineGlobal('setInterval', timers.setInterval);
  defineGlobal('setImmediate', timers.setImmediate);
  defineGlobal('clearTimeout', timers.clearTimeout);
  defineGlobal('clearInterval', timers.clearInterval);
  defineGlobal('clearImmediate', timers.clearImmediate);
  defineLazyGlobal('console', createConsole);
  defineLazyGlobal('structuredClone', () => part('structured-clone').structuredClone);
  defineLoader(loaderNames.define, defineModule, true);
  defineLoader(loaderNames.require, requirePath);
  defineLoader(loaderNames.namespace, guarded(receiveNamespace));
  defineLoader('__isolambda_import', dynamicImport);
  defineLoader('__isolambda_meta', importMeta);
  return { start: guarded(start), invoke: guarded(invoke), deliver: guarded(deliver) };
}

/**
 * The last line against a thrown value that would leave the guest: isolated-vm reads the fields of what an
 * entry throws outside of every time limit, so a hostile getter there could hang a thread for ever.
 */
function guarded<A, B, C>(
  entry: (a: A, b: B, c: C) => string | undefined,
): (a: A, b: B, c: C) => string | undefined {
  return (a, b, c) => {
    try {
      return entry(a, b, c);
    } catch (error) {
      send(emitKind.uncaught, describeFailure(error));
      return undefined;
    }
  };
}

/** Prepares the environment for one function version and, for CommonJS, runs the module top level. */
function start(startJson: string): string | undefined {
  resetMessageBudget();
  const message = JsonParse(startJson) as StartMessage;
  starting = message;
  if (!message.allowWebAssembly) removeWebAssembly();
  configureConsole(message.logFormat, message.logLevel);
  defineLazyGlobal('process', () => createProcess(message));
  delete globals[loaderNames.define];
  if (message.entryFormat === 'module') return undefined;
  let exported: unknown;
  try {
    exported = requireMain(message.entryPath);
  } catch (error) {
    send(emitKind.initFailure, describeLoadFailure(error));
    return undefined;
  }
  return useHandler(message, exported);
}

/** The host's last module imports the entry, so this runs when all top-level awaits are done. */
function receiveNamespace(path: string, namespace: object): undefined {
  keepNamespace(path, namespace);
  if (contract !== undefined || starting === undefined || path !== starting.entryPath) {
    return undefined;
  }
  const status = useHandler(starting, namespace);
  if (status !== undefined) send(emitKind.ready, status);
  return undefined;
}

/** Finds the handler in what the module exports; reports why not. */
function useHandler(message: StartMessage, exported: unknown): string | undefined {
  const found = findHandler(message, exported);
  if (typeof found === 'function') {
    const handler = found as Handler;
    if (message.runtime !== 'nodejs22.x' && handler.length >= 3) {
      send(
        emitKind.initFailure,
        runtimeFailure(
          'Runtime.CallbackHandlerDeprecated',
          'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.',
        ),
      );
      return undefined;
    }
    contract = handlerContract(message, handler);
    return contract.needsFacts ? readyText.withFacts : readyText.eventOnly;
  }
  const name = handlerName(message);
  const reason =
    found === undefined || found === null
      ? `${name} is undefined or not exported`
      : `${name} is not a function`;
  send(emitKind.initFailure, runtimeFailure('Runtime.HandlerNotFound', reason));
  return undefined;
}

/** Looks a dotted path up in the exports, then in `exports.default`, as AWS's client does. */
function findHandler(message: StartMessage, exported: unknown): unknown {
  const direct = lookUp(exported, message.exportPath);
  if (direct !== undefined) return direct;
  return lookUp(
    (exported as { default?: unknown } | null | undefined)?.default,
    message.exportPath,
  );
}

function lookUp(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (let index = 0; index < path.length; index += 1) {
    if (value === undefined || value === null) return undefined;
    value = (value as Record<string, unknown>)[path[index] ?? ''];
  }
  return value;
}

function handlerName(message: StartMessage): string {
  const file = message.entryPath.slice(message.entryPath.lastIndexOf('/') + 1);
  const stem = file.includes('.') ? file.slice(0, file.lastIndexOf('.')) : file;
  return `${stem}.${message.exportPath.join('.')}`;
}

/** AWS names two kinds of load failure of its own. */
function describeLoadFailure(error: unknown): string {
  if (error instanceof SyntaxError) {
    return runtimeFailure(
      'Runtime.UserCodeSyntaxError',
      `${error.name}: ${StringOf(error.message)}`,
      error,
    );
  }
  if (error instanceof NativeError && ObjectHasOwn(error, 'code')) {
    const { code } = error as Error & { code: unknown };
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
      return runtimeFailure(
        'Runtime.ImportModuleError',
        `${error.name}: ${StringOf(error.message)}`,
        error,
      );
    }
  }
  return describeFailure(error);
}

/**
 * Every argument costs time on the way in: a handler that sees only the event gets only the event, others
 * the request id as well. What is the same each time came with the start message, what is rare as JSON.
 */
function invoke(
  eventJson: string,
  requestId: string | undefined,
  extrasJson: string | undefined,
): string | undefined {
  resetMessageBudget();
  if (contract === undefined || starting === undefined) {
    throw new NativeError('The environment has not started');
  }
  if (requestId === undefined) return contract.run(eventJson, undefined);
  if (extrasJson === undefined) {
    return contract.run(eventJson, {
      requestId,
      deadlineMs: DateNow() + starting.timeoutMs,
      invokedArn: starting.usualArn,
      extras: undefined,
    });
  }
  const extras = parseExtras(extrasJson);
  if (extras.traceId !== undefined) {
    const { process } = globals as unknown as { process: { env: Record<string, string> } };
    process.env['_X_AMZN_TRACE_ID'] = extras.traceId;
  }
  return contract.run(eventJson, {
    requestId,
    deadlineMs: DateNow() + (extras.timeoutMs ?? starting.timeoutMs),
    invokedArn: extras.invokedArn ?? starting.usualArn,
    extras,
  });
}

/** The host's answer to an operation. What a timer callback throws is nobody's to catch. */
function deliver(id: number, failed: boolean, json: string | undefined): undefined {
  resetMessageBudget();
  deliverOperation(id, failed, json);
  return undefined;
}
