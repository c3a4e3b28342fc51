import { errno } from './errno.ts';
import type { FileNode, Folder } from './nodes.ts';

/** As Linux counts them: hops of links in one path, bytes of a path, bytes of a name. */
const mostHops = 40;
export const longestPath = 4_095;
const longestName = 255;

/** Where a path leads: a name in a folder, and what is there if anything. */
export interface Place {
  /** From the root to the folder that holds the name. */
  readonly folders: readonly Folder[];
  /** Names of those folders but the root, and then the last name. */
  readonly names: readonly string[];
  readonly folder: Folder;
  readonly name: string;
  /** `.`, `..` and `/` name what exists already and cannot be removed. */
  readonly isPlain: boolean;
  readonly node: FileNode | undefined;
  /** The path ended with a slash, so only a folder will do. */
  readonly wantsFolder: boolean;
}

/**
 * Whether a link at the end of the path is followed: `slash` follows it where a slash comes after, as `lstat`
 * does; `never` is for what makes and removes names.
 */
export type Follow = 'always' | 'slash' | 'never';

export interface WalkOptions {
  readonly follow: Follow;
  /** Makes a folder that is missing on the way, the last one included. */
  readonly makeFolder?: (parent: Folder, name: string, trail: readonly string[]) => Folder;
}

function checkedName(name: string): string {
  const isLong = name.length > longestName / 3 && Buffer.byteLength(name) > longestName;
  if (isLong) throw errno('ENAMETOOLONG');
  return name;
}

/** Finds a path from the root by Linux's rules. `path` is absolute. */
export function walk(root: Folder, path: string, options: WalkOptions): Place {
  return new Walk(root, options).run(path);
}

class Walk {
  readonly #root: Folder;
  readonly #options: WalkOptions;
  readonly #folders: Folder[];
  readonly #names: string[] = [];
  /** Names still to go, the next one last. */
  readonly #left: string[] = [];
  /** How many of them, from the end, come out of links. */
  #linkNames = 0;
  #wantsFolder = false;
  #hops = 0;

  constructor(root: Folder, options: WalkOptions) {
    this.#root = root;
    this.#options = options;
    this.#folders = [root];
  }

  run(path: string): Place {
    this.#enqueue(path);
    for (;;) {
      const name = this.#left.pop();
      if (name === undefined) return this.#here('/', this.#root);
      const isOfLink = this.#linkNames > 0;
      if (isOfLink) this.#linkNames -= 1;
      const isLast = this.#left.length === 0;
      const folder = this.#top();
      if (!folder.allows(1)) throw errno('EACCES');
      if (name === '.' || name === '..') {
        if (name === '..') this.#up();
        if (isLast) return this.#here(name, this.#top());
        continue;
      }
      const node =
        folder.entries.get(checkedName(name)) ?? (isOfLink ? undefined : this.#make(folder, name));
      const found = this.#visit(folder, name, node, isLast);
      if (found !== undefined) return found;
    }
  }

  /** The place if the walk ends here. */
  #visit(
    folder: Folder,
    name: string,
    node: FileNode | undefined,
    isLast: boolean,
  ): Place | undefined {
    const { follow } = this.#options;
    const isFollowed = !isLast || follow === 'always' || (follow === 'slash' && this.#wantsFolder);
    if (node?.kind === 'link' && isFollowed) {
      this.#follow(node.target, isLast);
      return undefined;
    }
    if (isLast) return this.#place(folder, name, node);
    if (node === undefined) throw errno('ENOENT');
    if (node.kind !== 'folder') throw errno('ENOTDIR');
    this.#folders.push(node);
    this.#names.push(name);
    return undefined;
  }

  #make(folder: Folder, name: string): Folder | undefined {
    return this.#options.makeFolder?.(folder, name, this.#names);
  }

  #follow(target: string, isLast: boolean): void {
    this.#hops += 1;
    if (this.#hops > mostHops) throw errno('ELOOP');
    if (target.startsWith('/')) {
      this.#folders.length = 1;
      this.#names.length = 0;
    }
    const before = this.#left.length;
    if (isLast) this.#enqueue(target);
    else this.#push(target);
    this.#linkNames += this.#left.length - before;
  }

  /** A path that ends the walk: its last slash counts. */
  #enqueue(path: string): void {
    if (path.endsWith('/')) this.#wantsFolder = true;
    this.#push(path);
  }

  #push(path: string): void {
    const names = path.split('/');
    for (let index = names.length - 1; index >= 0; index -= 1) {
      const name = names[index];
      if (name !== undefined && name !== '') this.#left.push(name);
    }
  }

  #top(): Folder {
    return this.#folders.at(-1) ?? this.#root;
  }

  #up(): void {
    if (this.#folders.length === 1) return;
    this.#folders.pop();
    this.#names.pop();
  }

  /** A place that is a folder on the way itself. */
  #here(name: string, node: Folder): Place {
    const { folders, names, wantsFolder } = this.#state();
    return { folders, names, folder: node, name, isPlain: false, node, wantsFolder };
  }

  #place(folder: Folder, name: string, node: FileNode | undefined): Place {
    const { folders, names, wantsFolder } = this.#state();
    return {
      folders,
      names: [...names, name],
      folder,
      name,
      isPlain: true,
      node,
      wantsFolder,
    };
  }

  #state(): { folders: readonly Folder[]; names: readonly string[]; wantsFolder: boolean } {
    return { folders: this.#folders, names: this.#names, wantsFolder: this.#wantsFolder };
  }
}
