import { posix } from 'node:path';
import type { FileTree } from './file-tree.ts';
import { isRecord } from './record.ts';
import { ResolutionError } from './resolution-error.ts';

/** The fields of a `package.json` that decide how modules are found and read. */
export interface PackageJson {
  /** Folder of the package. */
  readonly folder: string;
  readonly name: string | undefined;
  readonly main: string | undefined;
  readonly type: 'commonjs' | 'module' | undefined;
  /** `null` and absent mean the same to Node. */
  readonly exports: unknown;
  readonly imports: unknown;
}

/** Reads each `package.json` of a deployment once. */
export class PackageReader {
  readonly #tree: FileTree;
  readonly #packages = new Map<string, PackageJson>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  /** The package whose root is this folder. `importing` goes into the message about a damaged file. */
  read(folder: string, importing?: string): PackageJson | undefined {
    const path = posix.join(folder, 'package.json');
    if (!this.#tree.isFile(path)) return undefined;
    const real = this.#tree.realPath(path) ?? path;
    const known = this.#packages.get(path);
    if (known !== undefined) return known;
    const read = parsePackage(folder, path, this.#tree.text(real), importing);
    this.#packages.set(path, read);
    return read;
  }

  /** The nearest package around a file; a `node_modules` folder ends the search. */
  scopeOf(path: string): PackageJson | undefined {
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      if (posix.basename(folder) === 'node_modules') return undefined;
      const found = this.read(folder);
      if (found !== undefined || folder === '/') return found;
    }
  }
}

function parsePackage(
  folder: string,
  path: string,
  text: string,
  importing: string | undefined,
): PackageJson {
  const fields = parseObject(text);
  if (fields === undefined) {
    const context = importing === undefined ? '' : ` while importing ${importing}`;
    throw new ResolutionError(
      'ERR_INVALID_PACKAGE_CONFIG',
      `Invalid package config ${path}${context}.`,
    );
  }
  const { name, main, type } = fields;
  return {
    folder,
    name: typeof name === 'string' ? name : undefined,
    main: typeof main === 'string' ? main : undefined,
    type: type === 'module' || type === 'commonjs' ? type : undefined,
    exports: fields['exports'] ?? undefined,
    imports: fields['imports'] ?? undefined,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
