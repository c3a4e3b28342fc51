import { randomBytes } from 'node:crypto';
import { errno } from './errno.ts';
import { checkMay, type FileTree } from './file-tree.ts';
import type { Device, FileNode, RegularFile } from './nodes.ts';
import type { Place } from './path-walk.ts';

/** Linux's flags of `open`; a guest sees them in `fs.constants`. */
export const openFlag = {
  writeOnly: 0o1,
  readWrite: 0o2,
  create: 0o100,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
  folder: 0o200_000,
  noFollow: 0o400_000,
  /** A file without a name, together with `folder`. */
  nameless: 0o20_000_000,
} as const;

/** Descriptors that a process may have; the first three are the standard streams. */
const mostDescriptors = 1_024;
const standardStreams = [0, 1, 2];

/** ext4's limit with blocks of 4 KB. */
const largestFile = 2 ** 44;

/** Bytes that one call reads or writes at most; a guest that wants more asks again. */
export const largestTransfer = 4_194_304;

interface OpenFile {
  readonly node: FileNode;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly appends: boolean;
  position: number;
}

/** The descriptors of one process. */
export class OpenFiles {
  readonly #tree: FileTree;
  readonly #now: () => number;
  readonly #open = new Map<number, OpenFile>();
  #lowestFree = standardStreams.length;

  /** `nothing`: what the standard streams are, as far as files go. */
  constructor(tree: FileTree, nothing: FileNode, now: () => number) {
    this.#tree = tree;
    this.#now = now;
    for (const descriptor of standardStreams) {
      nothing.holders += 1;
      const rights = { reads: true, writes: true, appends: false };
      this.#open.set(descriptor, { node: nothing, ...rights, position: 0 });
    }
  }

  open(path: string, flags: number, mode: number): number {
    const descriptor = this.#freeDescriptor();
    const access = flags & 3;
    if (access === 3) throw errno('EINVAL');
    if ((flags & openFlag.nameless) !== 0) throw errno('EOPNOTSUPP');
    const mustBeNew = has(flags, openFlag.create) && has(flags, openFlag.exclusive);
    const isLinkKept = mustBeNew || has(flags, openFlag.noFollow);
    if (has(flags, openFlag.create) && path.endsWith('/')) {
      // Linux sees the slash before it looks what is there.
      this.#tree.find(path, 'never');
      throw errno('EISDIR');
    }
    const place = this.#tree.find(path, isLinkKept ? 'slash' : 'always');
    const node = this.#nodeAt(place, flags, mode);
    node.holders += 1;
    this.#open.set(descriptor, {
      node,
      reads: access !== openFlag.writeOnly,
      writes: access !== 0,
      appends: has(flags, openFlag.append),
      position: 0,
    });
    return descriptor;
  }

  #nodeAt(place: Place, flags: number, mode: number): FileNode {
    const { node } = place;
    const creates = has(flags, openFlag.create);
    if (creates && place.wantsFolder) throw errno('EISDIR');
    if (node === undefined) {
      if (!creates) throw errno('ENOENT');
      return this.#tree.makeFile(place, mode);
    }
    if (creates && has(flags, openFlag.exclusive)) throw errno('EEXIST');
    if (node.kind === 'link') {
      throw errno(has(flags, openFlag.folder) ? 'ENOTDIR' : 'ELOOP');
    }
    const access = flags & 3;
    const changes = access !== 0 || has(flags, openFlag.truncate);
    if (node.kind === 'folder') {
      if (creates || changes) throw errno('EISDIR');
    } else if (place.wantsFolder || has(flags, openFlag.folder)) {
      throw errno('ENOTDIR');
    }
    checkMay(node, (access === openFlag.writeOnly ? 0 : 4) | (changes ? 2 : 0));
    if (node.kind === 'file' && has(flags, openFlag.truncate)) this.#truncate(node, 0);
    return node;
  }

  close(descriptor: number): void {
    const file = this.#get(descriptor);
    this.#open.delete(descriptor);
    this.#lowestFree = Math.min(this.#lowestFree, descriptor);
    file.node.holders -= 1;
    file.node.freeWhenUnused();
  }

  /** The process ended. */
  closeAll(): void {
    for (const descriptor of [...this.#open.keys()]) this.close(descriptor);
  }

  node(descriptor: number): FileNode {
    return this.#get(descriptor).node;
  }

  /** `position`: in the file; `undefined` reads on from where the last read ended. */
  read(descriptor: number, length: number, position: number | undefined): Uint8Array {
    const file = this.#get(descriptor);
    if (!file.reads) throw errno('EBADF');
    if (file.node.kind === 'folder') throw errno('EISDIR');
    if (file.node.kind === 'device') return readDevice(file.node, length);
    if (file.node.kind === 'link') throw errno('EBADF');

    const bytes = file.node.content.read(checkPosition(position ?? file.position), length);
    if (position === undefined) file.position += bytes.byteLength;
    this.#accessed(file.node);
    return bytes;
  }

  /** Returns how much was written: all, or what there was room for. */
  write(descriptor: number, bytes: Uint8Array, position: number | undefined): number {
    const file = this.#get(descriptor);
    const { node } = file;
    if (!file.writes) throw errno('EBADF');
    if (node.kind === 'device') return bytes.byteLength;
    if (node.kind !== 'file') throw errno('EBADF');

    const start = checkPosition(file.appends ? node.size : (position ?? file.position));
    const written = this.#writeTo(node, bytes, start);
    if (position === undefined) file.position = start + written;
    return written;
  }

  #writeTo(file: RegularFile, bytes: Uint8Array, position: number): number {
    if (bytes.byteLength === 0) return 0;
    if (position + bytes.byteLength > largestFile) throw errno('EFBIG');
    const written = file.writable.write(position, bytes);
    if (written === 0) throw errno('ENOSPC');
    file.touch(this.#now());
    return written;
  }

  truncate(descriptor: number, size: number): void {
    const { node, writes } = this.#get(descriptor);
    if (!writes || node.kind !== 'file' || size < 0) throw errno('EINVAL');
    if (size > largestFile) throw errno('EFBIG');
    this.#truncate(node, size);
  }

  #truncate(file: RegularFile, size: number): void {
    file.writable.truncate(size);
    file.touch(this.#now());
  }

  /** As mounted by default: the first read after a change counts, not each one. */
  #accessed(node: RegularFile): void {
    if (node.volume.isReadOnly || node.accessedMs > node.modifiedMs) return;
    node.accessedMs = this.#now();
  }

  #get(descriptor: number): OpenFile {
    const file = this.#open.get(descriptor);
    if (file === undefined) throw errno('EBADF');
    return file;
  }

  #freeDescriptor(): number {
    if (this.#open.size >= mostDescriptors) throw errno('EMFILE');
    while (this.#open.has(this.#lowestFree)) this.#lowestFree += 1;
    return this.#lowestFree;
  }
}

function has(flags: number, flag: number): boolean {
  return (flags & flag) === flag;
}

function checkPosition(position: number): number {
  if (position < 0) throw errno('EINVAL');
  return position;
}

function readDevice({ device }: Device, length: number): Uint8Array {
  if (device === 'null') return new Uint8Array(0);
  return device === 'zero' ? new Uint8Array(length) : randomBytes(length);
}
