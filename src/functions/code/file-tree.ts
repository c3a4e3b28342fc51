import { posix } from 'node:path';
import { BoundedCache } from './bounded-cache.ts';
import type { Deployment } from './deployment.ts';

/** As many hops as Linux follows before it reports ELOOP. */
const maxLinkHops = 40;

/** The questions that module resolution asks a file system, answered from a deployment. */
export class FileTree {
  readonly #deployment: Deployment;
  readonly #folders: ReadonlySet<string>;
  readonly #realPaths = new BoundedCache<string | undefined>();
  readonly #texts = new Map<string, string>();

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
    this.#folders = foldersOf([...deployment.files.keys(), ...deployment.links.keys()]);
  }

  /** Follows links. */
  kind(path: string): 'file' | 'folder' | undefined {
    const real = this.realPath(path);
    if (real === undefined) return undefined;
    return this.#deployment.files.has(real) ? 'file' : 'folder';
  }

  isFile(path: string): boolean {
    return this.kind(path) === 'file';
  }

  /** The path without links, or `undefined` when nothing is there. */
  realPath(path: string): string | undefined {
    if (this.#isPlain(path)) return path;
    if (this.#deployment.links.size === 0) return undefined;
    return this.#realPaths.getOrCompute(path, () => this.#follow(path));
  }

  /** A file as UTF-8 text without byte order mark, as Node reads modules. */
  text(path: string): string {
    const cached = this.#texts.get(path);
    if (cached !== undefined) return cached;
    const text = new TextDecoder().decode(this.#deployment.files.get(path));
    this.#texts.set(path, text);
    return text;
  }

  /** Whether any file that could be a module contains the ASCII `word`. */
  mentions(word: string): boolean {
    for (const [path, bytes] of this.#deployment.files) {
      if (!/\.[cm]?js$/.test(path)) continue;
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(word)) return true;
    }
    return false;
  }

  #isPlain(path: string): boolean {
    return this.#deployment.files.has(path) || this.#folders.has(path);
  }

  #follow(path: string): string | undefined {
    const { links } = this.#deployment;
    let hops = 0;
    let done = '';
    let left = path.split('/').filter((part) => part !== '');
    for (let part = left.shift(); part !== undefined; part = left.shift()) {
      const next = `${done}/${part}`;
      const target = links.get(next);
      if (target === undefined) {
        done = next;
        continue;
      }
      if (++hops > maxLinkHops) return undefined;
      left = [...target.split('/').filter((name) => name !== ''), ...left];
      done = '';
    }
    return this.#isPlain(done) ? done : undefined;
  }
}

function foldersOf(paths: readonly string[]): Set<string> {
  const folders = new Set<string>(['/']);
  for (const path of paths) {
    let folder = posix.dirname(path);
    while (!folders.has(folder)) {
      folders.add(folder);
      folder = posix.dirname(folder);
    }
  }
  return folders;
}
