import { constants } from './constants.ts';

const kindOfLetter: Readonly<Record<string, number>> = {
  f: constants['UV_DIRENT_FILE'] ?? 0,
  d: constants['UV_DIRENT_DIR'] ?? 0,
  l: constants['UV_DIRENT_LINK'] ?? 0,
  c: constants['UV_DIRENT_CHAR'] ?? 0,
};

/** One name in a folder, with what it names. */
export class Dirent {
  readonly name: unknown;
  readonly parentPath: unknown;
  readonly #kind: number;

  constructor(name: unknown, parentPath: unknown, letter: string) {
    this.name = name;
    this.parentPath = parentPath;
    this.#kind = kindOfLetter[letter] ?? 0;
  }

  isDirectory(): boolean {
    return this.#kind === constants['UV_DIRENT_DIR'];
  }

  isFile(): boolean {
    return this.#kind === constants['UV_DIRENT_FILE'];
  }

  isBlockDevice(): boolean {
    return this.#kind === constants['UV_DIRENT_BLOCK'];
  }

  isCharacterDevice(): boolean {
    return this.#kind === constants['UV_DIRENT_CHAR'];
  }

  isSymbolicLink(): boolean {
    return this.#kind === constants['UV_DIRENT_LINK'];
  }

  isFIFO(): boolean {
    return this.#kind === constants['UV_DIRENT_FIFO'];
  }

  isSocket(): boolean {
    return this.#kind === constants['UV_DIRENT_SOCKET'];
  }
}
