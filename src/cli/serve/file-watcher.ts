import { watch } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { Clock, ClockTimer } from '../../index.ts';

/** Tells which name in a folder changed, or that one did and the system does not say which. */
export type WatchFolder = (
  folder: string,
  onChange: (name: string | null) => void,
) => { close(): void };

export interface FileWatcherOptions {
  readonly clock: Clock;
  /** Files that changed, absolute, when nothing more did for a moment. */
  readonly onChange: (files: ReadonlySet<string>) => void;
  /** A folder cannot be watched. */
  readonly onProblem: (message: string) => void;
  readonly watchFolder?: WatchFolder;
}

/** Editors and compilers write a file in several steps, and several files at once. */
const quietMs = 100;

/** What editors leave beside a file while they save it. */
const noise = /^\.|~$|\.sw[a-z]$|^4913$|\.tmp$/;

/**
 * Watches files by their folders, since a file that is replaced by another of its name (as many editors save) is
 * lost to those who watch the file itself. Installed packages are not watched.
 */
export class FileWatcher {
  readonly #options: FileWatcherOptions;
  readonly #watchFolder: WatchFolder;
  readonly #folders = new Map<string, { close(): void }>();
  #files: readonly string[] = [];
  #changed = new Set<string>();
  #timer: ClockTimer | undefined;

  constructor(options: FileWatcherOptions) {
    this.#options = options;
    this.#watchFolder = options.watchFolder ?? watchOnDisk;
  }

  /** How many files it looks after. */
  get size(): number {
    return this.#files.length;
  }

  /** Watches the folders of these files from now on, and no others. */
  follow(files: readonly string[]): void {
    this.#files = files.filter((file) => !file.includes(`${sep}node_modules${sep}`));
    const wanted = new Set(this.#files.map((file) => dirname(file)));
    for (const [folder, watched] of this.#folders) {
      if (wanted.has(folder)) continue;
      watched.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#open(folder);
  }

  close(): void {
    this.#timer?.cancel();
    this.follow([]);
  }

  #open(folder: string): void {
    try {
      const watched = this.#watchFolder(folder, (name) => this.#noted(folder, name));
      this.#folders.set(folder, watched);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // What is gone is the matter of the next build, which says what is missing.
      if (code !== 'ENOENT') this.#options.onProblem(`${folder} is not watched: ${message}`);
    }
  }

  #noted(folder: string, name: string | null): void {
    const files =
      name === null
        ? this.#files.filter((file) => dirname(file) === folder)
        : [join(folder, basename(name))].filter((file) => !noise.test(basename(file)));
    if (files.length === 0) return;
    for (const file of files) this.#changed.add(file);
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(() => this.#tell(), quietMs, {
      label: 'changes of files settle',
    });
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    this.#options.onChange(changed);
  }
}

function watchOnDisk(folder: string, onChange: (name: string | null) => void): { close(): void } {
  const watcher = watch(folder, (_, name) => onChange(name));
  // A folder that is deleted is of no more interest; the next build says what is missing.
  watcher.on('error', () => watcher.close());
  return watcher;
}
