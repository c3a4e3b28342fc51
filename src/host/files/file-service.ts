import type { ProgramFiles } from '../../core/program.ts';
import type { HostAnswer, HostCall, HostOperation, Service } from '../service.ts';
import { Arguments } from './arguments.ts';
import { Errno, fileError } from './errno.ts';
import type { FileNode } from './nodes.ts';
import { ProcessFiles } from './process-files.ts';
import { createRoot } from './root.ts';
import { statNumbers, volumeNumbers } from './stat-numbers.ts';
import type { FileStorage } from './storage.ts';

export interface FileServiceOptions {
  /** What `/var/task` and `/opt` show. */
  readonly code: ProgramFiles;
  /** What `/tmp` shows; it may outlive this service. */
  readonly storage: FileStorage;
  /** Milliseconds since the epoch, for the times of files. */
  readonly now: () => number;
}

/** One call: the name of the system call in its errors, and where its paths are among its arguments. */
interface FileCall {
  readonly syscall: string;
  /** How many of the first arguments are paths: those go into the error. */
  readonly paths: 0 | 1 | 2;
  run(files: ProcessFiles, args: Arguments): HostAnswer;
}

/** Questions whose answer may be that there is nothing: no error is made for them. */
const absent = new Set(['ENOENT', 'ENOTDIR']);

/**
 * The file system of one process: the calls behind `node:fs`, each short. Arguments come as a JSON array,
 * content as bytes. Each is there twice, to wait for and to await. Costs nothing until the first call.
 */
export class FileService implements Service {
  readonly #options: FileServiceOptions;
  #files: ProcessFiles | undefined;
  #calls: Record<string, HostCall> | undefined;
  #operations: Record<string, HostOperation> | undefined;

  constructor(options: FileServiceOptions) {
    this.#options = options;
  }

  get calls(): Readonly<Record<string, HostCall>> {
    this.#calls ??= tableOf((call) => (text, bytes) => this.#answer(call, text, bytes));
    return this.#calls;
  }

  get operations(): Readonly<Record<string, HostOperation>> {
    this.#operations ??= tableOf((call) => async (text, bytes) => this.#answer(call, text, bytes));
    return this.#operations;
  }

  /** The process ended: its descriptors go, `/tmp` stays with the storage. */
  close(): void {
    this.#files?.open.closeAll();
  }

  #answer(call: FileCall, text: string, bytes: Uint8Array | undefined): HostAnswer {
    this.#files ??= this.#createFiles();
    return runCall(call, this.#files, text, bytes);
  }

  #createFiles(): ProcessFiles {
    const { code, storage, now } = this.#options;
    return new ProcessFiles(createRoot(code, storage.root(now())), now);
  }
}

function tableOf<Answer>(answer: (call: FileCall) => Answer): Record<string, Answer> {
  const table: Record<string, Answer> = {};
  for (const [name, call] of Object.entries(fileCalls)) table[`fs.${name}`] = answer(call);
  return table;
}

function runCall(
  call: FileCall,
  files: ProcessFiles,
  text: string,
  bytes: Uint8Array | undefined,
): HostAnswer {
  const args = new Arguments(text, bytes);
  try {
    return call.run(files, args);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const { syscall, paths } = call;
    const path = paths > 0 ? args.path(0) : undefined;
    throw fileError(error.code, syscall, path, paths > 1 ? args.path(1) : undefined);
  }
}

const fileCalls: Readonly<Record<string, FileCall>> = {
  open: onPath('open', ({ open }, args) => {
    return `${open.open(args.path(0), args.integer(1, 0, 2 ** 31 - 1), args.mode(2))}`;
  }),
  close: onDescriptor('close', ({ open }, args) => open.close(args.descriptor(0))),
  read: onDescriptor('read', ({ open }, args) => {
    return open.read(args.descriptor(0), args.length(1), args.position(2));
  }),
  write: onDescriptor('write', ({ open }, args) => {
    return `${open.write(args.descriptor(0), args.bytes, args.position(1))}`;
  }),
  /** A small file at once; for others `[descriptor, size]`, and the guest reads and closes. */
  readfile: onPath('open', (files, args) => {
    const read = files.readWhole(args.path(0), args.integer(1, 0, 2 ** 31 - 1));
    return read instanceof Uint8Array ? read : JSON.stringify([read.descriptor, read.size]);
  }),
  writefile: onPath('open', (files, args) => {
    const flags = args.integer(1, 0, 2 ** 31 - 1);
    const failed = files.writeWhole(args.path(0), flags, args.mode(2), args.bytes);
    // Node's error of the call that failed, which does not know the path.
    if (failed !== undefined) throw fileError(failed, 'write');
  }),
  ftruncate: onDescriptor('ftruncate', ({ open }, args) => {
    open.truncate(args.descriptor(0), args.integer(1, 0, Number.MAX_SAFE_INTEGER));
  }),
  /** Everything is in memory, so nothing has to be written out. */
  fsync: onDescriptor('fsync', ({ open }, args) => void open.node(args.descriptor(0))),
  fdatasync: onDescriptor('fdatasync', ({ open }, args) => void open.node(args.descriptor(0))),

  stat: onPath('stat', ({ tree }, args) => statJson(tree.lookup(args.path(0), 'always'))),
  lstat: onPath('lstat', ({ tree }, args) => statJson(tree.lookup(args.path(0), 'slash'))),
  fstat: onDescriptor('fstat', ({ open }, args) => statJson(open.node(args.descriptor(0)))),
  /** `stat` and `lstat` that say nothing where there is nothing. */
  statIfThere: onPath('stat', ({ tree }, args) => {
    return ifThere(() => statJson(tree.lookup(args.path(0), 'always')));
  }),
  lstatIfThere: onPath('lstat', ({ tree }, args) => {
    return ifThere(() => statJson(tree.lookup(args.path(0), 'slash')));
  }),
  statfs: onPath('statfs', ({ tree }, args) => {
    return JSON.stringify(volumeNumbers(tree.lookup(args.path(0), 'always').volume));
  }),
  access: onPath('access', (files, args) => files.access(args.path(0), args.integer(1, 0, 7))),
  scandir: onPath('scandir', (files, args) => {
    return JSON.stringify(files.list(args.path(0), args.integer(1, 0, 2 ** 31)));
  }),
  readlink: onPath('readlink', ({ tree }, args) => tree.readSymbolicLink(args.path(0))),
  realpath: onPath('realpath', ({ tree }, args) => tree.realPath(args.path(0))),

  mkdir: onPath('mkdir', ({ tree }, args) => tree.makeFolder(args.path(0), args.mode(1))),
  mkdirs: onPath('mkdir', ({ tree }, args) => tree.makeFolders(args.path(0), args.mode(1))),
  mkdtemp: onPath('mkdtemp', (files, args) => files.makeTemporaryFolder(args.path(0))),
  rmdir: onPath('rmdir', ({ tree }, args) => tree.removeFolder(args.path(0))),
  unlink: onPath('unlink', ({ tree }, args) => tree.unlink(args.path(0))),
  rm: onPath('rm', ({ tree }, args) => tree.removeTree(args.path(0))),
  rename: onPaths('rename', ({ tree }, args) => tree.rename(args.path(0), args.path(1))),
  link: onPaths('link', ({ tree }, args) => tree.makeLink(args.path(0), args.path(1))),
  symlink: onPaths('symlink', ({ tree }, args) => {
    tree.makeSymbolicLink(args.path(0), args.path(1));
  }),
  /** Opens both files; nothing to say when they are the same. */
  copyfile: onPaths('copyfile', (files, args) => {
    const opened = files.beginCopy(args.path(0), args.path(1), args.integer(2, 0, 7));
    return opened && JSON.stringify([opened.from, opened.to]);
  }),
  /** Goes on with that: descriptors and a length after the two paths. */
  copyOn: onPaths('copyfile', (files, args) => {
    return `${files.copyOn(args.descriptor(2), args.descriptor(3), args.length(4))}`;
  }),

  utime: onPath('utime', (files, args) => {
    files.changeTimesAt(args.path(0), 'always', args.time(1), args.time(2));
  }),
  lutime: onPath('lutime', (files, args) => {
    files.changeTimesAt(args.path(0), 'slash', args.time(1), args.time(2));
  }),
  futime: onDescriptor('futime', (files, args) => {
    files.changeTimes(files.open.node(args.descriptor(0)), args.time(1), args.time(2));
  }),
  chmod: onPath('chmod', (files, args) => {
    files.changeMode(files.tree.lookup(args.path(0), 'always'), args.mode(1));
  }),
  fchmod: onDescriptor('fchmod', (files, args) => {
    files.changeMode(files.open.node(args.descriptor(0)), args.mode(1));
  }),
  chown: onPath('chown', (files, args) => {
    changeOwner(files, files.tree.lookup(args.path(0), 'always'), args);
  }),
  lchown: onPath('lchown', (files, args) => {
    changeOwner(files, files.tree.lookup(args.path(0), 'slash'), args);
  }),
  fchown: onDescriptor('fchown', (files, args) => {
    changeOwner(files, files.open.node(args.descriptor(0)), args);
  }),

  cwd: onDescriptor('cwd', ({ tree }) => tree.workingFolder),
  chdir: onPath('chdir', ({ tree }, args) => tree.changeFolder(args.path(0))),
};

type Run = (files: ProcessFiles, args: Arguments) => HostAnswer | void;

function onDescriptor(syscall: string, run: Run): FileCall {
  return fileCall(syscall, 0, run);
}

function onPath(syscall: string, run: Run): FileCall {
  return fileCall(syscall, 1, run);
}

function onPaths(syscall: string, run: Run): FileCall {
  return fileCall(syscall, 2, run);
}

function fileCall(syscall: string, paths: FileCall['paths'], run: Run): FileCall {
  return { syscall, paths, run: (files, args) => run(files, args) ?? undefined };
}

function changeOwner(files: ProcessFiles, node: FileNode, args: Arguments): void {
  files.changeOwner(node, args.integer(1, -1, 2 ** 32), args.integer(2, -1, 2 ** 32));
}

function statJson(node: FileNode): string {
  return JSON.stringify(statNumbers(node));
}

function ifThere(answer: () => string): string {
  try {
    return answer();
  } catch (error) {
    if (error instanceof Errno && absent.has(error.code)) return '';
    throw error;
  }
}
