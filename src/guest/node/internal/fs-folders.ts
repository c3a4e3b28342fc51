import { copyTree } from '../../cores/fs/copy-tree.ts';
import { globbed, globOptions } from '../../cores/fs/glob.ts';
import { part } from '../../parts.ts';
import { nextTick } from '../../ticks.ts';
import {
  callbackFunction,
  Dirent,
  fileArguments,
  nowFunction,
  listing,
  names,
  operations,
  splitCallback,
} from '../fs.ts';
import { ERR_MISSING_ARGS, errorWithCode } from './errors.ts';
import { validateInteger } from './validators.ts';

const { encoded, toObject, toOptions, toPath } = fileArguments;

function dirClosed(): Error {
  return errorWithCode('ERR_DIR_CLOSED', 'Directory handle was closed');
}

/** A folder that is read entry by entry. All names are known when it is opened. */
export class Dir {
  readonly #path: unknown;
  readonly #entries: Iterator<object>;
  #isClosed = false;

  constructor(path?: unknown, entries?: Iterable<object>) {
    if (entries === undefined) throw new ERR_MISSING_ARGS('handle');
    this.#path = path;
    this.#entries = entries[Symbol.iterator]();
  }

  get path(): unknown {
    return this.#path;
  }

  read(callback?: (error: unknown, entry?: object | null) => void): Promise<object | null> | void {
    if (callback === undefined) return this.#readLater();
    this.#readLater().then(
      (entry) => nextTick(callback as never, [null, entry]),
      (error: unknown) => nextTick(callback as never, [error]),
    );
  }

  async #readLater(): Promise<object | null> {
    return this.readSync();
  }

  readSync(): object | null {
    if (this.#isClosed) throw dirClosed();
    const next = this.#entries.next();
    return next.done === true ? null : next.value;
  }

  close(callback?: (error: unknown) => void): Promise<void> | void {
    if (callback === undefined) return this.#closeLater();
    this.#closeLater().then(
      () => nextTick(callback as never, [null]),
      (error: unknown) => nextTick(callback as never, [error]),
    );
  }

  async #closeLater(): Promise<void> {
    this.closeSync();
  }

  closeSync(): void {
    if (this.#isClosed) throw dirClosed();
    this.#isClosed = true;
  }

  async *entries(): AsyncGenerator<object> {
    try {
      for (let entry = this.readSync(); entry !== null; entry = this.readSync()) yield entry;
    } finally {
      this.closeSync();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<object> {
    return this.entries();
  }

  [Symbol.dispose](): void {
    if (!this.#isClosed) this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.closeSync();
  }
}

function* openFolder(path: unknown, options?: unknown): operations.Operation<Dir> {
  const { encoding } = toOptions(options, {});
  const { bufferSize, recursive } = typeof options === 'string' ? {} : toObject(options);
  if (bufferSize !== undefined) validateInteger(bufferSize, 'options.bufferSize', 1, 4294967295);
  const top = toPath(path);
  const entries: object[] = [];
  const folders = [top];
  for (const folder of folders) {
    for (const [name, kind] of yield* opened(folder)) {
      if (kind === 'd' && recursive === true) folders.push(listing.joined(folder, name));
      entries.push(new Dirent(encoded(name, encoding), encoded(folder, encoding), kind));
    }
  }
  return new Dir(encoded(top, encoding), entries);
}

/** The same question, but errors name the call that Node makes. */
function* opened(folder: string): operations.Operation<listing.Entry[]> {
  try {
    return yield* listing.entriesOf(folder);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      // Node 24 forgets the path here.
      error.message = error.message.replace(/, scandir '.*$/s, ', opendir');
      error.syscall = 'opendir';
      delete (error as { path?: string }).path;
    }
    throw error;
  }
}

export const opendir = callbackFunction('opendir', openFolder);
export const opendirSync = nowFunction('opendirSync', openFolder);

export { copyTree, openFolder };
export const cp = callbackFunction('cp', copyTree);
export const cpSync = nowFunction('cpSync', copyTree);

export { globbed, globOptions };

export function globSync(pattern: unknown, options?: unknown): unknown[] {
  return operations.runNow(globbed(pattern, globOptions(options)));
}

export function glob(...args: unknown[]): void {
  const { callback, rest } = splitCallback(args);
  operations.runBeside(globbed(rest[0], globOptions(rest[1])), (error, found) => {
    if (error === null) callback(null, found);
    else callback(error);
  });
}

/** A folder that is removed when its scope ends. */
export function mkdtempDisposableSync(prefix: unknown, options?: unknown): object {
  const path = operations.runNow(names.mkdtemp(prefix, options));
  const remove = (): void => {
    const { builtin } = part('node/fs') as { builtin: Record<string, (...a: unknown[]) => void> };
    builtin['rmSync']?.(path, { recursive: true, force: true });
  };
  return { path, remove, [Symbol.dispose]: remove };
}
