import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FileTree } from './file-tree.ts';
import type { PackageJson, PackageReader } from './package-json.ts';
import { resolveExports, resolveImports } from './package-map.ts';
import { cannotFindImport, invalidSpecifier, ResolutionError } from './resolution-error.ts';

const importConditions: ReadonlySet<string> = new Set(['node', 'import']);
/** What Node adds to a `main` that does not name a file, in this order. */
const mainEndings = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'];
const indexFiles = ['index.js', 'index.json', 'index.node'];

/** Node's ESM resolution: full specifiers only, no search for extensions. Gives a real path or `node:x`. */
export class ImportResolver {
  readonly #tree: FileTree;
  readonly #packages: PackageReader;

  constructor(tree: FileTree, packages: PackageReader) {
    this.#tree = tree;
    this.#packages = packages;
  }

  resolve(specifier: string, fromPath: string): string {
    const target = this.#locate(specifier, fromPath);
    return target.startsWith('node:') ? target : this.#finish(target, fromPath);
  }

  /** Node's PACKAGE_RESOLVE. `require` uses it too, for what `imports` points at. */
  resolvePackage(
    specifier: string,
    fromPath: string,
    conditions: ReadonlySet<string> = importConditions,
  ): string {
    if (isBuiltin(specifier)) return `node:${specifier.replace(/^node:/, '')}`;
    if (specifier.startsWith('node:')) throw unknownBuiltin(specifier);
    const { name, subpath } = splitSpecifier(specifier, fromPath);
    const resolvePackage = this.resolvePackage.bind(this);

    const scope = this.#packages.scopeOf(fromPath);
    if (scope?.exports !== undefined && scope.name === name) {
      return resolveExports(scope, subpath, { conditions, fromPath, resolvePackage });
    }
    for (let folder = posix.dirname(fromPath); ; folder = posix.dirname(folder)) {
      const home = posix.join(folder, 'node_modules', name);
      if (this.#tree.kind(home) === 'folder') {
        const found = this.#packages.read(home, `"${specifier}" from ${fromPath}`);
        if (found?.exports !== undefined) {
          return resolveExports(found, subpath, { conditions, fromPath, resolvePackage });
        }
        return subpath === '.' ? this.#main(home, found, fromPath) : fromUrl(subpath, `${home}/x`);
      }
      if (folder === '/') throw cannotFindImport('package', name, fromPath);
    }
  }

  #locate(specifier: string, fromPath: string): string {
    if (/^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..') {
      return fromUrl(specifier, fromPath);
    }
    if (specifier.startsWith('#')) {
      return resolveImports(this.#packages.scopeOf(fromPath), specifier, fromPath, {
        conditions: importConditions,
        resolvePackage: this.resolvePackage.bind(this),
      });
    }
    if (specifier.startsWith('node:') || !URL.canParse(specifier)) {
      return this.resolvePackage(specifier, fromPath);
    }
    const { protocol } = new URL(specifier);
    if (protocol === 'file:') return fromUrl(specifier, fromPath);
    throw new ResolutionError(
      'ERR_UNSUPPORTED_ESM_URL_SCHEME',
      `Only URLs with a scheme in: file and data are supported by the default ESM loader. Received protocol '${protocol}'`,
    );
  }

  #main(folder: string, found: PackageJson | undefined, fromPath: string): string {
    const main = found?.main;
    const candidates = [
      ...(main === undefined ? [] : mainEndings.map((ending) => `${main}${ending}`)),
      ...indexFiles,
    ];
    for (const candidate of candidates) {
      const path = posix.join(folder, candidate);
      if (this.#tree.isFile(path)) return path;
    }
    throw cannotFindImport('package', posix.join(folder, main ?? 'index.js'), fromPath);
  }

  #finish(path: string, fromPath: string): string {
    const kind = path.endsWith('/') ? 'folder' : this.#tree.kind(path);
    const real = this.#tree.realPath(path);
    if (kind === 'file' && real !== undefined) return real;
    if (kind === 'folder') {
      throw new ResolutionError(
        'ERR_UNSUPPORTED_DIR_IMPORT',
        `Directory import '${path}' is not supported resolving ES modules imported from ${fromPath}`,
      );
    }
    throw cannotFindImport('module', path, fromPath);
  }
}

/** A relative or absolute specifier is a URL: it is percent-decoded, its query is dropped. */
function fromUrl(specifier: string, fromPath: string): string {
  const url = new URL(specifier, pathToFileURL(fromPath, { windows: false }));
  if (/%2f|%5c/i.test(url.pathname)) {
    throw invalidSpecifier(
      url.pathname,
      'must not include encoded "/" or "\\" characters',
      fromPath,
    );
  }
  return fileURLToPath(url, { windows: false });
}

function splitSpecifier(
  specifier: string,
  fromPath: string,
): { readonly name: string; readonly subpath: string } {
  const [, name, rest] = /^(@[^/]*\/[^/]*|(?!@)[^/]*)(\/.*)?$/s.exec(specifier) ?? [];
  if (name === undefined || /^\.|%|\\/.test(name)) {
    throw invalidSpecifier(specifier, 'is not a valid package name', fromPath);
  }
  return { name, subpath: `.${rest ?? ''}` };
}

export function unknownBuiltin(specifier: string): ResolutionError {
  return new ResolutionError('ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${specifier}`);
}
