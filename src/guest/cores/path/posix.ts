import { validateObject, validateString } from '../../node/internal/validators.ts';
import { matchesGlobPattern } from './glob.ts';

export interface ParsedPath {
  root: string;
  dir: string;
  base: string;
  ext: string;
  name: string;
}

export interface PathModule {
  resolve(...paths: unknown[]): string;
  normalize(path: unknown): string;
  isAbsolute(path: unknown): boolean;
  join(...paths: unknown[]): string;
  relative(from: unknown, to: unknown): string;
  toNamespacedPath(path: unknown): unknown;
  dirname(path: unknown): string;
  basename(path: unknown, suffix?: unknown): string;
  extname(path: unknown): string;
  format(path: unknown): string;
  parse(path: unknown): ParsedPath;
  matchesGlob(path: unknown, pattern: unknown): boolean;
  sep: string;
  delimiter: string;
  win32: PathModule | null;
  posix: PathModule | null;
  _makeLong?: (path: unknown) => unknown;
}

/** `.` and `..` taken out of a list of names; `..` stays at the start of what is relative. */
export function normalizeNames(names: readonly string[], keepsAbove: boolean): string[] {
  const kept: string[] = [];
  for (const name of names) {
    if (name === '' || name === '.') continue;
    if (name !== '..') kept.push(name);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (keepsAbove) kept.push('..');
  }
  return kept;
}

/** The last name of a path without trailing separators. */
export function extensionOf(base: string): string {
  const dot = base.lastIndexOf('.');
  return dot <= 0 || base === '..' ? '' : base.slice(dot);
}

/** A name without a suffix, unless the suffix is all of it. */
export function withoutSuffix(base: string, suffix: unknown, path: string): string {
  if (suffix === undefined || suffix === '') return base;
  if (suffix === path) return '';
  return base !== suffix && base.endsWith(suffix as string)
    ? base.slice(0, -(suffix as string).length)
    : base;
}

export function formatPath(separator: string, given: unknown): string {
  validateObject(given, 'pathObject');
  const { dir, root, base, name = '', ext = '' } = given as Partial<ParsedPath>;
  const folder = dir || root;
  const extension = ext && !ext.startsWith('.') ? `.${ext}` : ext;
  const file = base || `${name || ''}${extension}`;
  if (!folder) return file;
  return folder === root ? `${folder}${file}` : `${folder}${separator}${file}`;
}

function cwd(): string {
  return (globalThis as unknown as { process: { cwd(): string } }).process.cwd();
}

const trimmed = (path: string): string => {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
};

export const posix: PathModule = {
  resolve(...paths) {
    let resolved = '';
    for (let index = paths.length - 1; index >= 0 && !resolved.startsWith('/'); index -= 1) {
      const path = paths[index];
      validateString(path, `paths[${index}]`);
      if (path.length > 0) resolved = `${path}/${resolved}`;
    }
    if (!resolved.startsWith('/')) resolved = `${cwd()}/${resolved}`;
    const isRooted = resolved.startsWith('/');
    const names = normalizeNames(resolved.split('/'), !isRooted).join('/');
    return isRooted ? `/${names}` : names || '.';
  },

  normalize(path) {
    validateString(path, 'path');
    if (path === '') return '.';
    const isRooted = path.startsWith('/');
    const names = normalizeNames(path.split('/'), !isRooted).join('/');
    if (names === '') return isRooted ? '/' : path.endsWith('/') ? './' : '.';
    return `${isRooted ? '/' : ''}${names}${path.endsWith('/') ? '/' : ''}`;
  },

  isAbsolute(path) {
    validateString(path, 'path');
    return path.startsWith('/');
  },

  join(...paths) {
    const parts: string[] = [];
    for (const path of paths) {
      validateString(path, 'path');
      if (path.length > 0) parts.push(path);
    }
    return parts.length === 0 ? '.' : posix.normalize(parts.join('/'));
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    const start = posix.resolve(from).split('/').filter(Boolean);
    const end = posix.resolve(to).split('/').filter(Boolean);
    let same = 0;
    while (same < start.length && same < end.length && start[same] === end[same]) same += 1;
    return [...start.slice(same).map(() => '..'), ...end.slice(same)].join('/');
  },

  toNamespacedPath(path) {
    return path;
  },

  dirname(path) {
    validateString(path, 'path');
    if (path === '') return '.';
    const end = trimmed(path).lastIndexOf('/');
    if (end < 0) return path.startsWith('/') ? '/' : '.';
    // `//a` has two of them.
    if (end === 1 && path.startsWith('//')) return '//';
    const folder = path.slice(0, end);
    return folder === '' ? '/' : folder;
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, 'suffix');
    validateString(path, 'path');
    const whole = trimmed(path);
    return withoutSuffix(whole.slice(whole.lastIndexOf('/') + 1), suffix, path);
  },

  extname(path) {
    validateString(path, 'path');
    return extensionOf(posix.basename(path));
  },

  format(path) {
    return formatPath('/', path);
  },

  parse(path) {
    validateString(path, 'path');
    const root = path.startsWith('/') ? '/' : '';
    const base = posix.basename(path);
    const whole = trimmed(path);
    // Node takes the second dot of the root's parent for an extension.
    const ext = whole === '/..' ? '.' : extensionOf(base);
    const end = whole.lastIndexOf('/');
    const dir = end > 0 ? whole.slice(0, end) : root;
    return { root, dir, base, ext, name: ext === '' ? base : base.slice(0, -ext.length) };
  },

  matchesGlob(path, pattern) {
    validateString(path, 'path');
    validateString(pattern, 'pattern');
    return matchesGlobPattern(path, pattern, '/');
  },

  sep: '/',
  delimiter: ':',
  win32: null,
  posix: null,
};
