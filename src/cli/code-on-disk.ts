import { existsSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CodeSource, Lambda, LambdaFunction } from '../index.ts';
import { RefusedError } from './exit-code.ts';
import { settingsOf, type FunctionFlags } from './function-flags.ts';
import type { Terminal } from './terminal.ts';
import type { VariablesOf } from './variables.ts';

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

/** A name of a function has no slash and no extension. */
export function looksLikePath(nameOrFile: string): boolean {
  return /[/\\]|^\.|\.[a-z]{2,3}$/.test(nameOrFile);
}

/** How a file becomes a function. */
export interface FileUse {
  readonly flags: FunctionFlags & { readonly handler?: string };
  readonly variablesOf: VariablesOf;
  readonly terminal: Terminal;
  readonly cwd: string;
}

/** Deploys a file, folder or zip as a function; one of that name that is there is brought up to date. */
export async function deployFile(
  lambda: Lambda,
  file: string,
  { flags, variablesOf, terminal, cwd }: FileUse,
): Promise<LambdaFunction> {
  const { name, path, code, handler, isBundled } = codeOnDisk(file, cwd, flags.handler);
  if (isBundled) needEsbuild(file, (module) => fileURLToPath(import.meta.resolve(module)));
  terminal.progress(`${isBundled ? 'bundling' : 'reading'} ${path}`);
  const options = { code, handler, environment: variablesOf(name), ...settingsOf(flags) };
  const existing = lambda.getFunction(name);
  if (existing === undefined) return lambda.createFunction({ name, ...options });
  await existing.update(options);
  return existing;
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
function needEsbuild(file: string, resolveModule: (name: string) => string): void {
  try {
    resolveModule('esbuild');
  } catch {
    throw new RefusedError(
      `${file} has to be bundled, which needs esbuild: npm install --save-dev esbuild. ` +
        'A deployment folder or a zip runs without it',
    );
  }
}
