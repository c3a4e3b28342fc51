import { errorWithCode } from '../../node/internal/errors.ts';
import { validateInteger } from '../../node/internal/validators.ts';
import {
  encoded,
  toDescriptor,
  toMode,
  toObject,
  toOptions,
  toPath,
  toTime,
  validateBooleanOption,
  validateString,
} from './arguments.ts';
import { ask, askText, type Operation } from './operation.ts';
import { StatFs, toStats, type BigIntStats, type Stats } from './stats.ts';

export type AnyStats = Stats | BigIntStats;

export function* access(path: unknown, mode: unknown = 0): Operation<undefined> {
  const checked = toPath(path);
  if (typeof mode !== 'number') validateInteger(mode, 'mode');
  else if (!(mode >= 0 && mode <= 7)) {
    throw errorWithCode('ERR_OUT_OF_RANGE', 'mode is out of range: >= 0 && <= 7', RangeError);
  }
  yield* ask('access', checked, mode);
  return undefined;
}

export function* exists(path: unknown): Operation<boolean> {
  let checked: string;
  try {
    checked = toPath(path);
  } catch {
    return false;
  }
  try {
    return (yield* askText('statIfThere', checked)) !== '';
  } catch {
    return false;
  }
}

function* statOf(call: 'stat' | 'lstat', path: unknown, options: unknown): Operation<AnyStats> {
  const checked = toPath(path);
  const { bigint } = toObject(options);
  return toStats(yield* askText(call, checked), bigint);
}

export function stat(path: unknown, options?: unknown): Operation<AnyStats> {
  return statOf('stat', path, options);
}

export function lstat(path: unknown, options?: unknown): Operation<AnyStats> {
  return statOf('lstat', path, options);
}

/** The synchronous functions may say nothing where there is nothing. */
function* statOrNothing(
  call: 'stat' | 'lstat',
  path: unknown,
  options: unknown,
): Operation<AnyStats | undefined> {
  const { bigint, throwIfNoEntry } = toObject(options);
  if (throwIfNoEntry !== false) return yield* statOf(call, path, options);
  const json = yield* askText(`${call}IfThere`, toPath(path));
  return json === '' ? undefined : toStats(json, bigint);
}

export function statNow(path: unknown, options?: unknown): Operation<AnyStats | undefined> {
  return statOrNothing('stat', path, options);
}

export function lstatNow(path: unknown, options?: unknown): Operation<AnyStats | undefined> {
  return statOrNothing('lstat', path, options);
}

export function* fstat(fd: unknown, options?: unknown): Operation<AnyStats> {
  const { bigint } = toObject(options);
  return toStats(yield* askText('fstat', toDescriptor(fd)), bigint);
}

export function* statfs(path: unknown, options?: unknown): Operation<StatFs> {
  const checked = toPath(path);
  const { bigint } = toObject(options);
  return new StatFs(yield* askText('statfs', checked), bigint);
}

/** The first folder that was made, where `recursive` is asked for. */
export function* mkdir(path: unknown, options?: unknown): Operation<unknown> {
  const isMode = typeof options === 'number' || typeof options === 'string';
  const { recursive, mode } = isMode ? { recursive: false, mode: options } : toObject(options);
  const checked = toPath(path);
  validateBooleanOption(recursive, 'options.recursive');
  const bits = toMode(mode, 'mode', 0o777);
  return yield* ask(recursive === true ? 'mkdirs' : 'mkdir', checked, bits);
}

export function* mkdtemp(prefix: unknown, options?: unknown): Operation<unknown> {
  const { encoding } = toOptions(options, {});
  const checked = toPath(prefix, 'prefix');
  try {
    return encoded(yield* askText('mkdtemp', checked), encoding);
  } catch (error) {
    throw withPattern(error, checked);
  }
}

/** Node names the pattern that libuv was given. */
function withPattern(error: unknown, prefix: string): unknown {
  if (error instanceof Error && 'path' in error && error.path === prefix) {
    error.message = error.message.replace(`'${prefix}'`, () => `'${prefix}XXXXXX'`);
    error.path = `${prefix}XXXXXX`;
  }
  return error;
}

export function* unlink(path: unknown): Operation<undefined> {
  yield* ask('unlink', toPath(path));
  return undefined;
}

export function* rename(from: unknown, to: unknown): Operation<undefined> {
  const [path, dest] = [toPath(from, 'oldPath'), toPath(to, 'newPath')];
  yield* ask('rename', path, dest);
  return undefined;
}

export function* link(existing: unknown, path: unknown): Operation<undefined> {
  const [from, to] = [toPath(existing, 'existingPath'), toPath(path, 'newPath')];
  yield* ask('link', from, to);
  return undefined;
}

/** `type` only means something on Windows. */
export function* symlink(target: unknown, path: unknown, type?: unknown): Operation<undefined> {
  if (type !== undefined && type !== null) validateString(type, 'type');
  const [to, at] = [toPath(target, 'target'), toPath(path)];
  yield* ask('symlink', to, at);
  return undefined;
}

export function* readlink(path: unknown, options?: unknown): Operation<unknown> {
  const { encoding } = toOptions(options, {});
  return encoded(yield* askText('readlink', toPath(path)), encoding);
}

/** As the JavaScript of Node does it: errors come from the `lstat` of what is missing. */
export function* realpath(path: unknown, options?: unknown): Operation<unknown> {
  const { encoding } = toOptions(options, {});
  const checked = toPath(path);
  try {
    return encoded(yield* askText('realpath', checked), encoding);
  } catch (error) {
    const start = checked.startsWith('/') ? '' : yield* askText('cwd');
    let prefix = '';
    for (const name of `${start}/${checked}`.split('/')) {
      if (name === '' || name === '.') continue;
      prefix += `/${name}`;
      yield* ask('lstat', prefix);
    }
    throw error;
  }
}

export function* realpathNative(path: unknown, options?: unknown): Operation<unknown> {
  const { encoding } = toOptions(options, {});
  return encoded(yield* askText('realpath', toPath(path)), encoding);
}

export function* chmod(path: unknown, mode: unknown): Operation<undefined> {
  const checked = toPath(path);
  yield* ask('chmod', checked, toMode(mode));
  return undefined;
}

export function* fchmod(fd: unknown, mode: unknown): Operation<undefined> {
  const descriptor = toDescriptor(fd);
  yield* ask('fchmod', descriptor, toMode(mode));
  return undefined;
}

function owner(uid: unknown, gid: unknown): [number, number] {
  validateInteger(uid, 'uid', -1, 4294967295);
  validateInteger(gid, 'gid', -1, 4294967295);
  return [uid, gid];
}

export function* chown(path: unknown, uid: unknown, gid: unknown): Operation<undefined> {
  const checked = toPath(path);
  yield* ask('chown', checked, ...owner(uid, gid));
  return undefined;
}

export function* lchown(path: unknown, uid: unknown, gid: unknown): Operation<undefined> {
  const checked = toPath(path);
  yield* ask('lchown', checked, ...owner(uid, gid));
  return undefined;
}

export function* fchown(fd: unknown, uid: unknown, gid: unknown): Operation<undefined> {
  const descriptor = toDescriptor(fd);
  yield* ask('fchown', descriptor, ...owner(uid, gid));
  return undefined;
}

export function* utimes(path: unknown, atime: unknown, mtime: unknown): Operation<undefined> {
  const checked = toPath(path);
  yield* ask('utime', checked, toTime(atime), toTime(mtime));
  return undefined;
}

export function* lutimes(path: unknown, atime: unknown, mtime: unknown): Operation<undefined> {
  const checked = toPath(path);
  yield* ask('lutime', checked, toTime(atime), toTime(mtime));
  return undefined;
}

export function* futimes(fd: unknown, atime: unknown, mtime: unknown): Operation<undefined> {
  const descriptor = toDescriptor(fd);
  yield* ask('futime', descriptor, toTime(atime), toTime(mtime));
  return undefined;
}
