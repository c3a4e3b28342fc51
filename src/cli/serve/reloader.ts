import { sep } from 'node:path';

/** Something that is deployed again as a whole when one of its files changes. */
export interface Reloadable {
  readonly name: string;
  /** Files that it is made of, absolute. */
  readonly inputs: readonly string[];
  /** A folder of which every file belongs to it, also one that is new. */
  readonly root: string | undefined;
  /** Whether everything else is deployed again with it. */
  readonly isAll?: true;
  readonly reload: () => Promise<void>;
}

export interface ReloaderOptions {
  readonly reloadables: () => readonly Reloadable[];
  /** The files to watch from now on: a build may have found new ones. */
  readonly onInputs: (files: readonly string[]) => void;
  readonly onReloaded: (name: string) => void;
  /** The old code stays. */
  readonly onBroken: (name: string, error: unknown) => void;
}

/** Deploys again what changed files belong to, one change after the other. */
export class Reloader {
  readonly #options: ReloaderOptions;
  /** Names of those whose last build failed; what mends it may be a file that they do not have yet. */
  readonly #broken = new Set<string>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** Resolves when what these files belong to was deployed, or was found to be broken. */
  changed(files: ReadonlySet<string>): Promise<void> {
    this.#last = this.#last.then(() => this.#reload(files));
    return this.#last;
  }

  async #reload(files: ReadonlySet<string>): Promise<void> {
    const touched = this.#options
      .reloadables()
      .filter((one) => this.#broken.has(one.name) || belongsTo(one, files));
    const all = touched.find(({ isAll }) => isAll === true);
    for (const one of all === undefined ? touched : [all]) await this.#reloadOne(one);
    const inputs = this.#options.reloadables().flatMap((one) => one.inputs);
    this.#options.onInputs([...new Set(inputs)]);
  }

  async #reloadOne({ name, reload }: Reloadable): Promise<void> {
    try {
      await reload();
      this.#broken.delete(name);
      this.#options.onReloaded(name);
    } catch (error) {
      this.#broken.add(name);
      this.#options.onBroken(name, error);
    }
  }
}

function belongsTo({ inputs, root }: Reloadable, files: ReadonlySet<string>): boolean {
  if (inputs.some((input) => files.has(input))) return true;
  return root !== undefined && [...files].some((file) => file.startsWith(root + sep));
}
