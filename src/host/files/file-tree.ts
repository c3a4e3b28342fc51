import { errno } from './errno.ts';
import { Folder, RegularFile, SymbolicLink, type FileNode } from './nodes.ts';
import { longestPath, walk, type Follow, type Place } from './path-walk.ts';

/** What new files and folders do not get: the usual mask of a shell. */
const umask = 0o022;

/** Names, and what Linux does with them: the rules of `mkdir`, `rename`, `unlink` and the like. */
export class FileTree {
  readonly #root: Folder;
  readonly #now: () => number;
  #workingFolder = '/var/task';

  /** `now`: milliseconds since the epoch. */
  constructor(root: Folder, now: () => number) {
    this.#root = root;
    this.#now = now;
  }

  /** Where relative paths start. */
  get workingFolder(): string {
    return this.#workingFolder;
  }

  changeFolder(path: string): void {
    const place = this.find(path, 'always');
    if (this.existing(place).kind !== 'folder') throw errno('ENOTDIR');
    checkMay(place.folder, 1);
    this.#workingFolder = realPathOf(place);
  }

  /** Where a path leads. */
  find(path: string, follow: Follow): Place {
    return walk(this.#root, this.#absolute(path), { follow });
  }

  /** What is at a place. */
  existing(place: Place): FileNode {
    const { node } = place;
    if (node === undefined) throw errno('ENOENT');
    if (place.wantsFolder && node.kind !== 'folder') throw errno('ENOTDIR');
    return node;
  }

  lookup(path: string, follow: Follow): FileNode {
    return this.existing(this.find(path, follow));
  }

  realPath(path: string): string {
    const place = this.find(path, 'always');
    this.existing(place);
    return realPathOf(place);
  }

  makeFile(place: Place, mode: number): RegularFile {
    checkMayChange(place.folder);
    const file = new RegularFile(place.folder.volume, mode & 0o7777 & ~umask, this.#now());
    this.#add(place.folder, place.name, file);
    return file;
  }

  makeFolder(path: string, mode: number): void {
    const place = this.find(path, 'never');
    if (place.node !== undefined) throw errno('EEXIST');
    this.#addFolder(place.folder, place.name, mode);
  }

  /** Makes what is missing on the way; returns the first folder that it made. */
  makeFolders(path: string, mode: number): string | undefined {
    let first: string | undefined;
    const place = walk(this.#root, this.#absolute(path), {
      follow: 'always',
      makeFolder: (parent, name, trail) => {
        const folder = this.#addFolder(parent, name, mode);
        first ??= `/${[...trail, name].join('/')}`;
        return folder;
      },
    });
    if (place.node === undefined) throw errno('ENOENT');
    if (place.node.kind !== 'folder') throw errno('EEXIST');
    return first;
  }

  #addFolder(parent: Folder, name: string, mode: number): Folder {
    checkMayChange(parent);
    const folder = new Folder(parent.volume, mode & 0o1777 & ~umask, this.#now());
    this.#add(parent, name, folder);
    return folder;
  }

  makeSymbolicLink(target: string, path: string): void {
    if (target === '') throw errno('ENOENT');
    if (Buffer.byteLength(target) > longestPath) throw errno('ENAMETOOLONG');
    const place = this.find(path, 'never');
    checkNewName(place);
    checkMayChange(place.folder);
    this.#add(
      place.folder,
      place.name,
      new SymbolicLink(place.folder.volume, this.#now(), copyOf(target)),
    );
  }

  readSymbolicLink(path: string): string {
    const node = this.lookup(path, 'slash');
    if (node.kind !== 'link') throw errno('EINVAL');
    return node.target;
  }

  /** A second name for a file. */
  makeLink(path: string, newPath: string): void {
    const node = this.lookup(path, 'slash');
    const place = this.find(newPath, 'never');
    checkNewName(place);
    if (place.folder.volume.isReadOnly) throw errno('EROFS');
    if (node.volume !== place.folder.volume) throw errno('EXDEV');
    checkMayChange(place.folder);
    if (node.kind === 'folder') throw errno('EPERM');
    this.#add(place.folder, place.name, node);
    node.changedMs = this.#now();
  }

  unlink(path: string): void {
    const place = this.find(path, 'never');
    if (!place.isPlain) throw errno('EISDIR');
    if (place.folder.volume.isReadOnly) throw errno('EROFS');
    const node = this.existing(place);
    checkMayChange(place.folder);
    if (node.kind === 'folder') throw errno('EISDIR');
    this.#remove(place.folder, place.name, node);
  }

  removeFolder(path: string): void {
    const place = this.find(path, 'never');
    if (!place.isPlain) throw errno(dotError(place.name, { '.': 'EINVAL', '..': 'ENOTEMPTY' }));
    if (place.folder.volume.isReadOnly) throw errno('EROFS');
    if (place.node === undefined) throw errno('ENOENT');
    checkMayChange(place.folder);
    if (place.node.kind !== 'folder') throw errno('ENOTDIR');
    if (place.node.entries.size > 0) throw errno('ENOTEMPTY');
    this.#remove(place.folder, place.name, place.node);
  }

  /** Removes whatever is there, folders with all that is in them. */
  removeTree(path: string): void {
    const place = this.find(path, 'never');
    if (!place.isPlain) throw errno(dotError(place.name, { '.': 'EINVAL', '..': 'ENOTEMPTY' }));
    const node = this.existing(place);
    if (node.kind === 'folder') this.#empty(node);
    checkMayChange(place.folder);
    this.#remove(place.folder, place.name, node);
  }

  /** Without recursion: a guest can nest folders deeper than a stack goes. */
  #empty(top: Folder): void {
    // Each folder's names are walked through once: looking for its first one anew each time would pass all
    // the places of those that went before.
    const step = (folder: Folder, name: string) => ({
      folder,
      name,
      names: folder.entries[Symbol.iterator](),
    });
    const trail = [step(top, '')];
    for (let last = trail.at(-1); last !== undefined; last = trail.at(-1)) {
      const { folder } = last;
      const first = last.names.next().value;
      if (first === undefined) {
        trail.pop();
        const parent = trail.at(-1)?.folder;
        if (parent !== undefined) this.#remove(parent, last.name, folder);
        continue;
      }
      checkMay(folder, 4);
      checkMayChange(folder);
      const [name, node] = first;
      if (node.kind === 'folder') trail.push(step(node, name));
      else this.#remove(folder, name, node);
    }
  }

  rename(path: string, newPath: string): void {
    const from = this.find(path, 'never');
    const to = this.find(newPath, 'never');
    if (from.folder.volume !== to.folder.volume) throw errno('EXDEV');
    if (!from.isPlain || !to.isPlain) throw errno('EBUSY');
    if (from.folder.volume.isReadOnly) throw errno('EROFS');
    const { node } = from;
    if (node === undefined) throw errno('ENOENT');
    if (node.kind !== 'folder' && (from.wantsFolder || to.wantsFolder)) throw errno('ENOTDIR');
    if (node.kind === 'folder' && to.folders.includes(node)) throw errno('EINVAL');
    if (to.node?.kind === 'folder' && from.folders.includes(to.node)) throw errno('ENOTEMPTY');
    if (to.node === node) return;

    checkMayChange(from.folder);
    checkMayChange(to.folder);
    if (to.node !== undefined) this.#makeWay(to, to.node, node);
    this.#move(from, to, node);
  }

  /** What stands at the new name goes, if it may. */
  #makeWay(to: Place, target: FileNode, node: FileNode): void {
    if (node.kind === 'folder') {
      if (target.kind !== 'folder') throw errno('ENOTDIR');
      if (target.entries.size > 0) throw errno('ENOTEMPTY');
    } else if (target.kind === 'folder') {
      throw errno('EISDIR');
    }
    this.#remove(to.folder, to.name, target);
  }

  #move(from: Place, to: Place, node: FileNode): void {
    const nowMs = this.#now();
    from.folder.take(from.name);
    to.folder.put(copyOf(to.name), node);
    from.folder.touch(nowMs);
    to.folder.touch(nowMs);
    node.changedMs = nowMs;
  }

  /** The only place where a name comes into being. */
  #add(folder: Folder, name: string, node: FileNode): void {
    try {
      folder.volume.takeName();
    } catch (error) {
      node.freeWhenUnused();
      throw error;
    }
    folder.put(copyOf(name), node);
    node.links += 1;
    folder.touch(this.#now());
  }

  #remove(folder: Folder, name: string, node: FileNode): void {
    const nowMs = this.#now();
    folder.take(name);
    folder.volume.giveName();
    folder.touch(nowMs);
    node.links -= 1;
    node.changedMs = nowMs;
    node.freeWhenUnused();
  }

  #absolute(path: string): string {
    if (path === '') throw errno('ENOENT');
    if (path.length > longestPath / 3 && Buffer.byteLength(path) > longestPath) {
      throw errno('ENAMETOOLONG');
    }
    return path.startsWith('/') ? path : `${this.#workingFolder}/${path}`;
  }
}

/** `bits`: 4 to read, 2 to write, 1 to execute or search. */
export function checkMay(node: FileNode, bits: number): void {
  if ((bits & 2) !== 0 && node.kind !== 'device' && node.volume.isReadOnly) {
    throw errno('EROFS');
  }
  if (!node.allows(bits)) throw errno('EACCES');
}

/** Whether names may come and go in a folder. */
function checkMayChange(folder: Folder): void {
  checkMay(folder, 3);
}

function checkNewName(place: Place): void {
  if (place.node !== undefined) throw errno('EEXIST');
  if (place.wantsFolder) throw errno('ENOENT');
}

function dotError<Code>(name: string, codes: Record<'.' | '..', Code>): Code | 'EBUSY' {
  return name === '.' || name === '..' ? codes[name] : 'EBUSY';
}

function realPathOf(place: Place): string {
  return `/${place.names.join('/')}`;
}

/** A text of its own: a piece of a long path would keep all of the path in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
