import { callKind, emitKind, readyText, type StartMessage } from '../wire/messages.ts';
import * as asyncContext from './async-context.ts';
import { askText, connect, resetMessageBudget, send } from './bridge.ts';
import { configureConsole } from './console.ts';
import * as failure from './failure.ts';
import { findHandler } from './find-handler.ts';
import {
  closeDefinitions,
  defineLazyGlobal,
  installGlobals,
  installLoader,
  removeGlobal,
} from './globals.ts';
import { handlerContract, parseExtras, type Contract } from './handler.ts';
import { allowWebAssembly, harden } from './hardening.ts';
import * as host from './host.ts';
import { describeLoadFailure } from './load-failure.ts';
import * as modules from './modules.ts';
import { defineModule, forgetModules, keepNamespace, requireMain } from './modules.ts';
import * as invocation from './invocation.ts';
import * as microtask from './microtask.ts';
import { deliverOperation, dropOperations } from './operations.ts';
import * as parts from './parts.ts';
import { DateNow, JsonParse, JsonStringify, NativeError, NumberOf } from './primordials.ts';
import * as primordials from './primordials.ts';
import * as process from './process.ts';
import { createProcess, keepStartFacts, setTraceId } from './process.ts';
import * as ticks from './ticks.ts';
import * as streamingMarkers from './streaming-markers.ts';
import * as timers from './timers.ts';
import * as uncaught from './uncaught.ts';
import { reportUncaught } from './uncaught.ts';

let contract: Contract | undefined;
let starting: StartMessage | undefined;
/** On a clock of the host's own. */
type HostTime = typeof import('./node/internal/host-time.ts');
let hostTime: HostTime | undefined;
/** Timers of module top level go on in the first invocation. */
let hasInvoked = false;

/**
 * Called once by the host in a fresh context, before anything else runs. What is set up here is the same
 * for every function; a blank environment waits in this state.
 */
export function boot(emit: Emit, call: Call): object {
  harden();
  installGlobals();
  defineLazyGlobal('process', () => createProcess(starting ?? { ...rehearsal, entryPath: '' }));
  parts.connectParts(bootstrapModules);
  rehearse();
  installLoader(guarded(receiveNamespace));
  return {
    // In an entry of its own: until then, what the rehearsal sends goes nowhere.
    connect: () => connect(emit, call),
    start: guarded(start),
    invoke: guarded(invoke),
    deliver: guarded(deliver),
  };
}

/** What the parts below `web/` and `node/` may import of the bootstrap; the build refuses the rest. */
const bootstrapModules = {
  'async-context': asyncContext,
  failure,
  host,
  invocation,
  microtask,
  modules,
  parts,
  primordials,
  process,
  ticks,
  'streaming-markers': streamingMarkers,
  timers,
  uncaught,
};

/**
 * Starts and invokes a handler that does nothing, then forgets it. V8 compiles a function when it is first
 * called, which would cost each cold start 0.5 ms; here the blank environment pays, while nobody waits.
 */
function rehearse(): void {
  const path = '/var/task/rehearsal.js';
  for (const handler of [(event: unknown) => event, async (event: unknown) => event]) {
    defineModule(path, (exports) => {
      (exports as { handler?: unknown }).handler = handler;
    });
    start(JsonStringify({ ...rehearsal, entryPath: path }) ?? '');
    invoke('{}', undefined, undefined, undefined);
    invoke('{}', 'request id', undefined, undefined);
    forgetModules();
    contract = undefined;
    starting = undefined;
    hasInvoked = false;
  }
}

const rehearsal: Omit<StartMessage, 'entryPath'> = {
  runtime: 'nodejs24.x',
  environment: {},
  functionName: '',
  functionVersion: '',
  usualArn: '',
  timeoutMs: 1,
  memoryMb: 8,
  logGroupName: '',
  logStreamName: '',
  logFormat: 'Text',
  logLevel: 'TRACE',
  allowWebAssembly: false,
  maxResponseBytes: 100,
  entryFormat: 'commonjs',
  exportPath: ['handler'],
  architecture: 'x86_64',
};

/**
 * The last line against a thrown value that would leave the guest: isolated-vm reads the fields of what an
 * entry throws outside of every time limit, so a hostile getter there could hang a thread for ever.
 */
function guarded<A, B = undefined, C = undefined, D = undefined, E = undefined>(
  entry: (a: A, b: B, c: C, d: D, e: E) => string | undefined,
): (a: A, b?: B, c?: C, d?: D, e?: E) => string | undefined {
  return (a, b, c, d, e) => {
    ticks.enterEntry();
    try {
      return entry(a, b as B, c as C, d as D, e as E);
    } catch (error) {
      reportUncaught(error);
      return undefined;
    } finally {
      ticks.leaveEntry();
    }
  };
}

/** Prepares the environment for one function version and, for CommonJS, runs the module top level. */
function start(startJson: string): string | undefined {
  resetMessageBudget();
  asyncContext.enterContext(undefined);
  const message = JsonParse(startJson) as StartMessage;
  starting = message;
  if (message.hostTime !== undefined) {
    hostTime = parts.part('node/internal/host-time') as HostTime;
    hostTime.followHostClock(message.hostTime, () => NumberOf(askText(callKind.now, '')));
  }
  if (message.allowWebAssembly) allowWebAssembly();
  configureConsole(message.logFormat, message.logLevel);
  keepStartFacts(message);
  if (!offersAwsLambda(message.environment)) removeGlobal('awslambda');
  closeDefinitions();
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

/** AWS leaves its global out when a function says so. */
function offersAwsLambda(environment: StartMessage['environment']): boolean {
  const off = environment['AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA'];
  return off !== '1' && off !== 'true';
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

/** The handler is ready to run, or the host hears why not. */
function useHandler(message: StartMessage, exported: unknown): string | undefined {
  const { handler, failure: reason } = findHandler(message, exported);
  if (handler === undefined) {
    send(emitKind.initFailure, reason);
    return undefined;
  }
  contract = handlerContract(message, handler);
  const needsFacts = contract.needsFacts || invocation.isRequestIdWanted();
  return needsFacts ? readyText.withFacts : readyText.eventOnly;
}

/**
 * Every argument costs time on the way in: a handler that sees only the event gets only the event, others
 * the request id as well. What is the same each time came with the start message, what is rare as JSON.
 */
function invoke(
  eventJson: string,
  requestId: string | undefined,
  extrasJson: string | undefined,
  nowMs: number | undefined,
): string | undefined {
  resetMessageBudget();
  if (nowMs !== undefined) hostTime?.tellTime(nowMs);
  asyncContext.enterContext(undefined);
  if (contract === undefined || starting === undefined) {
    throw new NativeError('The environment has not started');
  }
  if (hasInvoked && starting.runtime !== 'nodejs22.x') dropOperations();
  hasInvoked = true;
  if (requestId === undefined) return contract.run(eventJson, undefined);
  invocation.setRequestId(requestId);
  if (extrasJson === undefined) {
    return contract.run(eventJson, {
      requestId,
      deadlineMs: DateNow() + starting.timeoutMs,
      invokedArn: starting.usualArn,
      extras: undefined,
    });
  }
  const extras = parseExtras(extrasJson);
  if (extras.traceId !== undefined) setTraceId(extras.traceId);
  if (!contract.needsFacts) return contract.run(eventJson, undefined);
  return contract.run(eventJson, {
    requestId,
    deadlineMs: DateNow() + (extras.timeoutMs ?? starting.timeoutMs),
    invokedArn: extras.invokedArn ?? starting.usualArn,
    extras,
  });
}

/** The host's answer to an operation. What a timer callback throws is nobody's to catch. */
function deliver(
  id: number,
  failed: boolean | undefined,
  text: string | undefined,
  bytes: ArrayBuffer | undefined,
  nowMs: number | undefined,
): undefined {
  resetMessageBudget();
  if (nowMs !== undefined) hostTime?.tellTime(nowMs);
  deliverOperation(id, failed, text, bytes);
  return undefined;
}
