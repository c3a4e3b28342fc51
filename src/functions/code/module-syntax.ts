import { compileFunction } from 'node:vm';
import { init as initCjsLexer, parse as parseCjs } from 'cjs-module-lexer';
import { init as initEsLexer, parse as parseEs } from 'es-module-lexer';
import type { Import } from 'es-module-lexer';
import type { ProgramSyntaxError } from '../../core/program.ts';

/** Loads the lexers' WebAssembly; to be awaited once before anything below is called. */
export async function loadLexers(): Promise<void> {
  await Promise.all([initEsLexer(), initCjsLexer()]);
}

/** The parameters of Node's module function. */
const moduleParameters = ['exports', 'require', 'module', '__filename', '__dirname'];

/**
 * Parses a text as the body of a CommonJS module without running it. A body that passes cannot close
 * the function that it is wrapped in.
 */
export function commonJsSyntaxError(text: string, path: string): ProgramSyntaxError | undefined {
  try {
    compileFunction(text, moduleParameters, { filename: path });
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const stack = (error instanceof Error ? error.stack : undefined) ?? message;
    return { message, stack: withoutFrames(stack) };
  }
}

/** The frames are ours, not the module's; what remains is file, line, caret and message. */
function withoutFrames(stack: string): string {
  const lines = stack.split('\n');
  const end = lines.findIndex((line) => /^\s+at .*(\(|node:|:\d+:\d+\)?$)/.test(line));
  return lines.slice(0, end === -1 ? undefined : end).join('\n');
}

/** V8's complaints about ES module syntax in a function body. From Node's `lib` and `node_contextify.cc`. */
const moduleOnly = [
  'Cannot use import statement outside a module',
  "Unexpected token 'export'",
  "Cannot use 'import.meta' outside a module",
];
/** Complaints that an ES module would not get, if the rest of it parses. */
const commonJsOnly = [
  ...moduleParameters.map((name) => `Identifier '${name}' has already been declared`),
  'await is only valid in async functions and the top level bodies of modules',
  'Unexpected reserved word',
];

/** Node's "syntax detection" for files that neither their name nor a package.json classifies. */
export function detectFormat(text: string, path: string): 'commonjs' | 'module' {
  if (!/\b(?:import|export|await)\b/.test(text)) return 'commonjs';
  const error = commonJsSyntaxError(text, path);
  if (error === undefined) return 'commonjs';
  if (hasModuleSyntax(text) || moduleOnly.some((start) => error.message.startsWith(start))) {
    return 'module';
  }
  if (!commonJsOnly.some((start) => error.message.startsWith(start))) return 'commonjs';
  // Top-level await without import or export. The line break ends a trailing comment.
  const wrapped = commonJsSyntaxError(`(async function() {${text}\n})();`, path);
  return wrapped === undefined ? 'module' : 'commonjs';
}

function hasModuleSyntax(text: string): boolean {
  try {
    return parseEs(text)[3];
  } catch {
    return false;
  }
}

/** Imports, dynamic imports and uses of `import.meta`; none when the lexer cannot read the text. */
export function importsOf(text: string, path: string): readonly Import[] {
  if (!/\b(?:import|export)\b/.test(text)) return [];
  try {
    return parseEs(text, path)[0];
  } catch {
    return [];
  }
}

/** Names that a CommonJS module exports as far as a static look can tell, and what it re-exports. */
export function commonJsExports(
  text: string,
  path: string,
): { readonly exports: readonly string[]; readonly reexports: readonly string[] } {
  try {
    return parseCjs(text, path);
  } catch {
    return { exports: [], reexports: [] };
  }
}

/** Specifiers of `require('literal')`. Finds too much in comments and strings, which is harmless. */
export function requiresOf(text: string): readonly string[] {
  const found = new Set<string>();
  for (const [, , specifier] of text.matchAll(/\brequire\s*\(\s*(["'`])([^"'`\\\r\n$]+)\1\s*\)/g)) {
    if (specifier !== undefined) found.add(specifier);
  }
  return [...found];
}
