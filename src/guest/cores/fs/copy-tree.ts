import { content, fileArguments, listing, names, operations } from '../../node/fs.ts';
import { errorWithCode } from '../../node/internal/errors.ts';
import {
  validateBoolean,
  validateFunction,
  validateInteger,
} from '../../node/internal/validators.ts';

type Operation<Result> = operations.Operation<Result>;

interface CopyOptions {
  readonly dereference: boolean;
  readonly errorOnExist: boolean;
  readonly filter: ((from: string, to: string) => unknown) | undefined;
  readonly force: boolean;
  readonly mode: number;
  readonly preserveTimestamps: boolean;
  readonly recursive: boolean;
  readonly verbatimSymlinks: boolean;
}

function copyOptions(value: unknown): CopyOptions {
  const given = fileArguments.toObject(value);
  const { filter, mode = 0 } = given;
  const flag = (name: string, fallback: boolean): boolean => {
    const found = name in given ? given[name] : fallback;
    validateBoolean(found, `options.${name}`);
    return found;
  };
  if (flag('dereference', false) && flag('verbatimSymlinks', false)) {
    throw errorWithCode(
      'ERR_INCOMPATIBLE_OPTION_PAIR',
      'Option "dereference" cannot be used in combination with option "verbatimSymlinks"',
      TypeError,
    );
  }
  if (filter !== undefined) validateFunction(filter, 'options.filter');
  validateInteger(mode, 'mode', 0, 7);
  return {
    dereference: flag('dereference', false),
    errorOnExist: flag('errorOnExist', false),
    filter,
    force: flag('force', true),
    mode,
    preserveTimestamps: flag('preserveTimestamps', false),
    recursive: flag('recursive', false),
    verbatimSymlinks: flag('verbatimSymlinks', false),
  };
}

/** `cp`: files, links, and folders with all that is in them. */
export function* copyTree(from: unknown, to: unknown, options?: unknown): Operation<undefined> {
  const checked = copyOptions(options);
  const [source, target] = [fileArguments.toPath(from, 'src'), fileArguments.toPath(to, 'dest')];
  yield* checkPlaces(source, target, checked);
  yield* copyOne(source, target, checked);
  return undefined;
}

/** What cannot be copied at all. */
function* checkPlaces(
  source: string,
  target: string,
  { dereference }: CopyOptions,
): Operation<undefined> {
  const stats = yield* dereference ? names.stat(source) : names.lstat(source);
  const existing = yield* (dereference ? names.statNow : names.lstatNow)(target, absentAllowed);
  if (isSame(stats, existing)) {
    throw cpError('ERR_FS_CP_EINVAL', 'src and dest cannot be the same', target);
  }
  if (!stats.isDirectory()) return undefined;
  if (existing !== undefined && !existing.isDirectory()) throw folderOverFile(source, target);
  if (isInside(target, source)) throw intoItself(source, target);
  for (let at = parentOf(target); at !== '/' && at !== '.'; at = parentOf(at)) {
    const above = yield* names.statNow(at, absentAllowed);
    if (isSame(stats, above)) throw intoItself(source, target);
  }
  return undefined;
}

const absentAllowed = { throwIfNoEntry: false };

function isSame(a: names.AnyStats, b: names.AnyStats | undefined): boolean {
  const [one, other] = [a, b] as unknown as Record<'ino' | 'dev', number>[];
  return one?.ino === other?.ino && one?.dev === other?.dev;
}

function folderOverFile(source: string, target: string): Error {
  return cpError(
    'ERR_FS_CP_DIR_TO_NON_DIR',
    `Cannot overwrite non-directory ${target} with directory ${source}`,
    target,
  );
}

function intoItself(source: string, target: string): Error {
  return cpError(
    'ERR_FS_CP_EINVAL',
    `Cannot copy ${source} to a subdirectory of self ${target}`,
    target,
  );
}

function parentOf(path: string): string {
  const end = path.replace(/\/+$/, '').lastIndexOf('/');
  if (end < 0) return '.';
  return end === 0 ? '/' : path.slice(0, end);
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function cpError(code: string, message: string, path: string): Error {
  return Object.assign(errorWithCode(code, message), { syscall: 'cp', path });
}

function* copyOne(source: string, target: string, options: CopyOptions): Operation<undefined> {
  if (options.filter !== undefined) {
    const isWanted = yield* operations.wait(options.filter(source, target));
    if (!isWanted) return undefined;
  }
  const stats = yield* options.dereference ? names.stat(source) : names.lstat(source);
  const existing = yield* names.lstatNow(target, { throwIfNoEntry: false });
  if (stats.isDirectory()) {
    yield* copyFolder(source, target, existing, options);
  } else if (existing?.isDirectory() === true) {
    throw cpError(
      'ERR_FS_CP_NON_DIR_TO_DIR',
      `Cannot overwrite directory ${target} with non-directory ${source}`,
      target,
    );
  } else if (stats.isSymbolicLink()) {
    yield* copyLink(source, target, existing, options);
  } else {
    yield* copyFile(source, target, existing, options);
  }
  return undefined;
}

function* copyFolder(
  source: string,
  target: string,
  existing: names.AnyStats | undefined,
  options: CopyOptions,
): Operation<undefined> {
  if (!options.recursive) {
    throw errorWithCode(
      'ERR_FS_EISDIR',
      `Recursive option not enabled, cannot copy a directory: ${source}`,
    );
  }
  if (existing !== undefined && !existing.isDirectory()) {
    throw folderOverFile(source, target);
  }
  if (existing === undefined) yield* names.mkdir(target, { recursive: true });
  for (const [name] of yield* listing.sortedEntriesOf(source)) {
    yield* copyOne(listing.joined(source, name), listing.joined(target, name), options);
  }
  return undefined;
}

function* copyFile(
  source: string,
  target: string,
  existing: names.AnyStats | undefined,
  options: CopyOptions,
): Operation<undefined> {
  if (existing !== undefined && !(yield* makeWay(target, options))) return undefined;
  if (existing === undefined) yield* names.mkdir(parentOf(target), { recursive: true });
  yield* content.copyFile(source, target, options.mode);
  if (options.preserveTimestamps) {
    const { atimeMs, mtimeMs } = yield* names.stat(source) as Operation<
      {
        atimeMs: number;
        mtimeMs: number;
      } & names.AnyStats
    >;
    yield* names.utimes(target, atimeMs / 1000, mtimeMs / 1000);
  }
  return undefined;
}

/** Whether the copy may go where something is already. */
function* makeWay(target: string, options: CopyOptions): Operation<boolean> {
  if (options.force) {
    yield* names.unlink(target);
    return true;
  }
  if (options.errorOnExist) {
    throw cpError(
      'ERR_FS_CP_EEXIST',
      `Target already exists: cp returned EEXIST ${target}`,
      target,
    );
  }
  return false;
}

function* copyLink(
  source: string,
  target: string,
  existing: names.AnyStats | undefined,
  options: CopyOptions,
): Operation<undefined> {
  const written = (yield* names.readlink(source)) as string;
  const isKept = options.verbatimSymlinks || written.startsWith('/');
  // Node makes links absolute, so that they lead where they led.
  const leadsTo = isKept ? written : listing.joined(parentOf(source), written);
  if (existing?.isSymbolicLink() === true) {
    yield* checkLinks(source, leadsTo, target);
    yield* names.unlink(target);
  }
  yield* names.symlink(leadsTo, target);
  return undefined;
}

/** A link may not take the place of one that leads into what it leads to, or the other way round. */
function* checkLinks(source: string, leadsTo: string, target: string): Operation<undefined> {
  const stats = yield* names.statNow(source, absentAllowed);
  if (stats?.isDirectory() !== true) return undefined;
  const found = (yield* names.readlink(target)) as string;
  const before = found.startsWith('/') ? found : listing.joined(parentOf(target), found);
  if (isInside(before, leadsTo)) throw intoItself(leadsTo, before);
  if (isInside(leadsTo, before)) {
    throw cpError(
      'ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY',
      `cannot overwrite ${before} with ${leadsTo}`,
      target,
    );
  }
  return undefined;
}
