import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodeError, InvalidOptionError } from '../../core/errors.ts';
import { checkKnownKeys, checkOneOf } from '../../core/options.ts';
import { checkObjectLocation, type SourceObject } from './object-source.ts';
import { isRecord } from './record.ts';

/**
 * Where the code of a function comes from; exactly one of the five.
 *
 * @example
 * { source: 'exports.handler = async () => 1' }
 * { file: new URL('./handlers/resize.ts', import.meta.url) }
 */
export type CodeSource = LocalCodeSource | SourceObject;

/** Code that needs no bucket. */
export type LocalCodeSource = SourceText | SourceFile | SourceDirectory | SourceZip;

/** The text of one module. */
export interface SourceText {
  readonly source: string;
  /** @default detected: `'module'` when the text uses `import`, `export` or top-level `await` */
  readonly format?: 'commonjs' | 'module';
}

/** An entry file that is bundled with everything it imports; TypeScript too. Needs esbuild. */
export interface SourceFile {
  readonly file: string | URL;
  /** Packages that stay out of the bundle, since a layer has them. @default none */
  readonly external?: readonly string[];
}

/** A deployment folder, taken as it is, with its `node_modules`. */
export interface SourceDirectory {
  readonly dir: string | URL;
}

/** A deployment package: the bytes of a zip, or the path of one. */
export interface SourceZip {
  readonly zip: Uint8Array | string | URL;
}

const kinds = ['source', 'file', 'dir', 'zip', 's3'] as const;

/** Refuses everything that is not a `CodeSource`. Looks at the value only, not at the disk. */
export function checkCodeSource(code: unknown): asserts code is CodeSource {
  checkKnownKeys('code', code, [...kinds, 'format', 'external']);
  if (!isRecord(code)) throw new InvalidOptionError('code', 'an object', code);
  const given = kinds.filter((kind) => code[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length !== 1) {
    const rule = 'an object with exactly one of `source`, `file`, `dir`, `zip` and `s3`';
    throw new InvalidOptionError('code', rule, Object.keys(code));
  }

  const { format, [kind]: value } = code;
  if (format !== undefined) {
    if (kind !== 'source') {
      const hint = 'Only `source` takes it; files say it by name (.cjs, .mjs) or in package.json';
      throw new InvalidOptionError('code.format', `absent next to \`${kind}\``, format, hint);
    }
    checkOneOf('code.format', format, ['commonjs', 'module']);
  }
  checkExternal(kind, code['external']);
  if (kind === 'source') {
    if (typeof value !== 'string') throw new InvalidOptionError('code.source', 'a string', value);
    return;
  }
  if (kind === 's3') {
    checkObjectLocation('code.s3', value);
    return;
  }
  if (kind === 'zip' && value instanceof Uint8Array) return;
  checkLocation('code', kind, value);
}

function checkExternal(kind: string, external: unknown): void {
  if (external === undefined) return;
  if (kind !== 'file') {
    const hint = 'Only `file` is bundled';
    throw new InvalidOptionError('code.external', `absent next to \`${kind}\``, external, hint);
  }
  if (Array.isArray(external) && external.every((name) => typeof name === 'string')) return;
  throw new InvalidOptionError('code.external', 'a list of names of packages', external);
}

function checkLocation(option: string, kind: 'file' | 'dir' | 'zip', value: unknown): void {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return;
  if (value instanceof URL && value.protocol === 'file:') return;
  const bytes = kind === 'zip' ? ', the bytes of a zip' : '';
  throw new InvalidOptionError(`${option}.${kind}`, `a path${bytes} or a file: URL`, value);
}

/** What a layer is made from. */
export type LayerContentSource = LocalLayerSource | SourceObject;

/** The content of a layer that needs no bucket. */
export type LocalLayerSource = SourceDirectory | SourceZip;

/** Refuses everything that is neither `{ dir }` nor `{ zip }` nor `{ s3 }`. */
export function checkLayerContent(
  option: string,
  content: unknown,
): asserts content is LayerContentSource {
  checkKnownKeys(option, content, ['dir', 'zip', 's3']);
  if (!isRecord(content)) throw new InvalidOptionError(option, 'an object', content);
  const { dir, zip, s3 } = content;
  if ([dir, zip, s3].filter((kind) => kind !== undefined).length !== 1) {
    const rule = 'an object with exactly one of `dir`, `zip` and `s3`';
    throw new InvalidOptionError(option, rule, content);
  }
  if (s3 !== undefined) {
    checkObjectLocation(`${option}.s3`, s3);
    return;
  }
  if (zip instanceof Uint8Array) return;
  checkLocation(option, dir === undefined ? 'zip' : 'dir', dir ?? zip);
}

/** The absolute host path of a `file`, `dir` or `zip` that must exist. */
export async function locate(
  kind: 'file' | 'dir' | 'zip',
  location: string | URL,
): Promise<string> {
  const path = resolve(location instanceof URL ? fileURLToPath(location) : location);
  const noun = kind === 'dir' ? 'folder' : 'file';
  const advice =
    location instanceof URL
      ? 'Check the URL that was passed'
      : 'Relative paths start at the working directory; pass `new URL(path, import.meta.url)` to start at a module';
  let found;
  try {
    found = await stat(path);
  } catch (cause) {
    throw new CodeError(`No ${noun} at "${path}" (option \`code.${kind}\`). ${advice}`, { cause });
  }
  if (kind === 'dir' ? found.isDirectory() : found.isFile()) return path;
  throw new CodeError(
    `Expected a ${noun} at "${path}" (option \`code.${kind}\`), found ${found.isDirectory() ? 'a folder: pass it as `code.dir`' : 'something else'}`,
  );
}
