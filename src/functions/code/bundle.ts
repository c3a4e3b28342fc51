import { dirname, posix, resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, BuildOptions, BuildResult, Message, Plugin } from 'esbuild';
import { CodeError } from '../../core/errors.ts';
import { createDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { nodeMajorOf, type Runtime } from '../runtimes.ts';

type Esbuild = Pick<typeof import('esbuild'), 'build'>;
type Format = 'cjs' | 'esm';

interface BundleOptions {
  /** Guest path of the bundle without its extension, such as `/var/task/index`. */
  readonly stem: string;
  readonly runtime: Runtime;
  /** Packages that are left to layers. @default none */
  readonly external?: readonly string[];
}

const shownErrors = 5;

/**
 * A native addon becomes a module that throws, as on a platform it was not built for: packages that try one
 * and have something else in store go on.
 */
const refusedAddons: Plugin = {
  name: 'refused-addons',
  setup(esbuild) {
    esbuild.onLoad({ filter: /\.node$/ }, ({ path }) => {
      const message = `Native addons cannot run in an isolate: ${posix.basename(path)}`;
      return {
        contents: `throw Object.assign(new Error(${JSON.stringify(message)}), { code: 'ERR_DLOPEN_FAILED' })`,
      };
    });
  },
};

/** Bundles an entry file (JavaScript or TypeScript) with all it imports into one module. */
export async function bundleFile(
  entry: string,
  options: BundleOptions,
  loadEsbuild: () => Promise<Esbuild> = () => import('esbuild'),
): Promise<{ readonly deployment: Deployment; readonly inputFiles: readonly string[] }> {
  const esbuild = await load(loadEsbuild);
  const { result, path } = await build(esbuild, entry, options);

  const files = new Map<string, Uint8Array>();
  for (const output of result.outputFiles ?? []) {
    const isMap = output.path.endsWith('.map');
    files.set(isMap ? `${path}.map` : path, isMap ? output.contents : withRequire(output.contents));
  }
  const folder = dirname(entry);
  const inputFiles = Object.keys(result.metafile?.inputs ?? {})
    .filter((input) => !/^(<|\(disabled\):)/.test(input))
    .map((input) => resolvePath(folder, input));
  return { deployment: createDeployment(files), inputFiles };
}

async function load(loadEsbuild: () => Promise<Esbuild>): Promise<Esbuild> {
  try {
    return await loadEsbuild();
  } catch (cause) {
    throw new CodeError(
      '`code.file` needs esbuild: npm install --save-dev esbuild, or deploy with { source }, { dir } or { zip }',
      { cause },
    );
  }
}

/**
 * CommonJS starts faster and has `require`; only top-level await makes an ES module necessary. What a package
 * asks for and nobody installed is an optional dependency of it: it stays out, and fails when it is loaded.
 */
async function build(
  esbuild: Esbuild,
  entry: string,
  options: BundleOptions,
): Promise<{ readonly result: BuildResult; readonly path: string }> {
  const external = new Set<string>(options.external);
  let format: Format = 'cjs';
  for (;;) {
    const path = options.stem + (format === 'cjs' ? '.js' : '.mjs');
    try {
      const settings = { ...buildOptions(entry, path, format, options), external: [...external] };
      return { result: await esbuild.build(settings), path };
    } catch (error) {
      const known = external.size;
      for (const name of uninstalledOptions(error)) external.add(name);
      if (external.size > known) continue;
      if (format === 'esm' || !usesTopLevelAwait(error)) throw buildError(entry, error);
      format = 'esm';
    }
  }
}

/** Names that modules inside of `node_modules` import and that are not there. */
function uninstalledOptions(error: unknown): string[] {
  return errorsOf(error).flatMap(({ text, location }) => {
    const [, name] = /^Could not resolve "([^./"*][^"*]*)"$/.exec(text) ?? [];
    const isOfPackage = location?.file.includes('node_modules/') ?? false;
    return name !== undefined && isOfPackage ? [name] : [];
  });
}

function buildOptions(
  entry: string,
  path: string,
  format: Format,
  { runtime }: BundleOptions,
): BuildOptions {
  return {
    entryPoints: [entry],
    // Paths in the source map are relative to the entry's folder: the same bytes on every machine.
    absWorkingDir: dirname(entry),
    outfile: resolvePath(dirname(entry), posix.basename(path)),
    // Nothing is written, so an entry called index.js is not in danger.
    write: false,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format,
    target: `node${nodeMajorOf(runtime)}`,
    sourcemap: 'linked',
    sourcesContent: true,
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    plugins: [refusedAddons],
    logLevel: 'silent',
    define: format === 'cjs' ? metaConstants(path) : pathConstants(path),
  };
}

/** CommonJS has no `import.meta`, but where the bundle will be is known. */
function metaConstants(path: string): Record<string, string> {
  return {
    'import.meta.url': JSON.stringify(pathToFileURL(path, { windows: false }).href),
    'import.meta.filename': JSON.stringify(path),
    'import.meta.dirname': JSON.stringify(posix.dirname(path)),
  };
}

/** The other way round, for CommonJS packages inside of an ES module. */
function pathConstants(path: string): Record<string, string> {
  return {
    __filename: JSON.stringify(path),
    __dirname: JSON.stringify(posix.dirname(path)),
  };
}

/**
 * Gives an ES module the `require` that CommonJS packages inside of it want for Node's builtins.
 * Stays on the first line, so that the source map holds.
 */
function withRequire(contents: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(contents);
  if (!text.includes('Dynamic require of "')) return contents;
  const prelude =
    "import { createRequire as __isolambda_createRequire } from 'node:module'; const require = __isolambda_createRequire(import.meta.url); ";
  return new TextEncoder().encode(prelude + text);
}

function usesTopLevelAwait(error: unknown): boolean {
  return errorsOf(error).some(({ text }) => text.startsWith('Top-level await'));
}

function errorsOf(error: unknown): readonly Message[] {
  return isBuildFailure(error) ? error.errors : [];
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function buildError(entry: string, cause: unknown): CodeError {
  const errors = errorsOf(cause);
  const lines = errors.slice(0, shownErrors).map(({ text, location }) => {
    if (location === null) return `  ${text}`;
    return `  ${location.file}:${location.line}:${location.column + 1}: ${text}`;
  });
  if (errors.length > shownErrors) lines.push(`  ... and ${errors.length - shownErrors} more`);
  if (errors.some(({ text }) => text.includes('.node")'))) {
    lines.push('  Native addons (.node) cannot run in an isolate');
  }
  if (lines.length === 0) lines.push(`  ${String(cause)}`);
  return new CodeError(`Could not bundle "${entry}":\n${lines.join('\n')}`, { cause });
}
