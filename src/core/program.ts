/**
 * The code of one function version, ready to run: what `functions/` makes of a deployment and what an
 * executor loads. All paths are absolute POSIX paths as the guest sees them (`/var/task/index.js`).
 */
export interface Program {
  /** Identity of the program for code caches: equal keys mean equal modules. */
  readonly key: string;
  /** The handler's module, or the error that AWS reports when it cannot be found. */
  readonly entry: ProgramEntry;
  /** Modules that a static look finds from the entry: compiled, with a code cache, before user code runs. */
  readonly modules: readonly ProgramModule[];
  /**
   * ES modules that `modules` name in `require` calls. They are evaluated before the entry, since nothing can
   * be linked while guest code runs; Node evaluates them at the call.
   */
  readonly requiredEsModules: readonly string[];
  /** Builtins that `modules` name in static imports and `require` calls, without `node:`. */
  readonly builtins: readonly string[];
  /**
   * Resolves by Node's rules, at any time, also for specifiers that no static look can see
   * (`require(name)`). Pure: reads the deployment only. Never throws.
   */
  resolve(specifier: string, fromPath: string, kind: 'require' | 'import'): Resolution;
  /** A module by path; what `resolve` returned and `modules` may not contain. */
  load(path: string): ProgramModule | undefined;
  /** The source map of a module's text, as JSON, where one was inlined or deployed beside it. */
  sourceMap(path: string): string | undefined;
  /** The host's file that stands where `path` is, for code that came from files; for debuggers. */
  hostPath(path: string): string | undefined;
  /** What the guest's file system shows below `/var/task` and `/opt`. */
  readonly files: ProgramFiles;
}

/** Everything that was deployed, code or not. Paths are absolute. */
export interface ProgramFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Symbolic links: path to the absolute path they point at. */
  readonly links: ReadonlyMap<string, string>;
}

export type ProgramEntry =
  | {
      readonly kind: 'found';
      readonly path: string;
      readonly format: 'commonjs' | 'module';
      readonly exportPath: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace?: readonly string[];
    };

export type ProgramModule =
  | {
      readonly format: 'commonjs';
      readonly path: string;
      /** Body of the module function. Dynamic `import(` is rewritten, lines and columns are kept per line. */
      readonly source: string;
      /** Set when the text does not parse as a function body; it must then never be wrapped and run. */
      readonly syntaxError?: ProgramSyntaxError;
    }
  | {
      readonly format: 'module';
      readonly path: string;
      /** Text of the ES module; `import.meta` and `import(` are rewritten to calls of the guest's loader. */
      readonly source: string;
      /** Static imports: specifier to resolved target. */
      readonly imports: ReadonlyMap<string, Resolution>;
      /** By specifier, the names that are imported; left out where all of them may be (`import * as`). */
      readonly importedNames: ReadonlyMap<string, ReadonlySet<string>>;
    }
  | { readonly format: 'json'; readonly path: string; readonly source: string };

export interface ProgramSyntaxError {
  readonly message: string;
  /** As Node prints it: file and line, the line itself, a caret, then the message. */
  readonly stack: string;
}

export type Resolution =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly format: 'commonjs' | 'module' | 'json';
      readonly exportNames?: readonly string[];
    }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** Calls that a rewritten module makes; the guest defines them before it evaluates any module. */
export const loaderCalls = {
  /** `import(x)` becomes `__isolambda_import("<path>", x)`. */
  dynamicImport: '__isolambda_import',
  /** `import.meta` becomes `__isolambda_meta("<path>")`. */
  importMeta: '__isolambda_meta',
  /** `await x` becomes `await __isolambda_await(x)` in programs that use AsyncLocalStorage. */
  awaitOperand: '__isolambda_await',
} as const;
