import { posix } from 'node:path';
import type { Import } from 'es-module-lexer';
import type { ProgramSyntaxError } from '../../core/program.ts';
import { awaitEdits } from './await-operands.ts';
import type { FileTree } from './file-tree.ts';
import { importedNames } from './imported-names.ts';
import { commonJsSyntaxError, detectFormat, importsOf, requiresOf } from './module-syntax.ts';
import type { PackageReader } from './package-json.ts';
import { applyEdits, loaderEdits, sortedEdits, withoutHashbang } from './rewrite.ts';
import type { Edit } from './rewrite.ts';
import { readSourceMap, shiftSourceMap } from './source-map.ts';

export type ModuleFormat = 'commonjs' | 'module' | 'json';

/** What one file's text tells, without a look at any other file. */
export interface ModuleText {
  readonly format: ModuleFormat;
  readonly path: string;
  /** Rewritten for the guest's loader. */
  readonly source: string;
  readonly imports: readonly Import[];
  readonly importedNames: ReadonlyMap<string, ReadonlySet<string>>;
  readonly requires: readonly string[];
  readonly syntaxError: ProgramSyntaxError | undefined;
  readonly edits: readonly Edit[];
}

/** Reads, classifies and lexes the files of a deployment, each once. Paths are real paths. */
export class ModuleReader {
  readonly #tree: FileTree;
  readonly #packages: PackageReader;
  readonly #formats = new Map<string, ModuleFormat>();
  readonly #modules = new Map<string, ModuleText>();
  #mentionsContexts: boolean | undefined;

  constructor(tree: FileTree, packages: PackageReader) {
    this.#tree = tree;
    this.#packages = packages;
  }

  formatOf(path: string): ModuleFormat {
    const known = this.#formats.get(path);
    if (known !== undefined) return known;
    const format = this.#classify(path);
    this.#formats.set(path, format);
    return format;
  }

  read(path: string): ModuleText {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const text = this.#tree.text(path);
    const read = readModule(path, this.formatOf(path), text, () => this.#usesContexts);
    this.#modules.set(path, read);
    return read;
  }

  /** Whether anything in the deployment follows asynchronous code; then every `await` of it matters. */
  get #usesContexts(): boolean {
    this.#mentionsContexts ??=
      this.#tree.mentions('AsyncLocalStorage') || this.#tree.mentions('createHook');
    return this.#mentionsContexts;
  }

  sourceMap(path: string): string | undefined {
    const json = readSourceMap(this.#tree, path);
    if (json === undefined || this.formatOf(path) === 'json') return json;
    return shiftSourceMap(json, this.#tree.text(path), this.read(path).edits);
  }

  #classify(path: string): ModuleFormat {
    const extension = posix.extname(path);
    if (extension === '.json') return 'json';
    if (extension === '.mjs') return 'module';
    // `require` reads every unknown extension as CommonJS.
    if (extension !== '.js' && extension !== '') return 'commonjs';
    const type = this.#packages.scopeOf(path)?.type;
    return type ?? detectFormat(withoutHashbang(this.#tree.text(path)), path);
  }
}

function readModule(
  path: string,
  format: ModuleFormat,
  original: string,
  usesContexts: () => boolean,
): ModuleText {
  const none = {
    imports: [],
    importedNames: new Map<string, ReadonlySet<string>>(),
    requires: [],
    syntaxError: undefined,
    edits: [],
  };
  if (format === 'json') return { ...none, format, path, source: original };

  const text = withoutHashbang(original);
  const imports = importsOf(text, path);
  const awaits = text.includes('await') && usesContexts() ? awaitEdits(text, format) : [];
  const edits = sortedEdits([...loaderEdits(text, path, imports), ...awaits]);
  const source = applyEdits(text, edits);
  if (format === 'module') {
    const names = importedNames(text, imports);
    return { ...none, format, path, source, imports, importedNames: names, edits };
  }

  const requires = requiresOf(text);
  const syntaxError = commonJsSyntaxError(text, path);
  // The lexer guesses where it cannot know (regular expression or division?). A guess that breaks the
  // text must not reach the guest: better an unsupported `import()` than a changed program.
  if (edits.length > 0 && commonJsSyntaxError(source, path) !== undefined) {
    return { ...none, format, path, source: text, requires, syntaxError };
  }
  return { ...none, format, path, source, imports, requires, syntaxError, edits };
}
