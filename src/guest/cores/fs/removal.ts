import { nodeError } from '../../node/internal/errors.ts';
import { validateInteger } from '../../node/internal/validators.ts';
import { toObject, toPath, validateBooleanOption } from './arguments.ts';
import { ask, askText, type Operation } from './operation.ts';
import { toStats } from './stats.ts';

interface RemovalOptions {
  readonly recursive: boolean;
  readonly force: boolean;
}

function removalOptions(options: unknown): RemovalOptions {
  const given = toObject(options);
  const { recursive, force, maxRetries = 0, retryDelay = 100 } = given;
  validateBooleanOption(recursive, 'options.recursive');
  validateBooleanOption(force, 'options.force');
  validateInteger(retryDelay, 'options.retryDelay', 0, 2147483647);
  validateInteger(maxRetries, 'options.maxRetries', 0, 4294967295);
  return { recursive: recursive ?? false, force: force ?? false };
}

export function* rm(path: unknown, options?: unknown): Operation<undefined> {
  const checked = toPath(path);
  const { recursive, force } = removalOptions(options);
  let json: string;
  try {
    json = yield* askText('lstat', checked);
  } catch (error) {
    if (force && (error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
  if (toStats(json, false).isDirectory() && !recursive) throw isFolder(checked);
  yield* ask('rm', checked);
  return undefined;
}

export function* rmdir(path: unknown, options?: unknown): Operation<undefined> {
  const checked = toPath(path);
  const { recursive } = removalOptions(options);
  const json = recursive ? yield* askText('lstatIfThere', checked) : '';
  const isTree = json !== '' && toStats(json, false).isDirectory();
  yield* ask(isTree ? 'rm' : 'rmdir', checked);
  return undefined;
}

const IsFolderError = nodeError(
  'ERR_FS_EISDIR',
  Error,
  (path: string) => `Path is a directory: rm returned EISDIR (is a directory) ${path}`,
);

/** Node's SystemError, which shows the call as a property too. */
function isFolder(path: string): Error {
  const error = new IsFolderError(path);
  Object.defineProperty(error, 'name', { value: 'SystemError', configurable: true });
  const info = { code: 'EISDIR', message: 'is a directory', path, syscall: 'rm', errno: 21 };
  return Object.assign(error, { info, errno: 21, syscall: 'rm', path });
}
