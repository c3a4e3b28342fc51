import { FileHandle, openHandle } from '../../cores/fs/file-handle.ts';
import { part } from '../../parts.ts';
import { constants, content, fileArguments, operations, promiseFunctions } from '../fs.ts';
import { ERR_METHOD_NOT_IMPLEMENTED, notOffered } from '../internal/errors.ts';

type Folders = typeof import('../internal/fs-folders.ts');
const folders = (): Folders => part('node/internal/fs-folders') as Folders;

/** Pieces of a file that comes as a stream or any other iterable. */
type Pieces = Iterable<unknown> | AsyncIterable<unknown>;

function isPieces(data: unknown): data is Pieces {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return false;
  return Symbol.iterator in data || Symbol.asyncIterator in data;
}

async function writeFile(path: unknown, data: unknown, options?: unknown): Promise<void> {
  await writeWith('w', path, data, options);
}

async function writeWith(
  fallbackFlag: string,
  path: unknown,
  data: unknown,
  options: unknown,
): Promise<void> {
  if (path instanceof FileHandle) {
    await path.writeFile(data, options);
    return;
  }
  if (!isPieces(data)) {
    await operations.runAsPromise(content.writeFile(path, data, options, fallbackFlag));
    return;
  }
  const { flag, mode } = fileArguments.toOptions(options, { flag: fallbackFlag, mode: 0o666 });
  const handle = await openHandle(path, flag, mode);
  try {
    await handle.writeFile(data, options);
  } finally {
    await handle.close();
  }
}

/** https://nodejs.org/docs/latest-v24.x/api/fs.html#promises-api */
export const builtin: Record<string, unknown> = {
  ...promiseFunctions,
  constants,
  open: openHandle,
  writeFile,
  async readFile(path: unknown, options?: unknown): Promise<unknown> {
    if (path instanceof FileHandle) return path.readFile(options);
    return operations.runAsPromise(content.readFile(path, options));
  },
  async appendFile(path: unknown, data: unknown, options?: unknown): Promise<void> {
    await writeWith('a', path, data, options);
  },
  async opendir(path: unknown, options?: unknown): Promise<object> {
    return operations.runAsPromise(folders().openFolder(path, options));
  },
  async cp(from: unknown, to: unknown, options?: unknown): Promise<void> {
    await operations.runAsPromise(folders().copyTree(from, to, options));
  },
  async *glob(pattern: unknown, options?: unknown): AsyncGenerator {
    const { globOptions, globbed } = folders();
    yield* await operations.runAsPromise(globbed(pattern, globOptions(options)));
  },
  async mkdtempDisposable(prefix: unknown, options?: unknown): Promise<object> {
    const path = await promiseFunctions['mkdtemp']?.(prefix, options);
    const remove = async (): Promise<void> => {
      await promiseFunctions['rm']?.(path, { recursive: true, force: true });
    };
    return { path, remove, [Symbol.asyncDispose]: remove };
  },
  async lchmod(): Promise<never> {
    throw new ERR_METHOD_NOT_IMPLEMENTED('lchmod()');
  },
  watch(): never {
    throw notOffered('fs.promises.watch()', 'nothing but this function changes its files');
  },
};
