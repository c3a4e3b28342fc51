import { existsSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import type { CodeSource } from '../index.ts';
import { RefusedError } from './exit-code.ts';

/** Code that was named by a path, with a name and a handler for the function. */
export interface CodeOnDisk {
  readonly name: string;
  readonly path: string;
  readonly code: CodeSource;
  readonly handler: string;
  /** Whether esbuild makes a module of it. */
  readonly isBundled: boolean;
}

const bundled = ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'];

/** Whether the argument names something on the disk and not a function of a template. */
export function isPath(nameOrFile: string, cwd: string): boolean {
  return existsSync(resolve(cwd, nameOrFile)) || /[/\\]|\.[a-z]{2,3}$/.test(nameOrFile);
}

/** `handler` is what the user said: `app.main`, or the export alone. */
export function codeOnDisk(file: string, cwd: string, handler: string | undefined): CodeOnDisk {
  const path = resolve(cwd, file);
  if (!existsSync(path)) throw new RefusedError(`There is no file or folder at ${path}`);
  const name = functionName(path);
  if (statSync(path).isDirectory()) {
    return { name, path, code: { dir: path }, handler: inPackage(handler), isBundled: false };
  }
  const extension = extname(path);
  if (extension === '.zip') {
    return { name, path, code: { zip: path }, handler: inPackage(handler), isBundled: false };
  }
  if (!bundled.includes(extension)) {
    throw new RefusedError(
      `${path} is no code that can be run: expected a folder, a zip, or a file that ends with one of ${bundled.join(' ')}`,
    );
  }
  // A bundle is one module, so its name is free and only the export has to be said.
  const module = basename(path, extension).replaceAll('.', '-');
  const said = handler ?? `${module}.handler`;
  const own = said.includes('.') ? said : `${module}.${said}`;
  return { name, path, code: { file: path }, handler: own, isBundled: true };
}

function inPackage(handler = 'index.handler'): string {
  if (handler.includes('.')) return handler;
  throw new RefusedError(
    `--handler: expected module and export, such as "index.${handler}", got "${handler}"`,
  );
}

/** Names of functions have at most 64 letters, digits, `-` and `_`. */
function functionName(path: string): string {
  const name = basename(path, extname(path)).replaceAll(/[^\w-]+/g, '-');
  return name.slice(0, 64) || 'function';
}

/** @throws {RefusedError} with what to do when esbuild is not there */
export function needEsbuild(file: string, resolveModule: (name: string) => string): void {
  try {
    resolveModule('esbuild');
  } catch {
    throw new RefusedError(
      `${file} has to be bundled, which needs esbuild: npm install --save-dev esbuild. ` +
        'A deployment folder or a zip runs without it',
    );
  }
}
