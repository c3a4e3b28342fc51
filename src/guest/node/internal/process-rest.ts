import { askHost } from '../../host.ts';
import { builtin as builtinOf, part } from '../../parts.ts';
import { JsonStringify } from '../../primordials.ts';
import { elapsedMs, onExit, setWorkingDirectory, startFacts, writeOutput } from '../../process.ts';
import { onUncaught } from '../../uncaught.ts';
import { EventEmitter, type Emitter } from '../events.ts';
import { createOutput } from './output.ts';
import { emitWarning, type WarningProcess } from './warnings.ts';
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, errorWithCode, notOffered } from './errors.ts';
import { systemError } from './system-error.ts';
import { validateObject, validateString } from './validators.ts';

/** User and group of functions on AWS. */
const userId = 993;
const groupId = 990;

type Process = Emitter & WarningProcess & Record<string, unknown>;

function refuse(what: string, why: string): () => never {
  return () => {
    throw notOffered(`process.${what}()`, why);
  };
}

function lacksPermission(call: string): () => never {
  return () => {
    throw systemError('EPERM', call);
  };
}

type SystemError = Error & { path?: string; dest?: string };

/** Node's error of `process.chdir` names both folders. */
function fromWhere(error: SystemError, directory: string): SystemError {
  const { process } = globalThis as unknown as { process: { cwd(): string } };
  error.path = process.cwd();
  error.dest = directory;
  error.message = error.message.replace(/chdir .*$/s, `chdir '${error.path}' -> '${directory}'`);
  return error;
}

const noProcesses = 'a function has no process of its own';
const noInternals = 'there are no internals of Node behind it';

function memoryBytes(): number {
  return (startFacts()?.memoryMb ?? 128) * 1_048_576;
}

/** A guest cannot measure its heap; all figures are the limit that holds for it, an upper bound. */
function memoryUsage(): object {
  const bytes = memoryBytes();
  return { rss: bytes, heapTotal: bytes, heapUsed: bytes, external: 0, arrayBuffers: 0 };
}

/** Nor its processor time: the time since the start is an upper bound of it. */
function cpuUsage(previous?: unknown): object {
  let user = elapsedMs() * 1000;
  if (previous !== undefined) {
    validateObject(previous, 'prevValue');
    const { user: before } = previous as { user?: unknown };
    if (typeof before !== 'number') {
      throw new ERR_INVALID_ARG_TYPE('prevValue.user', 'number', before);
    }
    if (before < 0) throw new ERR_OUT_OF_RANGE('prevValue.user', '>= 0 && <= 2^53', before);
    user -= before;
  }
  return { user, system: 0 };
}

const counted = [
  'sharedMemorySize',
  'unsharedDataSize',
  'unsharedStackSize',
  'minorPageFault',
  'majorPageFault',
  'swappedOut',
  'fsRead',
  'fsWrite',
  'ipcSent',
  'ipcReceived',
  'signalsCount',
  'voluntaryContextSwitches',
  'involuntaryContextSwitches',
];

function resourceUsage(): object {
  return {
    userCPUTime: elapsedMs() * 1000,
    systemCPUTime: 0,
    maxRSS: memoryBytes() / 1024,
    ...Object.fromEntries(counted.map((name) => [name, 0])),
  };
}

function kill(pid: unknown, signal: unknown = 'SIGTERM'): boolean {
  if (typeof pid !== 'number') throw new ERR_INVALID_ARG_TYPE('pid', 'number', pid);
  if (signal === 0 && pid === 8) return true;
  throw systemError(pid === 8 || pid === 1 ? 'EPERM' : 'ESRCH', 'kill');
}

function loadEnvFile(this: unknown, path: unknown = '.env'): void {
  const { readFileSync } = builtinOf('fs') as {
    readFileSync(path: unknown, encoding: string): string;
  };
  const { parseEnv } = builtinOf('util') as { parseEnv(text: string): Record<string, string> };
  const { env } = (globalThis as unknown as { process: { env: Record<string, string> } }).process;
  for (const [name, value] of Object.entries(parseEnv(readFileSync(path, 'utf8')))) {
    env[name] ??= value;
  }
}

function getBuiltinModule(id: unknown): object | undefined {
  validateString(id, 'id');
  try {
    return builtinOf(id.startsWith('node:') ? id.slice('node:'.length) : id);
  } catch {
    return undefined;
  }
}

interface Refable {
  ref?: () => void;
  unref?: () => void;
  [key: symbol]: (() => void) | undefined;
}

const callEither = (name: 'ref' | 'unref') => (target: Refable | undefined) => {
  const method = target?.[Symbol.for(`nodejs.${name}`)] ?? target?.[name];
  if (typeof method === 'function') Reflect.apply(method, target, []);
};

/** Fields of `process` besides its events, in Node's order. */
function fields(): object {
  let captureCallback: ((error: unknown) => void) | null = null;
  captured = () => captureCallback;
  const outputs: Record<string, object> = {};
  return {
    _rawDebug: (...args: unknown[]) => writeOutput(`${args.map(String).join(' ')}\n`),
    moduleLoadList: [],
    binding: refuse('binding', noInternals),
    _linkedBinding: refuse('_linkedBinding', noInternals),
    domain: null,
    _exiting: false,
    config: { target_defaults: {}, variables: {} },
    dlopen: () => {
      throw errorWithCode(
        'ERR_DLOPEN_DISABLED',
        'Cannot load native addon because loading addons is disabled.',
      );
    },
    _getActiveRequests: () => [],
    _getActiveHandles: () => [],
    getActiveResourcesInfo: () => [],
    reallyExit: (code: unknown) => exit(code),
    _kill: kill,
    loadEnvFile,
    cpuUsage,
    threadCpuUsage: cpuUsage,
    resourceUsage,
    memoryUsage: Object.assign(memoryUsage, { rss: memoryBytes }),
    constrainedMemory: memoryBytes,
    availableMemory: memoryBytes,
    kill,
    execve: refuse('execve', noProcesses),
    ref: callEither('ref'),
    unref: callEither('unref'),
    finalization: {
      register: refuse('finalization.register', 'a function is frozen, not ended'),
      registerBeforeExit: refuse(
        'finalization.registerBeforeExit',
        'a function is frozen, not ended',
      ),
      unregister: () => {},
    },
    openStdin: () => current()['stdin'],
    getuid: () => userId,
    geteuid: () => userId,
    getgid: () => groupId,
    getegid: () => groupId,
    getgroups: () => [groupId],
    allowedNodeEnvironmentFlags: new Set<string>(),
    features: {
      inspector: false,
      debug: false,
      uv: false,
      ipv6: true,
      tls_alpn: true,
      tls_sni: true,
      tls_ocsp: true,
      tls: true,
      openssl_is_boringssl: false,
      cached_builtins: true,
      require_module: true,
      typescript: false,
    },
    _fatalException: () => false,
    setUncaughtExceptionCaptureCallback: (callback: unknown) => {
      if (callback === null) {
        captureCallback = null;
        return;
      }
      if (typeof callback !== 'function') {
        throw new ERR_INVALID_ARG_TYPE('fn', ['function', 'null'], callback);
      }
      if (captureCallback !== null) {
        throw errorWithCode(
          'ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET',
          '`process.setUncaughtExceptionCaptureCallback()` was called while a capture callback was already active',
        );
      }
      captureCallback = callback as (error: unknown) => void;
    },
    hasUncaughtExceptionCaptureCallback: () => captureCallback !== null,
    emitWarning: (...args: unknown[]) => emitWarning(current(), args),
    _tickCallback: () => {},
    sourceMapsEnabled: false,
    setSourceMapsEnabled: () => {},
    getBuiltinModule,
    _debugProcess: refuse('_debugProcess', noProcesses),
    _debugEnd: () => {},
    _startProfilerIdleNotifier: () => {},
    _stopProfilerIdleNotifier: () => {},
    get stdout(): object {
      return (outputs['stdout'] ??= createOutput(1));
    },
    get stdin(): object {
      return (outputs['stdin'] ??= createInput());
    },
    get stderr(): object {
      return (outputs['stderr'] ??= createOutput(2));
    },
    abort: () => exit(134),
    chdir: (directory: unknown) => {
      validateString(directory, 'directory');
      // Relative paths are resolved where the files are.
      try {
        askHost('fs.chdir', JsonStringify([directory]));
      } catch (error) {
        throw fromWhere(error as SystemError, directory);
      }
      const path = askHost('fs.cwd', '[]');
      if (typeof path === 'string') setWorkingDirectory(path);
    },
    initgroups: lacksPermission('initgroups'),
    setgroups: lacksPermission('setgroups'),
    setegid: lacksPermission('setegid'),
    seteuid: lacksPermission('seteuid'),
    setgid: lacksPermission('setgid'),
    setuid: lacksPermission('setuid'),
    debugPort: 9229,
    _eval: undefined,
    _preload_modules: [],
    report: {
      writeReport: refuse('report.writeReport', noProcesses),
      getReport,
      directory: '',
      filename: '',
      compact: false,
      excludeNetwork: false,
      signal: 'SIGUSR2',
      reportOnFatalError: false,
      reportOnSignal: false,
      reportOnUncaughtException: false,
    },
  };
}

/** What a function knows about itself anyway. Packages read the C library off it: that of Amazon Linux 2023. */
function getReport(): object {
  const { version, arch, platform, versions, release } = current();
  return {
    header: {
      reportVersion: 5,
      event: 'JavaScript API',
      trigger: 'GetReport',
      nodejsVersion: version,
      glibcVersionRuntime: '2.34',
      glibcVersionCompiler: '2.34',
      wordSize: 64,
      arch,
      platform,
      componentVersions: versions,
      release,
    },
    sharedObjects: [],
  };
}

let captured: () => ((error: unknown) => void) | null = () => null;
let self: Process | undefined;

function current(): Process {
  return self as Process;
}

function exit(code: unknown): never {
  return (current() as unknown as { exit(code: unknown): never }).exit(code);
}

/** A function's standard input is at its end from the start. */
function createInput(): object {
  const { Readable } = part('node/stream') as typeof import('../stream.ts');
  const input = new Readable({
    read() {
      input.push(null);
    },
  });
  return Object.assign(input, { fd: 0 });
}

/** Makes the small object of the bootstrap a whole `process`. */
export function completeProcess(process: object): void {
  const prototype = Object.create(EventEmitter.prototype, {
    constructor: {
      value: Object.defineProperty(function () {}, 'name', { value: 'process' }),
      writable: true,
      configurable: true,
    },
  }) as object;
  Object.setPrototypeOf(process, prototype);
  self = process as Process;
  Reflect.apply(EventEmitter, process, []);
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(fields()))) {
    Object.defineProperty(process, name, { ...descriptor, enumerable: true });
  }
  onExit((code) => {
    current()['_exiting'] = true;
    current().emit('exit', code);
  });
  // AWS's client for Node 22 ends the process before listeners of the user's are asked.
  if (startFacts()?.runtime !== 'nodejs22.x') onUncaught(takeUncaught);
}

function takeUncaught(error: unknown): boolean {
  const process = current() as Process & { listenerCount(name: string): number };
  const capture = captured();
  if (capture !== null) {
    capture(error);
    return true;
  }
  if (process.listenerCount('uncaughtExceptionMonitor') > 0) {
    process.emit('uncaughtExceptionMonitor', error, 'uncaughtException');
  }
  return process.emit('uncaughtException', error, 'uncaughtException');
}
