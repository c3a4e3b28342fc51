import { part } from '../parts.ts';
import { elapsedMs, startFacts } from '../process.ts';
import { dlopen, errno, priority, signals } from './internal/os-constants.ts';
import { systemError } from './internal/system-error.ts';
import { validateInt32 } from './internal/validators.ts';

/** What a function sees of its machine: the figures of AWS's, by the function's memory. */
function totalmem(): number {
  return (startFacts()?.memoryMb ?? 128) * 1_048_576;
}

/** One processor for each 1,769 MB, and never less than two of them to be seen. */
function cpuCount(): number {
  return Math.max(2, Math.ceil((startFacts()?.memoryMb ?? 128) / 1769));
}

function cpus(): object[] {
  return Array.from({ length: cpuCount() }, () => ({
    model: 'Intel(R) Xeon(R) Processor @ 2.50GHz',
    speed: 2500,
    times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
  }));
}

function networkInterfaces(): object {
  return {
    lo: [
      {
        address: '127.0.0.1',
        netmask: '255.0.0.0',
        family: 'IPv4',
        mac: '00:00:00:00:00:00',
        internal: true,
        cidr: '127.0.0.1/8',
      },
    ],
  };
}

interface UserOptions {
  readonly encoding?: unknown;
}

function userInfo(options?: UserOptions): object {
  const isBytes = options?.encoding === 'buffer';
  const text = (value: string): unknown =>
    isBytes ? (part('node/buffer') as typeof import('./buffer.ts')).Buffer.from(value) : value;
  return {
    uid: 993,
    gid: 990,
    username: text('sbx_user1051'),
    homedir: text('/home/sbx_user1051'),
    shell: text('/sbin/nologin'),
  };
}

function environment(name: string): string | undefined {
  const { process } = globalThis as unknown as {
    process: { env: Record<string, string | undefined> };
  };
  return process.env[name];
}

const withPrimitive = <Result extends string | number>(get: () => Result): (() => Result) =>
  Object.defineProperty(get, Symbol.toPrimitive, { value: () => get(), configurable: true });

const isArm = (): boolean => startFacts()?.architecture === 'arm64';

/** A temporary folder without the slash at its end. */
function tmpdir(): string {
  const path = environment('TMPDIR') || environment('TMP') || environment('TEMP') || '/tmp';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

export const builtin: object = {
  arch: withPrimitive(() => (isArm() ? 'arm64' : 'x64')),
  availableParallelism: withPrimitive(cpuCount),
  cpus,
  endianness: withPrimitive(() => 'LE'),
  freemem: withPrimitive(totalmem),
  getPriority: (pid: unknown = 0) => {
    validateInt32(pid, 'pid');
    return 0;
  },
  homedir: withPrimitive(() => environment('HOME') ?? '/home/sbx_user1051'),
  hostname: withPrimitive(() => '169.254.100.6'),
  loadavg: () => [0, 0, 0],
  networkInterfaces,
  platform: withPrimitive(() => 'linux'),
  release: withPrimitive(() => '5.10.245-266.986.amzn2.x86_64'),
  setPriority: (pid: unknown, wanted: unknown) => {
    validateInt32(wanted === undefined ? pid : wanted, 'priority', -20, 19);
    throw systemError('EACCES', 'uv_os_setpriority');
  },
  tmpdir: withPrimitive(tmpdir),
  totalmem: withPrimitive(totalmem),
  type: withPrimitive(() => 'Linux'),
  userInfo,
  uptime: withPrimitive(() => elapsedMs() / 1000),
  version: withPrimitive(() => '#1 SMP Mon Nov 3 19:14:08 UTC 2025'),
  machine: withPrimitive(() => (isArm() ? 'aarch64' : 'x86_64')),
  constants: {
    __proto__: null,
    UV_UDP_REUSEADDR: 4,
    dlopen,
    errno,
    signals,
    priority,
  },
  EOL: '\n',
  devNull: '/dev/null',
};
