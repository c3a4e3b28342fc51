import type { ProgramModule, Resolution } from '../core/program.ts';
import { loaderNames } from '../wire/messages.ts';
import { builtinExportsOf } from './guest-bundle.ts';

type CommonJsModule = Extract<ProgramModule, { format: 'commonjs' }>;
type FileResolution = Extract<Resolution, { kind: 'file' }>;

/** A script text and where its first line begins, so that stack traces show the user's own columns. */
export interface ModuleText {
  readonly code: string;
  readonly columnOffset: number;
}

/**
 * The script that hands a CommonJS module to the guest's loader. The parentheses around the function make
 * V8 compile all of it at once, so that the code cache holds it (native-notes/code-cache.md).
 */
export function commonJsText(module: CommonJsModule): ModuleText {
  const path = JSON.stringify(module.path);
  if (module.syntaxError !== undefined) {
    // The text is not a function body: wrapped, it might close the function and run outside of it.
    const { message, stack } = module.syntaxError;
    const body = `throw Object.assign(new SyntaxError(${JSON.stringify(message)}), { stack: ${JSON.stringify(stack)} })`;
    return { code: `${loaderNames.define}(${path}, function () { ${body} })`, columnOffset: 0 };
  }
  const head = `${loaderNames.define}(${path},(function(exports,require,module,__filename,__dirname){`;
  return { code: `${head}${module.source}${commonJsTail}`, columnOffset: -head.length };
}

/** What follows a CommonJS module's own text. */
export const commonJsTail = '\n}))';

/** An ES module that stands for a CommonJS or JSON file: `default` is `module.exports`. */
export function facadeText(target: FileResolution): string {
  return facade(target.path, target.exportNames ?? []);
}

/** An ES module that stands for a builtin. */
export function builtinFacadeText(name: string, wanted: ReadonlySet<string> | undefined): string {
  const exportNames = builtinExportsOf(name) ?? [];
  // Reading an export may load a part of the prelude, so nobody gets more than what is imported.
  const read = wanted === undefined ? exportNames : exportNames.filter((one) => wanted.has(one));
  return facade(`node:${name}`, read);
}

function facade(path: string, exportNames: readonly string[]): string {
  const names = exportNames.filter((name) => name !== 'default');
  const reads = names.map((name, index) => `e${index} = m[${JSON.stringify(name)}]`);
  const exports = names.map((name, index) => `e${index} as ${JSON.stringify(name)}`);
  return [
    `const m = ${loaderNames.require}(${JSON.stringify(path)});`,
    'export default m;',
    reads.length > 0 ? `const ${reads.join(', ')};` : '',
    `export { ${exports.join(', ')} };`,
  ].join('\n');
}

/** Hands the namespace of a module to the guest, once everything it awaits at top level is done. */
export function registrarText(path: string, before: readonly string[] = []): string {
  const specifier = JSON.stringify(path);
  const first = before
    .map((other) => `import ${JSON.stringify(registrarPrefix + other)};`)
    .join(' ');
  return `${first} import * as namespace from ${specifier}; ${loaderNames.namespace}(${specifier}, namespace);`;
}

/** Marks the import of another registrar, which comes with the module that it registers. */
export const registrarPrefix = 'register:';
