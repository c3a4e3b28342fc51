/**
 * Builds the package: the guest with esbuild (one script for the bootstrap, one for each lazy part), the
 * host with plain `tsc`. Prints one line a step and stops at the first that fails.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync, mkdirSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/guest/parts', { recursive: true });

/** The text of a guest script: a parenthesised function, so that the code cache holds all of it. */
async function guestScript(entry: string): Promise<{ text: string; map: string }> {
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
    sourcemap: 'external',
    sourcesContent: true,
    outfile: 'out.js',
    legalComments: 'none',
    // The clone package asks for the native function while it loads; here that is the lazy global itself.
    define: { structuredClone: 'undefined' },
  });
  const code = result.outputFiles.find((file) => file.path.endsWith('.js'))?.text ?? '';
  const map = result.outputFiles.find((file) => file.path.endsWith('.map'))?.text ?? '';
  return { text: code.trimEnd(), map };
}

const main = await guestScript('src/guest/main.ts');
writeFileSync(
  'dist/guest/main.cjs',
  `(function(){"use strict";var module={exports:{}};${main.text}\nreturn module.exports.boot})`,
);
writeFileSync('dist/guest/main.cjs.map', main.map);

for (const file of readdirSync('src/guest/parts')) {
  const name = basename(file, '.ts');
  const part = await guestScript(`src/guest/parts/${file}`);
  writeFileSync(
    `dist/guest/parts/${name}.cjs`,
    `(function(){var module={exports:{}},exports=module.exports;${part.text}\nreturn module.exports})`,
  );
}

try {
  execFileSync('tsc', ['-p', 'tsconfig.json'], { stdio: 'inherit' });
} catch {
  console.error('build: tsc found errors in src/ (above)');
  process.exit(1);
}
