import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { FileTree } from './file-tree.ts';
import { unknownBuiltin } from './import-resolution.ts';
import type { ImportResolver } from './import-resolution.ts';
import type { PackageReader } from './package-json.ts';
import { resolveExports, resolveImports } from './package-map.ts';
import { cannotFindModule, ResolutionError } from './resolution-error.ts';

const requireConditions: ReadonlySet<string> = new Set(['node', 'require']);
const extensions = ['.js', '.json', '.node'];
/** A package name, then what is asked of the package. */
const packageRequest = /^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/s;

/** Node's CommonJS resolution, `require.resolve`. Gives a real path or `node:x`. */
export class RequireResolver {
  readonly #tree: FileTree;
  readonly #packages: PackageReader;
  readonly #imports: ImportResolver;
  /** `NODE_PATH`: searched last, for bare names. */
  readonly #globalPaths: readonly string[];

  constructor(
    tree: FileTree,
    packages: PackageReader,
    imports: ImportResolver,
    globalPaths: readonly string[],
  ) {
    this.#tree = tree;
    this.#packages = packages;
    this.#imports = imports;
    this.#globalPaths = globalPaths;
  }

  /** `folder` is where the search for packages starts, if not beside the file that asks. */
  resolve(request: string, fromPath: string, folder: string = posix.dirname(fromPath)): string {
    if (isBuiltin(request)) return `node:${request.replace(/^node:/, '')}`;
    if (request.startsWith('node:')) throw unknownBuiltin(request);

    const found = this.#find(request, fromPath, folder);
    if (found?.startsWith('node:')) return found; // `imports` may point at a builtin.
    const real = found === undefined ? undefined : this.#tree.realPath(found);
    if (real === undefined) throw cannotFindModule(request, fromPath);
    return real;
  }

  #find(request: string, fromPath: string, folder: string): string | undefined {
    if (request.startsWith('/')) return this.#path(request);
    if (/^\.{1,2}(\/|$)/.test(request)) {
      const path = posix.resolve(folder, request);
      return this.#path(/(^|\/)\.{0,2}$/.test(request) ? `${path}/` : path);
    }
    if (request.startsWith('#')) return this.#internal(request, fromPath);
    return this.#self(request, fromPath) ?? this.#installed(request, folder);
  }

  /** A package that asks for itself by name gets what it exports. */
  #self(request: string, fromPath: string): string | undefined {
    const scope = this.#packages.scopeOf(fromPath);
    const { name } = scope ?? {};
    if (scope?.exports === undefined || name === undefined) return undefined;
    if (request !== name && !request.startsWith(`${name}/`)) return undefined;
    const target = resolveExports(scope, `.${request.slice(name.length)}`, this.#lookup(fromPath));
    return this.#exact(target);
  }

  #internal(request: string, fromPath: string): string | undefined {
    const scope = this.#packages.scopeOf(fromPath);
    if (scope?.imports === undefined) return undefined;
    const target = resolveImports(scope, request, fromPath, this.#lookup(fromPath));
    return target.startsWith('node:') ? target : this.#exact(target);
  }

  #installed(request: string, folder: string): string | undefined {
    for (const place of [...modulePaths(folder), ...this.#globalPaths]) {
      if (this.#tree.kind(place) !== 'folder') continue;
      const found = this.#exported(request, place) ?? this.#path(posix.join(place, request));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #exported(request: string, place: string): string | undefined {
    const [, name, rest = ''] = packageRequest.exec(request) ?? [];
    if (name === undefined) return undefined;
    const found = this.#packages.read(posix.join(place, name));
    if (found?.exports === undefined) return undefined;
    return this.#exact(resolveExports(found, `.${rest}`, this.#lookup(undefined)));
  }

  #lookup(fromPath: string | undefined): Parameters<typeof resolveExports>[2] {
    return {
      conditions: requireConditions,
      fromPath,
      resolvePackage: (specifier, from) =>
        this.#imports.resolvePackage(specifier, from, requireConditions),
    };
  }

  /** What a package maps to must exist as it is named. */
  #exact(path: string): string {
    if (this.#tree.isFile(path)) return path;
    throw new ResolutionError('MODULE_NOT_FOUND', `Cannot find module '${path}'`);
  }

  #path(path: string): string | undefined {
    if (!path.endsWith('/')) {
      const found = this.#tree.isFile(path) ? path : this.#withExtension(path);
      if (found !== undefined) return found;
    }
    const folder = path.replace(/(?<=.)\/+$/, '');
    return this.#tree.kind(folder) === 'folder' ? this.#folder(folder) : undefined;
  }

  #folder(folder: string): string | undefined {
    const index = posix.join(folder, 'index');
    const main = this.#packages.read(folder)?.main;
    if (main === undefined || main === '') return this.#withExtension(index);

    const path = posix.resolve(folder, main);
    const found =
      (this.#tree.isFile(path) ? path : this.#withExtension(path)) ??
      this.#withExtension(posix.join(path, 'index')) ??
      this.#withExtension(index);
    if (found !== undefined) return found;
    throw new ResolutionError(
      'MODULE_NOT_FOUND',
      `Cannot find module '${path}'. Please verify that the package.json has a valid "main" entry`,
    );
  }

  #withExtension(path: string): string | undefined {
    const extension = extensions.find((candidate) => this.#tree.isFile(`${path}${candidate}`));
    return extension === undefined ? undefined : `${path}${extension}`;
  }
}

function modulePaths(folder: string): string[] {
  const paths: string[] = [];
  for (let at = folder; ; at = posix.dirname(at)) {
    if (posix.basename(at) !== 'node_modules') paths.push(posix.join(at, 'node_modules'));
    if (at === '/') return paths;
  }
}
