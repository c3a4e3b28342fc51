import { WritableContent, type Content } from './content.ts';
import { errno } from './errno.ts';
import { pageBytes, type Volume } from './volume.ts';

/** Who runs on Lambda: `sbx_user1051`. Everything in `/tmp` is theirs, the rest is root's. */
export const guestUser = { uid: 993, gid: 990 } as const;

export type FileNode = RegularFile | Folder | SymbolicLink | Device;

/** What every node of a file system has. Times are milliseconds since the epoch, with fractions. */
abstract class Inode {
  abstract readonly kind: 'file' | 'folder' | 'link' | 'device';
  abstract readonly typeBits: number;
  readonly volume: Volume;
  readonly number: number;
  /** Permission bits. */
  mode: number;
  /** Names that lead to it. */
  links = 0;
  /** Descriptors that hold it; a file without a name lives on while one does. */
  holders = 0;
  accessedMs: number;
  modifiedMs: number;
  changedMs: number;
  readonly bornMs: number;

  constructor(volume: Volume, mode: number, nowMs: number) {
    this.volume = volume;
    this.number = volume.nextNode();
    this.mode = mode;
    this.accessedMs = nowMs;
    this.modifiedMs = nowMs;
    this.changedMs = nowMs;
    this.bornMs = nowMs;
  }

  get size(): number {
    return 0;
  }

  get allocatedBytes(): number {
    return 0;
  }

  /** Whether the guest is its owner, as of everything on a volume that it can write to. */
  get isOwn(): boolean {
    return !this.volume.isReadOnly;
  }

  /** `bits`: 4 to read, 2 to write, 1 to execute or search. */
  allows(bits: number): boolean {
    const granted = this.isOwn ? this.mode >> 6 : this.mode;
    return (granted & bits) === bits;
  }

  /** The content changed. */
  touch(nowMs: number): void {
    this.modifiedMs = nowMs;
    this.changedMs = nowMs;
  }

  /** Gives back what it took of the volume, once nobody can reach it any more. */
  freeWhenUnused(): void {
    if (this.links === 0 && this.holders === 0) this.free();
  }

  protected free(): void {}
}

export class RegularFile extends Inode {
  readonly kind = 'file';
  readonly typeBits = 0o100_000;
  readonly content: Content;

  constructor(volume: Volume, mode: number, nowMs: number, content?: Content) {
    super(volume, mode, nowMs);
    this.content = content ?? new WritableContent(volume);
  }

  override get size(): number {
    return this.content.size;
  }

  override get allocatedBytes(): number {
    return this.content.allocatedBytes;
  }

  /** The content, to change it. */
  get writable(): WritableContent {
    if (this.content instanceof WritableContent) return this.content;
    throw errno('EROFS');
  }

  protected override free(): void {
    if (this.content instanceof WritableContent) this.content.truncate(0);
  }
}

export class Folder extends Inode {
  readonly kind = 'folder';
  readonly typeBits = 0o040_000;
  readonly #entries = new Map<string, FileNode>();
  #folders = 0;

  constructor(volume: Volume, mode: number, nowMs: number) {
    super(volume, mode, nowMs);
    if (!volume.isReadOnly) volume.takePage();
  }

  /** In the order in which the names came. */
  get entries(): ReadonlyMap<string, FileNode> {
    return this.#entries;
  }

  /** `st_nlink`: its name, its `.`, and `..` of each folder in it. */
  get linkCount(): number {
    return 2 + this.#folders;
  }

  put(name: string, node: FileNode): void {
    this.#entries.set(name, node);
    if (node.kind === 'folder') this.#folders += 1;
  }

  take(name: string): void {
    if (this.#entries.get(name)?.kind === 'folder') this.#folders -= 1;
    this.#entries.delete(name);
  }

  override get size(): number {
    return pageBytes;
  }

  override get allocatedBytes(): number {
    return pageBytes;
  }

  protected override free(): void {
    if (!this.volume.isReadOnly) this.volume.give(pageBytes);
  }
}

/** Longer targets do not fit into a node and take a page. */
const shortTargetBytes = 59;

export class SymbolicLink extends Inode {
  readonly kind = 'link';
  readonly typeBits = 0o120_000;
  readonly target: string;
  readonly #bytes: number;

  constructor(volume: Volume, nowMs: number, target: string) {
    super(volume, 0o777, nowMs);
    this.target = target;
    this.#bytes = Buffer.byteLength(target);
    if (!volume.isReadOnly && this.#bytes > shortTargetBytes) volume.takePage();
  }

  override get size(): number {
    return this.#bytes;
  }

  override get allocatedBytes(): number {
    return this.#bytes > shortTargetBytes ? pageBytes : 0;
  }

  protected override free(): void {
    if (!this.volume.isReadOnly) this.volume.give(this.allocatedBytes);
  }
}

export class Device extends Inode {
  readonly kind = 'device';
  readonly typeBits = 0o020_000;
  readonly device: 'null' | 'zero' | 'random';

  constructor(volume: Volume, nowMs: number, device: Device['device']) {
    super(volume, 0o666, nowMs);
    this.device = device;
  }
}
