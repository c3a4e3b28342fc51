import { content, fileArguments, listing, names, operations } from '../../node/fs.ts';
import { errorWithCode } from '../../node/internal/errors.ts';
import { validateFunction, validateInteger } from '../../node/internal/validators.ts';

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
    const found = given[name];
    fileArguments.validateBooleanOption(found, `options.${name}`);
    return found ?? fallback;
  };
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
  if (checked.recursive && isInside(target, source)) {
    throw cpError('ERR_FS_CP_EINVAL', `Cannot copy ${source} to a subdirectory of self ${target}`);
  }
  yield* copyOne(source, target, checked);
  return undefined;
}

function parentOf(path: string): string {
  const end = path.replace(/\/+$/, '').lastIndexOf('/');
  if (end < 0) return '.';
  return end === 0 ? '/' : path.slice(0, end);
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function cpError(code: string, message: string): Error {
  return errorWithCode(code, message);
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
    throw cpError(
      'ERR_FS_CP_DIR_TO_NON_DIR',
      `Cannot overwrite non-directory ${target} with directory ${source}`,
    );
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
    throw cpError('ERR_FS_CP_EEXIST', `Target already exists: cp returned EEXIST ${target}`);
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
  if (existing !== undefined) {
    if (!options.force && !options.errorOnExist) return undefined;
    yield* makeWay(target, options);
  }
  yield* names.symlink(leadsTo, target);
  return undefined;
}
