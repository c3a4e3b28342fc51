import { randomBytes } from 'node:crypto';
import { errno, Errno, type ErrnoCode } from './errno.ts';
import { checkMay, FileTree } from './file-tree.ts';
import { guestUser, type FileNode, type Folder } from './nodes.ts';
import { largestTransfer, openFlag, OpenFiles } from './open-files.ts';
import type { Follow } from './path-walk.ts';

/** Names of one answer about a folder; a guest asks on for more. */
const namesPerAnswer = 8_192;

const temporaryLetters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** The bits of `access`, and what `copyFile` takes. */
const existsOnly = 0;
const copyExclusively = 1;

const letters = { file: 'f', folder: 'd', link: 'l', device: 'c' } as const;

/** What one process does with files: its tree, its descriptors, and the calls that need neither alone. */
export class ProcessFiles {
  readonly tree: FileTree;
  readonly open: OpenFiles;
  readonly #now: () => number;

  constructor(root: Folder, now: () => number) {
    this.#now = now;
    this.tree = new FileTree(root, now);
    this.open = new OpenFiles(this.tree, this.tree.lookup('/dev/null', 'always'), now);
  }

  /** `bits` of `access`: 4 to read, 2 to write, 1 to execute; 0 asks whether there is something. */
  access(path: string, bits: number): void {
    const node = this.tree.lookup(path, 'always');
    if (bits !== existsOnly) checkMay(node, bits);
  }

  /** Names in a folder from the `from`th on, each with the letter of its kind; `next` when there are more. */
  list(path: string, from: number): { names: string[]; kinds: string; next?: number } {
    const folder = this.tree.lookup(path, 'always');
    if (folder.kind !== 'folder') throw errno('ENOTDIR');
    checkMay(folder, 4);
    const names: string[] = [];
    let kinds = '';
    const end = from + namesPerAnswer;
    let index = 0;
    for (const [name, node] of folder.entries) {
      if (index === end) return { names, kinds, next: end };
      if (index >= from) {
        names.push(name);
        kinds += letters[node.kind];
      }
      index += 1;
    }
    return { names, kinds };
  }

  /** Makes a folder of a new name; returns its path. */
  makeTemporaryFolder(prefix: string): string {
    const ending = Array.from(
      randomBytes(6),
      (byte) => temporaryLetters[byte % temporaryLetters.length],
    );
    const path = `${prefix}${ending.join('')}`;
    this.tree.makeFolder(path, 0o700);
    return path;
  }

  /** The whole file if one transfer takes it; otherwise a descriptor to read on from, and the size. */
  readWhole(path: string, flags: number): Uint8Array | { descriptor: number; size: number } {
    const descriptor = this.open.open(path, flags, 0o666);
    const { kind, size } = this.open.node(descriptor);
    if (kind !== 'file' || size > largestTransfer) return { descriptor, size };
    try {
      return this.open.read(descriptor, largestTransfer, undefined);
    } finally {
      this.open.close(descriptor);
    }
  }

  /** Opens, writes and closes; returns why it did not write all. Not to be able to open is an error. */
  writeWhole(path: string, flags: number, mode: number, bytes: Uint8Array): ErrnoCode | undefined {
    const descriptor = this.open.open(path, flags, mode);
    try {
      const written = this.open.write(descriptor, bytes, undefined);
      return written < bytes.byteLength ? 'ENOSPC' : undefined;
    } catch (error) {
      if (error instanceof Errno) return error.code;
      throw error;
    } finally {
      this.open.close(descriptor);
    }
  }

  changeTimes(node: FileNode, accessedMs: number, modifiedMs: number): void {
    checkOwn(node);
    node.accessedMs = accessedMs;
    node.modifiedMs = modifiedMs;
    node.changedMs = this.#now();
  }

  changeMode(node: FileNode, mode: number): void {
    checkOwn(node);
    // Linux has no way to change the mode of a link.
    if (node.kind === 'link') throw errno('EOPNOTSUPP');
    node.mode = mode;
    node.changedMs = this.#now();
  }

  /** Nobody but root gives files away. -1 leaves as it is. */
  changeOwner(node: FileNode, uid: number, gid: number): void {
    checkOwn(node);
    const isSame = [-1, guestUser.uid].includes(uid) && [-1, guestUser.gid].includes(gid);
    if (!isSame) throw errno('EPERM');
    node.changedMs = this.#now();
  }

  changeTimesAt(path: string, follow: Follow, accessedMs: number, modifiedMs: number): void {
    this.changeTimes(this.tree.lookup(path, follow), accessedMs, modifiedMs);
  }

  /**
   * Opens a file and the one that shall become its copy, which is then empty; nothing is left to copy when
   * both are the same.
   */
  beginCopy(from: string, to: string, mode: number): { from: number; to: number } | undefined {
    const reading = this.open.open(from, 0, 0);
    try {
      const source = this.open.node(reading);
      const exclusive = (mode & copyExclusively) === 0 ? 0 : openFlag.exclusive;
      const flags = openFlag.writeOnly | openFlag.create | exclusive;
      const writing = this.open.open(to, flags, source.mode);
      const target = this.open.node(writing);
      if (target !== source && source.kind !== 'folder') {
        if (target.kind === 'file') {
          target.mode = source.mode;
          this.open.truncate(writing, 0);
        }
        return { from: reading, to: writing };
      }
      this.open.close(writing);
      if (source.kind === 'folder') {
        // libuv notices only now, and leaves no copy behind, not even what was there before.
        this.tree.unlink(to);
        throw errno('EISDIR');
      }
      this.open.close(reading);
      return undefined;
    } catch (error) {
      this.open.close(reading);
      throw error;
    }
  }

  /** Copies from where one descriptor stands to where the other does; returns how much, 0 at the end. */
  copyOn(from: number, to: number, length: number): number {
    const bytes = this.open.read(from, length, undefined);
    if (bytes.byteLength === 0) return 0;
    const written = this.open.write(to, bytes, undefined);
    if (written < bytes.byteLength) throw errno('ENOSPC');
    return written;
  }
}

function checkOwn(node: FileNode): void {
  if (node.kind !== 'device' && node.volume.isReadOnly) throw errno('EROFS');
  if (!node.isOwn) throw errno('EPERM');
}
