import { callKind, emitKind, maxLogLineLength, type StartMessage } from '../wire/messages.ts';
import { askText, send } from './bridge.ts';
import { nextTick } from './ticks.ts';
import { checkedCallback } from './timers.ts';
import {
  DateNow,
  NativeError,
  NativeProxy,
  NumberOf,
  ReflectApply,
  StringOf,
  StringSlice,
} from './primordials.ts';

/** `process`, as far as handlers need it before the Node surface is there. */
export function createProcess(start: StartMessage): object {
  const startedMs = DateNow();
  const listeners: Record<string, unknown[]> = Object.create(null) as Record<string, unknown[]>;
  const version = start.runtime === 'nodejs22.x' ? 'v22.23.3' : 'v24.21.0';
  const process = {
    title: 'node',
    version,
    versions: { node: version.slice(1) },
    release: { name: 'node' },
    platform: 'linux',
    arch: start.architecture === 'arm64' ? 'arm64' : 'x64',
    pid: 8,
    ppid: 1,
    argv: ['/var/lang/bin/node', '/var/runtime/index.mjs'],
    execArgv: [],
    execPath: '/var/lang/bin/node',
    exitCode: undefined as unknown,
    env: environmentProxy(start.environment),
    stdout: output(),
    stderr: output(),
    cwd: () => '/var/task',
    chdir: () => {
      throw new NativeError('process.chdir() is not available in this environment');
    },
    umask: () => 0o22,
    uptime: () => (DateNow() - startedMs) / 1000,
    hrtime: Object.assign(
      (previous?: [number, number]) => {
        const elapsedMs = DateNow() - startedMs;
        const seconds = Math.floor(elapsedMs / 1000) - (previous?.[0] ?? 0);
        const nanoseconds = (elapsedMs % 1000) * 1e6 - (previous?.[1] ?? 0);
        return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1e9] : [seconds, nanoseconds];
      },
      { bigint: () => BigInt(DateNow() - startedMs) * 1_000_000n },
    ),
    nextTick: (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      nextTick(checkedCallback(callback), args);
    },
    emitWarning: (warning: unknown) => {
      writeRaw(`(node:8) Warning: ${StringOf(warning)}\n`);
    },
    exit: (code?: unknown): never => {
      askText(callKind.exit, StringOf(NumberOf(code ?? process.exitCode ?? 0)));
      // The host has ended the isolate; V8 notices at the next turn of a loop.
      for (;;);
    },
    abort: (): never => process.exit(134),
    on: (name: string, listener: unknown) => {
      (listeners[name] ??= []).push(listener);
      return process;
    },
    off: (name: string, listener: unknown) => {
      listeners[name] = (listeners[name] ?? []).filter((known) => known !== listener);
      return process;
    },
    emit: (name: string, ...args: unknown[]) => {
      const known = listeners[name] ?? [];
      for (const listener of known) ReflectApply(listener as () => void, process, args);
      return known.length > 0;
    },
    listeners: (name: string) => [...(listeners[name] ?? [])],
    listenerCount: (name: string) => listeners[name]?.length ?? 0,
  };
  return Object.assign(process, {
    addListener: process.on,
    once: process.on,
    prependListener: process.on,
    removeListener: process.off,
    removeAllListeners: (name: string) => {
      delete listeners[name];
      return process;
    },
  });
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

function output(): object {
  return {
    isTTY: false,
    write: (text: unknown): boolean => {
      writeRaw(StringOf(text));
      return true;
    },
  };
}

function writeRaw(text: string): void {
  const line = text.length > maxLogLineLength ? StringSlice(text, 0, maxLogLineLength) : text;
  send(emitKind.rawOutput, line);
}
