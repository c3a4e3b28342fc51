import { callKind, emitKind, maxLogLineLength, type StartMessage } from '../wire/messages.ts';
import { askText, send } from './bridge.ts';
import { part } from './parts.ts';
import {
  DateNow,
  NativeProxy,
  NumberOf,
  ObjectDefineProperty,
  StringOf,
  StringSlice,
  StringSplit,
} from './primordials.ts';
import { nextTick } from './ticks.ts';
import { checkedCallback } from './timers.ts';

let facts: StartMessage | undefined;
let startedMs = 0;
/** `exit` listeners, once there are any. */
let beforeExit: ((code: number) => void) | undefined;

/** `process`, once somebody has read it. */
let made: { env: unknown } | undefined;
/** The trace of the last invocation before that. */
let traceId: string | undefined;

/** Each invocation has a trace of its own; `process` is not made to hold it. */
export function setTraceId(text: string): void {
  if (made === undefined) traceId = text;
  else (made.env as Record<string, string>)['_X_AMZN_TRACE_ID'] = text;
}

/** Kept at the start: whoever asks for these need not have touched `process` before. */
export function keepStartFacts(start: StartMessage): void {
  facts = start;
  startedMs = DateNow();
}

/** What the environment was started with, for the parts that show it: os, process, v8. */
export function startFacts(): StartMessage | undefined {
  return facts;
}

export function elapsedMs(): number {
  return DateNow() - startedMs;
}

export function onExit(listener: (code: number) => void): void {
  beforeExit = listener;
}

/** Text on stdout or stderr, which are one stream in a function's log. */
export function writeOutput(given: unknown): void {
  // What a patched `Buffer.prototype.toString` gives must not cross as it is.
  const text = typeof given === 'string' ? given : StringOf(given);
  const line = text.length > maxLogLineLength ? StringSlice(text, 0, maxLogLineLength) : text;
  send(emitKind.rawOutput, line);
}

/**
 * What few handlers touch, in the order in which Node shows it. The part that has all of it is loaded when
 * the first of them is read, so that `process.env` alone stays cheap.
 */
const lazyNames =
  '_rawDebug moduleLoadList binding _linkedBinding _events _eventsCount _maxListeners domain _exiting ' +
  'config dlopen _getActiveRequests _getActiveHandles getActiveResourcesInfo reallyExit _kill loadEnvFile ' +
  'cpuUsage threadCpuUsage resourceUsage memoryUsage constrainedMemory availableMemory kill execve ref ' +
  'unref finalization openStdin getuid geteuid getgid getegid getgroups allowedNodeEnvironmentFlags ' +
  'features _fatalException setUncaughtExceptionCaptureCallback hasUncaughtExceptionCaptureCallback ' +
  'emitWarning _tickCallback sourceMapsEnabled setSourceMapsEnabled getBuiltinModule _debugProcess ' +
  '_debugEnd _startProfilerIdleNotifier _stopProfilerIdleNotifier stdout stdin stderr abort chdir ' +
  'initgroups setgroups setegid seteuid setgid setuid debugPort _eval _preload_modules report ' +
  'setMaxListeners getMaxListeners emit addListener on prependListener once prependOnceListener ' +
  'removeListener off removeAllListeners listeners rawListeners listenerCount eventNames';

let workingDirectory = '/var/task';

/** `process.chdir` went through. */
export function setWorkingDirectory(path: string): void {
  workingDirectory = path;
}

/** `process`: what start-up code of packages reads is there at once, the rest when it is touched. */
export function createProcess(start: StartMessage): object {
  const version = start.runtime === 'nodejs22.x' ? 'v22.23.3' : 'v24.21.0';
  const process = {
    version,
    versions: versionsOf(version),
    arch: start.architecture === 'arm64' ? 'arm64' : 'x64',
    platform: 'linux',
    release: { name: 'node', lts: start.runtime === 'nodejs22.x' ? 'Jod' : 'Krypton' },
    exitCode: undefined as unknown,
    uptime: () => elapsedMs() / 1000,
    exit: (code?: unknown): never => {
      const status = NumberOf(code ?? process.exitCode ?? 0);
      if (code !== undefined) process.exitCode = code;
      const listener = beforeExit;
      // A listener may call `exit` again.
      beforeExit = undefined;
      listener?.(status);
      askText(callKind.exit, StringOf(NumberOf(process.exitCode ?? status)));
      // The host has ended the isolate; V8 notices at the next turn of a loop.
      for (;;);
    },
    hrtime: Object.assign(hrtime, { bigint: () => BigInt(elapsedMs()) * 1_000_000n }),
    nextTick: (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      nextTick(checkedCallback(callback), args);
    },
    umask: () => 0o22,
    cwd: () => workingDirectory,
    env: environmentProxy(
      traceId === undefined
        ? start.environment
        : { ...start.environment, _X_AMZN_TRACE_ID: traceId },
    ),
    title: 'node',
    argv: ['/var/lang/bin/node', '/var/runtime/index.mjs'],
    execArgv: [],
    pid: 8,
    ppid: 1,
    execPath: '/var/lang/bin/node',
    argv0: '/var/lang/bin/node',
  };
  made = process;
  const names = StringSplit(lazyNames, ' ');
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    ObjectDefineProperty(process, name, {
      get: () => {
        complete(process, names);
        return (process as Record<string, unknown>)[name];
      },
      set: (value: unknown) => {
        complete(process, names);
        (process as Record<string, unknown>)[name] = value;
      },
      enumerable: index < names.length - eventMethods,
      configurable: true,
    });
  }
  ObjectDefineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true });
  return process;
}

/** How many names at the end of the list belong to the prototype. */
const eventMethods = 15;

function complete(process: object, names: readonly string[]): void {
  for (let index = 0; index < names.length; index += 1) {
    delete (process as Record<string, unknown>)[names[index] ?? ''];
  }
  const { completeProcess } = part(
    'node/internal/process-rest',
  ) as typeof import('./node/internal/process-rest.ts');
  completeProcess(process);
}

/** In Node's order; all but the usual ones are in the part that has the rest. */
const versionNames =
  'node acorn ada amaro ares brotli cldr icu llhttp merve modules napi nbytes ncrypto nghttp2 nghttp3 ' +
  'ngtcp2 openssl simdjson simdutf sqlite tz undici unicode uv uvwasi v8 zlib zstd';

/** The versions that packages ask for, as the runtime has them on AWS. */
function versionsOf(version: string): object {
  const node = StringSlice(version, 1);
  if (StringSlice(version, 0, 3) === 'v22') {
    return {
      node,
      v8: '12.4.254.21-node.33',
      uv: '1.51.0',
      zlib: '1.3.1',
      modules: '127',
      openssl: '3.0.17',
    };
  }
  const usual: Record<string, string> = {
    node,
    modules: '137',
    uv: '1.52.1',
    v8: '13.6.233.17-node.53',
  };
  const versions = {};
  const names = StringSplit(versionNames, ' ');
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    const value = usual[name];
    ObjectDefineProperty(versions, name, {
      ...(value === undefined ? { get: () => lazyVersion(versions, name) } : { value }),
      enumerable: true,
      configurable: true,
    });
  }
  return versions;
}

function lazyVersion(versions: object, name: string): string {
  const { completeVersions } = part(
    'node/internal/versions',
  ) as typeof import('./node/internal/versions.ts');
  completeVersions(versions);
  return (versions as Record<string, string>)[name] ?? '';
}

function hrtime(previous?: [number, number]): [number, number] {
  const now = elapsedMs();
  const seconds = Math.floor(now / 1000) - (previous?.[0] ?? 0);
  const nanoseconds = (now % 1000) * 1e6 - (previous?.[1] ?? 0);
  return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1e9] : [seconds, nanoseconds];
}

/** As in Node, whatever is assigned to an environment variable becomes a string. */
function environmentProxy(environment: Readonly<Record<string, string>>): object {
  return new NativeProxy<Record<string, string>>(
    { ...environment },
    {
      set: (target, key, value) => {
        if (typeof key === 'string') target[key] = StringOf(value);
        return true;
      },
      defineProperty: (target, key, descriptor) => {
        if (typeof key !== 'string') return false;
        return Reflect.defineProperty(target, key, {
          value: StringOf(descriptor.value),
          writable: true,
          enumerable: true,
          configurable: true,
        });
      },
    },
  );
}
