import { posix } from 'node:path';
import type { ProgramEntry } from '../../core/program.ts';
import { taskRoot } from './deployment.ts';
import type { FileTree } from './file-tree.ts';
import type { ModuleFormat } from './module-reader.ts';
import type { RequireResolver } from './require-resolution.ts';
import { ResolutionError } from './resolution-error.ts';

/** AWS's runtime client, the file that asks for the handler's module. */
const runtimeFile = '/var/runtime/index.mjs';
const handlerShape = /^([^.]*)\.(.*)$/;
const extensions = ['.js', '.mjs', '.cjs'];

/** The `handler` option taken apart: `src/app.api.get` is `api.get` of the module `app` in `src`. */
type HandlerName =
  | {
      readonly kind: 'valid';
      /** `src/` or empty; may be absolute. */
      readonly folder: string;
      readonly module: string;
      readonly exportPath: readonly string[];
    }
  | { readonly kind: 'malformed'; readonly message: string };

function parseHandler(handler: string): HandlerName {
  if (handler.includes('..')) {
    return {
      kind: 'malformed',
      message: `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    };
  }
  const base = posix.basename(handler);
  const [, module, exportPath] = handlerShape.exec(base) ?? [];
  if (module === undefined || exportPath === undefined) {
    return { kind: 'malformed', message: 'Bad handler' };
  }
  const folder = handler.slice(0, handler.indexOf(base));
  return { kind: 'valid', folder, module, exportPath: exportPath.split('.') };
}

/** The file name, without extension, that `{ source }` and `{ file }` give to the code. */
export function handlerStem(handler: string): string {
  const name = parseHandler(handler);
  // Malformed handlers fail when the function starts, as on AWS, not when it is deployed.
  if (name.kind === 'malformed' || name.module === '') return `${taskRoot}/index`;
  const path = posix.resolve(taskRoot, name.folder, name.module);
  return path.startsWith(`${taskRoot}/`) ? path : `${taskRoot}/${name.module}`;
}

/** Finds the handler's module in the order of AWS's runtime client. */
export function findEntry(
  handler: string,
  tree: FileTree,
  resolver: RequireResolver,
  formatOf: (path: string) => ModuleFormat,
): ProgramEntry {
  const name = parseHandler(handler);
  if (name.kind === 'malformed') return failed('Runtime.MalformedHandlerName', name.message);
  try {
    const path = locate(name.folder, name.module, tree, resolver);
    const format = path.startsWith('node:') ? 'json' : formatOf(path);
    if (format !== 'json') return { kind: 'found', path, format, exportPath: name.exportPath };
    // Data and builtins can be required, but have no handler.
    return failed('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  } catch (error) {
    if (!(error instanceof ResolutionError)) throw error;
    return error.code === 'MODULE_NOT_FOUND'
      ? failed('Runtime.ImportModuleError', `Error: ${error.message}`)
      : failed('Error', error.message);
  }
}

function locate(folder: string, module: string, tree: FileTree, resolver: RequireResolver): string {
  const path = posix.resolve(taskRoot, folder, module);
  if (tree.kind(path) !== undefined) return resolver.resolve(path, runtimeFile);
  for (const extension of extensions) {
    const real = tree.realPath(`${path}${extension}`);
    if (real !== undefined && tree.isFile(real)) return real;
  }
  return resolver.resolve(module, runtimeFile, posix.resolve(taskRoot, folder));
}

function failed(errorType: string, errorMessage: string): ProgramEntry {
  const trace = `${errorType}: ${errorMessage}`.split('\n');
  return { kind: 'failed', errorType, errorMessage, trace };
}
