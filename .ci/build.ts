/**
 * Builds the package: the guest with esbuild (one script for the bootstrap, one for each part of the
 * prelude), the host with plain `tsc`. Prints what is wrong and stops at the first step that fails.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { amended, amendedFiles } from './amendments.ts';
import { builtinNames } from './builtin-names.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const guestFolder = resolve('src/guest');

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/guest', { recursive: true });

/** Files of the bootstrap that parts may import: what `main.ts` hands to the loader of parts. */
const bootstrapModules = /const bootstrapModules = \{(?<names>[^}]*)\}/
  .exec(readFileSync('src/guest/main.ts', 'utf8'))
  ?.groups?.['names']?.match(/[a-z][a-z-]*/g);
if (!bootstrapModules) throw new Error('build: src/guest/main.ts names no bootstrapModules');

/** Turns imports between parts, of builtins and of the bootstrap into `require` calls of the loader. */
const partImports: Plugin = {
  name: 'part imports',
  setup(building) {
    building.onResolve({ filter: /./ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point') return undefined;
      const isOurs = importer.startsWith(guestFolder + sep);
      if (isOurs && path.startsWith('.')) return ownImport(resolve(dirname(importer), path));
      const replacement = replacementOf(path, importer);
      if (replacement !== undefined) return { path: replacement };
      // Packages write `process/` for the package of that name; here the builtin is as good.
      const name = path.replace(/^node:/, '').replace(/\/$/, '');
      // `buffer/` in a file of ours means the package itself.
      const isPackage = path.endsWith('/') && isOurs;
      if (isPackage || !isBuiltin(name)) return undefined;
      return { path: `node:${name}`, external: true };
    });
    building.onLoad({ filter: amendedFiles }, ({ path }) => {
      const contents = amended(path.replaceAll(sep, '/'), readFileSync(path, 'utf8'));
      return contents === undefined ? undefined : { contents };
    });
  },
};

/** Files of packages for which the guest has its own: errors with Node's texts, helpers that load nothing. */
const replacements: Readonly<Record<string, string>> = {
  'readable-stream/lib/ours/errors': 'src/guest/cores/stream/package-errors.ts',
  'readable-stream/lib/ours/util': 'src/guest/cores/stream/package-util.ts',
  'unenv/dist/runtime/node/internal/url/errors.mjs': 'src/guest/cores/url/package-errors.ts',
  // The guest has the global, so the package never asks for this.
  'abort-controller': 'src/guest/cores/stream/no-abort-controller.ts',
};

function replacementOf(path: string, importer: string): string | undefined {
  const [, inPackages] = importer.split(`${sep}node_modules${sep}`);
  if (inPackages === undefined) return undefined;
  const target = path.startsWith('.') ? resolve('/', dirname(inPackages), path).slice(1) : path;
  const file = replacements[target.replaceAll(sep, '/').replace(/\.js$/, '')];
  return file === undefined ? undefined : resolve(file);
}

function ownImport(path: string): { path: string; external: boolean } | undefined {
  const id = relative(guestFolder, path).replaceAll(sep, '/').replace(/\.ts$/, '');
  if (id.startsWith('web/') || id.startsWith('node/')) return { path: id, external: true };
  // `cores/` is bundled into the one part that imports it.
  if (id.startsWith('..') || id.startsWith('cores/')) return undefined;
  if (!bootstrapModules?.includes(id)) {
    throw new Error(`build: a part imports guest/${id}.ts, which main.ts does not hand out`);
  }
  return { path: `guest/${id}`, external: true };
}

/** The text of a guest script: a parenthesised function, so that the code cache holds all of it. */
async function guestScript(
  entry: string,
  plugins: Plugin[],
): Promise<{ text: string; map: string; imports: string[] }> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    // Names stay: class names of the prelude show in users' stack traces (`at Timeout.<anonymous>`).
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: false,
    sourcemap: 'external',
    sourcesContent: true,
    metafile: true,
    outfile: 'out.js',
    legalComments: 'none',
    plugins,
    // unenv's `url.parse` warns of itself in the users' logs.
    drop: entry.endsWith('node/url.ts') ? ['console'] : [],
  });
  const code = result.outputFiles.find((file) => file.path.endsWith('.js'))?.text ?? '';
  const map = result.outputFiles.find((file) => file.path.endsWith('.map'))?.text ?? '';
  const [output] = Object.values(result.metafile.outputs).filter(({ entryPoint }) => entryPoint);
  const imports = (output?.imports ?? []).map(({ path }) => path);
  return { text: code.trimEnd(), map, imports };
}

const main = await guestScript('src/guest/main.ts', []);
writeFileSync(
  'dist/guest/main.cjs',
  `(function(){"use strict";var module={exports:{}};${main.text}\nreturn module.exports.boot})`,
);
writeFileSync('dist/guest/main.cjs.map', main.map);

/** What each part requires as soon as it is evaluated, so that the host can foresee all of it. */
const needs: Record<string, string[]> = {};
const partFiles = ['web', 'node'].flatMap((folder) =>
  readdirSync(`src/guest/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file.replaceAll(sep, '/').replace(/\.ts$/, '')}`),
);
await Promise.all(
  partFiles.map(async (id) => {
    const { text, imports } = await guestScript(`src/guest/${id}.ts`, [partImports]);
    needs[id] = [...new Set(imports)]
      .filter((path) => !path.startsWith('guest/'))
      .map((path) => path.replace(/^node:/, 'node/'))
      .sort();
    mkdirSync(dirname(`dist/guest/${id}`), { recursive: true });
    writeFileSync(
      `dist/guest/${id}.cjs`,
      `(function(module,exports,require){${text}\n})\n//# sourceURL=node:internal/${id}`,
    );
  }),
);
const builtins = builtinNames('dist/guest', partFiles);
writeFileSync('dist/guest/parts.json', JSON.stringify({ needs, builtins }));

try {
  execFileSync('tsc', ['-p', 'tsconfig.json'], { stdio: 'inherit' });
} catch {
  console.error('build: tsc found errors in src/ (above)');
  process.exit(1);
}
