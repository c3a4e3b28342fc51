import { posix } from 'node:path';
import type { ProgramEntry, ProgramModule, Resolution } from '../../core/program.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { Deployment } from './deployment.ts';
import { FileTree } from './file-tree.ts';
import { findEntry } from './handler-file.ts';
import { ImportResolver } from './import-resolution.ts';
import { ModuleReader } from './module-reader.ts';
import type { ModuleText } from './module-reader.ts';
import { commonJsExports } from './module-syntax.ts';
import { PackageReader } from './package-json.ts';
import { isRecord } from './record.ts';
import { RequireResolver } from './require-resolution.ts';
import { cannotFindModule, ResolutionError } from './resolution-error.ts';

type Kind = 'require' | 'import';

/** Linux's PATH_MAX; whatever is longer cannot name a file. */
const maxPathLength = 4_096;

/** What a static look finds: modules of the deployment, and builtins without `node:`. */
interface Reachable {
  readonly modules: readonly ProgramModule[];
  readonly builtins: readonly string[];
  /** ES modules that a `require` call names, in the order in which they were found. */
  readonly requiredEsModules: readonly string[];
}

/** The modules of one deployment and how they find each other. Serves every handler of the code. */
export class ModuleGraph {
  readonly #tree: FileTree;
  readonly #reader: ModuleReader;
  readonly #imports: ImportResolver;
  readonly #requires: RequireResolver;
  readonly #resolutions = new BoundedCache<Resolution>();
  readonly #exportNames = new Map<string, readonly string[]>();
  readonly #modules = new Map<string, ProgramModule>();

  constructor(deployment: Deployment, globalPaths: readonly string[]) {
    this.#tree = new FileTree(deployment);
    const packages = new PackageReader(this.#tree);
    this.#reader = new ModuleReader(this.#tree, packages);
    this.#imports = new ImportResolver(this.#tree, packages);
    this.#requires = new RequireResolver(this.#tree, packages, this.#imports, globalPaths);
  }

  entryOf(handler: string): ProgramEntry {
    const formatOf = this.#reader.formatOf.bind(this.#reader);
    return findEntry(handler, this.#tree, this.#requires, formatOf);
  }

  sourceMap(path: string): string | undefined {
    const module = this.load(path);
    return module === undefined ? undefined : this.#reader.sourceMap(module.path);
  }

  resolve(specifier: string, fromPath: string, kind: Kind): Resolution {
    const isLong = specifier.length > maxPathLength || fromPath.length > maxPathLength;
    // The guest names both. The walk up the folders ends at `/`, so it must start below it.
    if (isLong || !fromPath.startsWith('/')) {
      const { code, message } = cannotFindModule(specifier.slice(0, 80), fromPath.slice(0, 80));
      return { kind: 'error', code, message };
    }
    // A zero byte cannot occur in a path, so keys of different questions cannot meet.
    return this.#resolutions.getOrCompute(`${kind}\0${fromPath}\0${specifier}`, () =>
      this.#resolve(specifier, fromPath, kind),
    );
  }

  load(path: string): ProgramModule | undefined {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const real = this.#tree.realPath(path);
    if (real === undefined || !this.#tree.isFile(real) || isAddon(real)) return undefined;
    try {
      const loaded = this.#toProgramModule(real);
      this.#modules.set(real, loaded);
      return loaded;
    } catch (error) {
      // A damaged package.json; `resolve` says so to whoever asks for the module.
      if (error instanceof ResolutionError) return undefined;
      throw error;
    }
  }

  /** Everything that a static look finds from one module, that module first, each once. */
  reachableFrom(path: string): Reachable {
    const found = new Map<string, ProgramModule>();
    const builtins = new Set<string>();
    const requiredEsModules = new Set<string>();
    const pending = [path];
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const module = found.has(next) ? undefined : this.load(next);
      if (module === undefined) continue;
      found.set(next, module);
      const text = this.#reader.read(next);
      for (const target of [...this.#requiresOf(text), ...this.#importsOf(text)]) {
        if (target.kind === 'file') pending.push(target.path);
        if (target.kind === 'builtin') builtins.add(target.name);
      }
      for (const target of this.#requiresOf(text)) {
        const isEsModule = target.kind === 'file' && target.format === 'module';
        if (isEsModule) requiredEsModules.add(target.path);
      }
    }
    return {
      modules: [...found.values()],
      builtins: [...builtins],
      requiredEsModules: [...requiredEsModules],
    };
  }

  #resolve(specifier: string, fromPath: string, kind: Kind): Resolution {
    try {
      const resolver = kind === 'require' ? this.#requires : this.#imports;
      const target = resolver.resolve(specifier, fromPath);
      if (target.startsWith('node:')) return { kind: 'builtin', name: target.slice(5) };
      checkLoadable(target, kind);
      const format = this.#reader.formatOf(target);
      return kind === 'import' && format === 'commonjs'
        ? { kind: 'file', path: target, format, exportNames: this.#exportNamesOf(target) }
        : { kind: 'file', path: target, format };
    } catch (error) {
      return toResolution(error);
    }
  }

  #toProgramModule(path: string): ProgramModule {
    const { format, source, imports, importedNames, syntaxError } = this.#reader.read(path);
    if (format === 'json') return { format, path, source };
    if (format === 'commonjs') {
      return syntaxError === undefined
        ? { format, path, source }
        : { format, path, source, syntaxError };
    }
    const targets = new Map<string, Resolution>();
    for (const found of imports) {
      if (found.type !== 'static' && found.type !== 'reexport-star') continue;
      const isJson = found.attributes?.some(([key, value]) => key === 'type' && value === 'json');
      const target = this.resolve(found.specifier, path, 'import');
      targets.set(found.specifier, isJson === true ? target : refuseBareJson(target));
    }
    return { format, path, source, imports: targets, importedNames };
  }

  #requiresOf(module: ModuleText): Resolution[] {
    return module.requires.map((name) => this.resolve(name, module.path, 'require'));
  }

  #importsOf(module: ModuleText): Resolution[] {
    const targets: Resolution[] = [];
    for (const found of module.imports) {
      if (found.type === 'import-meta' || found.specifier === undefined) continue;
      if (found.type === 'dynamic' && found.glob) continue;
      targets.push(this.resolve(found.specifier, module.path, 'import'));
    }
    return targets;
  }

  /** What `import { name }` may ask of a CommonJS module, re-exports included. `default` is always there. */
  #exportNamesOf(path: string): readonly string[] {
    const known = this.#exportNames.get(path);
    if (known !== undefined) return known;
    const names = new Set<string>();
    const visited = new Set<string>();
    const pending = [path];
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      if (visited.has(next) || this.#reader.formatOf(next) !== 'commonjs') continue;
      visited.add(next);
      const found = commonJsExports(this.#tree.text(next), next);
      for (const name of found.exports) names.add(name);
      for (const specifier of found.reexports) {
        const target = this.resolve(specifier, next, 'require');
        if (target.kind === 'file') pending.push(target.path);
      }
    }
    names.delete('default');
    const sorted = [...names].sort();
    this.#exportNames.set(path, sorted);
    return sorted;
  }
}

function isAddon(path: string): boolean {
  return posix.extname(path) === '.node';
}

function checkLoadable(path: string, kind: Kind): void {
  const extension = posix.extname(path);
  if (kind === 'require' && extension === '.node') {
    throw new ResolutionError(
      'ERR_DLOPEN_FAILED',
      `Native addons cannot run in an isolate: ${path}`,
    );
  }
  if (kind === 'import' && !['', '.js', '.mjs', '.cjs', '.json'].includes(extension)) {
    throw new ResolutionError(
      'ERR_UNKNOWN_FILE_EXTENSION',
      `Unknown file extension "${extension}" for ${path}`,
    );
  }
}

/** Node wants `with { type: 'json' }`, so that a server cannot turn data into code. */
function refuseBareJson(target: Resolution): Resolution {
  if (target.kind !== 'file' || target.format !== 'json') return target;
  return {
    kind: 'error',
    code: 'ERR_IMPORT_ATTRIBUTE_MISSING',
    message: `Module "file://${target.path}" needs an import attribute of "type: json"`,
  };
}

function toResolution(error: unknown): Resolution {
  const message = error instanceof Error ? error.message : String(error);
  // `node:url` refuses malformed URLs with codes of its own, as Node's resolver does.
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : undefined;
  return { kind: 'error', code: code ?? 'MODULE_NOT_FOUND', message };
}
