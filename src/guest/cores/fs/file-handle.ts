import { content, fileArguments, names, operations } from '../../node/fs.ts';
import { EventEmitter } from '../../node/events.ts';
import { systemError } from '../../node/internal/system-error.ts';
import { part } from '../../parts.ts';

type Streams = typeof import('../../node/internal/fs-streams.ts');
type Result<Make extends (...args: never[]) => operations.Operation<unknown>> =
  ReturnType<Make> extends operations.Operation<infer Value> ? Value : never;

/** An open file of the promise functions. */
export class FileHandle extends (EventEmitter as unknown as new () => {
  emit(name: string, ...args: unknown[]): boolean;
}) {
  #descriptor: number;
  #closing: Promise<void> | undefined;

  constructor(descriptor: number) {
    super();
    this.#descriptor = descriptor;
  }

  get fd(): number {
    return this.#descriptor;
  }

  getAsyncId(): number {
    return 0;
  }

  appendFile(data: unknown, options?: unknown): Promise<void> {
    return this.writeFile(data, options);
  }

  async chmod(mode: unknown): Promise<void> {
    await this.#run('fchmod', (fd) => names.fchmod(fd, mode));
  }

  async chown(uid: unknown, gid: unknown): Promise<void> {
    await this.#run('fchown', (fd) => names.fchown(fd, uid, gid));
  }

  async datasync(): Promise<void> {
    await this.#run('fdatasync', content.fdatasync);
  }

  async sync(): Promise<void> {
    await this.#run('fsync', content.fsync);
  }

  async read(buffer?: unknown, ...rest: unknown[]): Promise<Result<typeof content.read>> {
    return this.#run('read', (fd) => content.read(fd, buffer, ...rest));
  }

  async readv(buffers: unknown, position?: unknown): Promise<object> {
    const { bytesRead } = await this.#run('readv', (fd) => content.readv(fd, buffers, position));
    return { bytesRead, buffers };
  }

  async readFile(options?: unknown): Promise<unknown> {
    return this.#run('read', (fd) => content.readFile(fd, options));
  }

  readLines(options?: object): unknown {
    const { createInterface } = part('node/readline') as unknown as {
      createInterface(options: object): unknown;
    };
    return createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
  }

  async stat(options?: unknown): Promise<names.AnyStats> {
    return this.#run('fstat', (fd) => names.fstat(fd, options));
  }

  async truncate(length?: unknown): Promise<void> {
    await this.#run('ftruncate', (fd) => content.ftruncate(fd, length));
  }

  async utimes(atime: unknown, mtime: unknown): Promise<void> {
    await this.#run('futime', (fd) => names.futimes(fd, atime, mtime));
  }

  async write(data: unknown, ...rest: unknown[]): Promise<Result<typeof content.write>> {
    return this.#run('write', (fd) => content.write(fd, data, ...rest));
  }

  async writev(buffers: unknown, position?: unknown): Promise<object> {
    const written = await this.#run('writev', (fd) => content.writev(fd, buffers, position));
    return { bytesWritten: written.bytesWritten, buffers };
  }

  /** `data` may come in pieces. */
  async writeFile(data: unknown, options?: unknown): Promise<void> {
    const { encoding, signal } = fileArguments.toOptions(options, { encoding: 'utf8' });
    const isWhole = typeof data === 'string' || ArrayBuffer.isView(data);
    for await (const piece of isWhole ? [data] : (data as AsyncIterable<unknown>)) {
      fileArguments.checkAborted(signal);
      const bytes = fileArguments.toBytes(piece, encoding);
      await this.#run('write', (fd) => content.writeAll(fd, bytes, null));
    }
  }

  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    if (this.#descriptor === -1) return Promise.resolve();
    this.#closing = this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    try {
      await operations.runAsPromise(content.close(descriptor));
    } finally {
      this.#closing = undefined;
      this.emit('close');
    }
  }

  createReadStream(options?: object): object {
    return streams().createReadStream('', { ...options, fd: this });
  }

  createWriteStream(options?: object): object {
    return streams().createWriteStream('', { ...options, fd: this });
  }

  /** A stream of the web platform; it takes bytes. */
  readableWebStream(options?: { readonly autoClose?: boolean }): unknown {
    const { ReadableStream } = globalThis as unknown as {
      ReadableStream: new (source: object) => unknown;
    };
    return new ReadableStream({
      type: 'bytes',
      autoAllocateChunkSize: 16_384,
      pull: async (controller: ByteController) => {
        const view = controller.byobRequest?.view ?? new Uint8Array(16_384);
        const { bytesRead } = await this.read(view, 0, view.byteLength);
        if (bytesRead === 0) {
          controller.close();
          if (options?.autoClose === true) await this.close();
        }
        controller.byobRequest?.respond(bytesRead);
      },
      cancel: async () => {
        if (options?.autoClose === true) await this.close();
      },
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run<Value>(syscall: string, make: (fd: number) => operations.Operation<Value>): Promise<Value> {
    if (this.#descriptor === -1) return Promise.reject(closedError(syscall));
    return operations.runAsPromise(make(this.#descriptor));
  }
}

interface ByteController {
  readonly byobRequest?: { readonly view: Uint8Array; respond(bytes: number): void } | null;
  close(): void;
}

function streams(): Streams {
  return part('node/internal/fs-streams') as Streams;
}

function closedError(syscall: string): Error {
  const error = systemError('EBADF', syscall);
  error.message = 'file closed';
  return error;
}

export async function openHandle(
  path: unknown,
  flags?: unknown,
  mode?: unknown,
): Promise<FileHandle> {
  return new FileHandle(await operations.runAsPromise(content.open(path, flags, mode)));
}
