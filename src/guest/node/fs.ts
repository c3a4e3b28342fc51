import { checkAborted, toOptions, toPath, toTime } from '../cores/fs/arguments.ts';
import {
  callbackFunction,
  nowFunction,
  promiseFunction,
  splitCallback,
  type AnyFunction,
} from '../cores/fs/callbacks.ts';
import { constants } from '../cores/fs/constants.ts';
import * as content from '../cores/fs/content.ts';
import { Dirent } from '../cores/fs/dirent.ts';
import { readdir } from '../cores/fs/listing.ts';
import * as names from '../cores/fs/names.ts';
import { runBeside, type Operation } from '../cores/fs/operation.ts';
import { rm, rmdir } from '../cores/fs/removal.ts';
import { Stats } from '../cores/fs/stats.ts';
import { part } from '../parts.ts';
import { notOffered } from './internal/errors.ts';

/** What the other parts of `node:fs` share with this one. */
export * as fileArguments from '../cores/fs/arguments.ts';
export * as operations from '../cores/fs/operation.ts';
export * as listing from '../cores/fs/listing.ts';
export { callbackFunction, constants, content, Dirent, names, nowFunction, splitCallback };

/** Operations that all three kinds of functions offer under one name. */
const shared = {
  access: names.access,
  appendFile: content.appendFile,
  chmod: names.chmod,
  chown: names.chown,
  copyFile: content.copyFile,
  lchown: names.lchown,
  link: names.link,
  lutimes: names.lutimes,
  mkdir: names.mkdir,
  mkdtemp: names.mkdtemp,
  readFile: content.readFile,
  readdir,
  readlink: names.readlink,
  rename: names.rename,
  rm,
  rmdir,
  statfs: names.statfs,
  symlink: names.symlink,
  truncate: content.truncate,
  unlink: names.unlink,
  utimes: names.utimes,
  writeFile: content.writeFile,
};

/** Those that are different for promises, or not there. */
const others = {
  close: content.close,
  fchmod: names.fchmod,
  fchown: names.fchown,
  fdatasync: content.fdatasync,
  fstat: names.fstat,
  fsync: content.fsync,
  ftruncate: content.ftruncate,
  futimes: names.futimes,
  open: content.open,
};

export const promiseFunctions: Readonly<Record<string, AnyFunction>> = Object.fromEntries(
  Object.entries({
    ...shared,
    lstat: names.lstat,
    realpath: names.realpathNative,
    stat: names.stat,
  }).map(([name, make]) => [name, promiseFunction(name, make as never)]),
);

const functions: Record<string, unknown> = {};

for (const [name, make] of Object.entries({ ...shared, ...others })) {
  functions[name] = callbackFunction(name, make as never);
  functions[`${name}Sync`] = nowFunction(`${name}Sync`, make as never);
}

const closeWith = functions['close'] as AnyFunction;
/** Nobody has to wait for it. */
functions['close'] = function close(fd: unknown, callback: unknown = () => {}): void {
  closeWith(fd, callback);
};

for (const [name, make, makeNow] of [
  ['stat', names.stat, names.statNow],
  ['lstat', names.lstat, names.lstatNow],
] as const) {
  functions[name] = callbackFunction(name, make);
  functions[`${name}Sync`] = nowFunction(`${name}Sync`, makeNow);
}

functions['realpath'] = Object.assign(callbackFunction('realpath', names.realpath), {
  native: callbackFunction('native', names.realpathNative),
});
functions['realpathSync'] = Object.assign(nowFunction('realpathSync', names.realpath), {
  native: nowFunction('native', names.realpathNative),
});

/** What `util.promisify` makes of a function, where it is not the usual. */
const customPromisify = Symbol.for('nodejs.util.promisify.custom');

function promisified(callback: AnyFunction, promise: AnyFunction): AnyFunction {
  return Object.defineProperty(callback, customPromisify, { value: promise, configurable: true });
}

for (const [name, make] of [
  ['read', content.read],
  ['readv', content.readv],
  ['write', content.write],
  ['writev', content.writev],
] as const) {
  const isRead = name.startsWith('read');
  const count = (result: content.ReadResult | content.WriteResult): number =>
    'bytesRead' in result ? result.bytesRead : result.bytesWritten;
  const operation = make as (
    ...args: unknown[]
  ) => Operation<content.ReadResult | content.WriteResult>;
  functions[name] = promisified(
    callbackFunction(name, operation, (result) => [count(result), result.buffer]),
    async (...args) => {
      const result = await promiseFunction(name, operation)(...args);
      const { buffer } = result as content.ReadResult;
      const key = name.endsWith('v') ? 'buffers' : 'buffer';
      return { [isRead ? 'bytesRead' : 'bytesWritten']: count(result as never), [key]: buffer };
    },
  );
  const makeNow = name === 'read' ? content.readNow : operation;
  functions[`${name}Sync`] = nowFunction(`${name}Sync`, makeNow, count as never);
}

/** Deprecated: its callback gets no error. */
functions['exists'] = promisified(
  (...args) => {
    const { callback, rest } = splitCallback(args);
    runBeside(names.exists(rest[0]), (_, found) => callback(found === true));
  },
  promiseFunction('exists', names.exists),
);
functions['existsSync'] = nowFunction('existsSync', names.exists);

functions['openAsBlob'] = async (path: unknown, options?: { type?: string }): Promise<unknown> => {
  checkAborted(toOptions(options, {}).signal);
  const bytes = await promiseFunctions['readFile']?.(path);
  const { Blob } = globalThis as unknown as { Blob: new (parts: unknown[], o?: object) => unknown };
  return new Blob([bytes], { type: options?.type ?? '' });
};

const nobodyWatches = 'nothing but this function changes its files';

Object.assign(functions, {
  watch(path: unknown, options?: unknown): never {
    toPath(path, 'filename');
    toOptions(options, {});
    throw notOffered('fs.watch()', nobodyWatches);
  },
  watchFile(path: unknown): never {
    toPath(path, 'filename');
    throw notOffered('fs.watchFile()', nobodyWatches);
  },
  /** Nothing is watched, so there is nothing to end. */
  unwatchFile(): void {},
  /** Only macOS has it. */
  lchmod: undefined,
  lchmodSync: undefined,
  _toUnixTimestamp: (time: unknown): number => toTime(time) / 1000,
});

/** What lives in a part of its own, by the names that it exports. */
const lazy: Readonly<Record<string, readonly string[]>> = {
  'node/internal/fs-streams': [
    'ReadStream',
    'WriteStream',
    'FileReadStream',
    'FileWriteStream',
    'createReadStream',
    'createWriteStream',
  ],
  'node/internal/fs-folders': [
    'Dir',
    'opendir',
    'opendirSync',
    'cp',
    'cpSync',
    'glob',
    'globSync',
    'mkdtempDisposableSync',
  ],
};

/** https://nodejs.org/docs/latest-v24.x/api/fs.html */
export const builtin: Record<string, unknown> = {
  ...functions,
  Dirent,
  Stats,
  constants,
  get promises(): object {
    return (part('node/fs/promises') as { builtin: object }).builtin;
  },
};

for (const name of ['F_OK', 'R_OK', 'W_OK', 'X_OK']) {
  Object.defineProperty(builtin, name, { value: constants[name], configurable: true });
}

for (const [name, exported] of Object.entries(lazy)) {
  for (const key of exported) {
    Object.defineProperty(builtin, key, {
      get: () => (part(name) as Record<string, unknown>)[key],
      // Packages such as graceful-fs put their own classes here.
      set: (value: unknown) => {
        Object.defineProperty(builtin, key, {
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      },
      enumerable: true,
      configurable: true,
    });
  }
}
