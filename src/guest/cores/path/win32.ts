import { validateString } from '../../node/internal/validators.ts';
import { matchesGlobPattern } from './glob.ts';
import {
  extensionOf,
  formatPath,
  normalizeNames,
  withoutSuffix,
  type PathModule,
} from './posix.ts';

/** What stands before the names: `C:`, `\\server\share`, and whether a separator follows. */
interface Root {
  readonly device: string;
  readonly isAbsolute: boolean;
  /** Length of all of it in the path. */
  readonly length: number;
  /** A UNC path that is nothing but its root, without a separator behind. */
  readonly isWholeShare?: boolean;
}

const isSeparator = (unit: string | undefined): boolean => unit === '\\' || unit === '/';
const startsWithDrive = (path: string): boolean => /^[A-Za-z]:/.test(path);
const names = (path: string): string[] => path.split(/[\\/]/);

function rootOf(path: string): Root {
  if (isSeparator(path[0])) return rootOfSlashes(path);
  if (!startsWithDrive(path)) return { device: '', isAbsolute: false, length: 0 };
  const isAbsolute = isSeparator(path[2]);
  return { device: path.slice(0, 2), isAbsolute, length: isAbsolute ? 3 : 2 };
}

function rootOfSlashes(path: string): Root {
  const plain: Root = { device: '', isAbsolute: true, length: 1 };
  const found = /^[\\/]{2}([^\\/]+)([\\/]+)([^\\/]+)/.exec(path);
  if (found === null) return plain;
  const [whole, server = '', , share = ''] = found;
  // `\\?\` and `\\.\` name devices.
  if (server === '?' || server === '.') {
    return { device: `\\\\${server}`, isAbsolute: true, length: 4 };
  }
  return {
    device: `\\\\${server}\\${share}`,
    isAbsolute: true,
    length: whole.length,
    isWholeShare: whole.length === path.length,
  };
}

const reservedNames = /^(?:CON|PRN|AUX|NUL|COM[1-9¹²³]|LPT[1-9¹²³])$/i;

/** `CON:x` is a device on Windows wherever it stands first. */
function isReserved(path: string): boolean {
  const colon = path.indexOf(':');
  return colon > 0 && reservedNames.test(path.slice(0, colon).trimEnd());
}

/** A relative path must not turn into one of a drive or a stream when it is normalized. */
function guarded(path: string, tail: string, root: Root): string | undefined {
  if (!root.isAbsolute && root.device === '' && path.includes(':')) {
    if (startsWithDrive(tail)) return `.\\${tail}`;
    for (let at = path.indexOf(':'); at !== -1; at = path.indexOf(':', at + 1)) {
      if (at === path.length - 1 || isSeparator(path[at + 1])) return `.\\${tail}`;
    }
  }
  return isReserved(path) ? `.\\${root.device}${tail}` : undefined;
}

function cwd(): string {
  return (globalThis as unknown as { process: { cwd(): string } }).process.cwd();
}

function environment(name: string): string | undefined {
  const { process } = globalThis as unknown as { process: { env: Record<string, string> } };
  return process.env[name];
}

export const win32: PathModule = {
  resolve(...paths) {
    let device = '';
    let tail = '';
    let isAbsolute = false;
    for (let index = paths.length - 1; index >= -1; index -= 1) {
      let path: string;
      if (index >= 0) {
        const given = paths[index];
        validateString(given, `paths[${index}]`);
        path = given;
        if (path === '') continue;
      } else if (device === '') {
        path = cwd();
      } else {
        // The working directory of that drive, which Windows keeps in the environment.
        path = environment(`=${device}`) ?? cwd();
        const isOther = path.slice(0, 2).toLowerCase() !== device.toLowerCase() && path[2] === '\\';
        if (isOther) path = `${device}\\`;
      }
      const root = rootOf(path);
      if (root.device !== '') {
        if (device === '') device = root.device;
        else if (root.device.toLowerCase() !== device.toLowerCase()) continue;
      }
      if (isAbsolute) {
        if (device !== '') break;
      } else {
        tail = `${path.slice(root.length)}\\${tail}`;
        isAbsolute = root.isAbsolute;
        if (isAbsolute && device !== '') break;
      }
    }
    const rest = normalizeNames(names(tail), !isAbsolute).join('\\');
    return isAbsolute ? `${device}\\${rest}` : `${device}${rest}` || '.';
  },

  normalize(path) {
    validateString(path, 'path');
    if (path === '') return '.';
    if (path.length === 1) return path === '/' ? '\\' : path;
    const root = rootOf(path);
    if (root.isWholeShare === true) return `${root.device}\\`;
    let tail = normalizeNames(names(path.slice(root.length)), !root.isAbsolute).join('\\');
    if (tail === '' && !root.isAbsolute) tail = '.';
    if (tail !== '' && isSeparator(path.at(-1))) tail += '\\';
    return (
      guarded(path, tail, root) ??
      (root.isAbsolute ? `${root.device}\\${tail}` : root.device + tail)
    );
  },

  isAbsolute(path) {
    validateString(path, 'path');
    return isSeparator(path[0]) || (startsWithDrive(path) && isSeparator(path[2]));
  },

  join(...paths) {
    const parts: string[] = [];
    for (const path of paths) {
      validateString(path, 'path');
      if (path !== '') parts.push(path);
    }
    if (parts.length === 0) return '.';
    let joined = parts.join('\\');
    if (names(joined).some(isReserved)) return joined.replaceAll('/', '\\');
    const [first = ''] = parts;
    // Only a first part that says so makes a UNC path; two separators by accident do not.
    const isShare = /^[\\/]{2}[^\\/]/.test(first);
    if (!isShare) {
      const leading = /^[\\/]*/.exec(joined)?.[0].length ?? 0;
      if (leading >= 2) joined = `\\${joined.slice(leading)}`;
    }
    return win32.normalize(joined);
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    const fromPath = win32.resolve(from);
    const toPath = win32.resolve(to);
    if (fromPath === toPath) return '';
    if (fromPath.toLowerCase() === toPath.toLowerCase()) return '';
    const start = trimmed(fromPath).split('\\');
    const end = trimmed(toPath).split('\\');
    let same = 0;
    while (
      same < start.length &&
      same < end.length &&
      start[same]?.toLowerCase() === end[same]?.toLowerCase()
    ) {
      same += 1;
    }
    if (same === 0) return toPath;
    return [...start.slice(same).map(() => '..'), ...end.slice(same)].join('\\');
  },

  toNamespacedPath(path) {
    if (typeof path !== 'string' || path.length === 0) return path;
    const resolved = win32.resolve(path);
    if (resolved.length <= 2) return path;
    if (resolved.startsWith('\\\\')) {
      const third = resolved[2];
      if (third !== '?' && third !== '.') return `\\\\?\\UNC\\${resolved.slice(2)}`;
      return resolved;
    }
    return /^[A-Za-z]:\\/.test(resolved) ? `\\\\?\\${resolved}` : resolved;
  },

  dirname(path) {
    validateString(path, 'path');
    if (path === '') return '.';
    if (path.length === 1) return isSeparator(path) ? path : '.';
    const root = rootOfDirname(path);
    if (root === path.length && root > 2) return path;
    let end = path.length;
    while (end > root && isSeparator(path[end - 1])) end -= 1;
    while (end > root && !isSeparator(path[end - 1])) end -= 1;
    if (end > root) end -= 1;
    const folder = path.slice(0, Math.max(end, root));
    return folder === '' ? '.' : folder;
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, 'suffix');
    validateString(path, 'path');
    const rest = startsWithDrive(path) ? path.slice(2) : path;
    return withoutSuffix(lastName(rest), suffix, path);
  },

  extname(path) {
    validateString(path, 'path');
    return extensionOf(win32.basename(path));
  },

  format(path) {
    return formatPath('\\', path);
  },

  parse(path) {
    validateString(path, 'path');
    if (path === '') return { root: '', dir: '', base: '', ext: '', name: '' };
    const rootEnd = Math.min(rootOfDirname(path), path.length);
    const root = path.slice(0, rootEnd);
    const rest = path.slice(rootEnd);
    const base = lastName(rest);
    const ext = extensionOf(base);
    let end = path.length;
    while (end > rootEnd && isSeparator(path[end - 1])) end -= 1;
    end -= base.length;
    const dir = end > rootEnd ? path.slice(0, end - 1) : root;
    return { root, dir, base, ext, name: ext === '' ? base : base.slice(0, -ext.length) };
  },

  matchesGlob(path, pattern) {
    validateString(path, 'path');
    validateString(pattern, 'pattern');
    return matchesGlobPattern(path, pattern, '\\');
  },

  sep: '\\',
  delimiter: ';',
  win32: null,
  posix: null,
};

function trimmed(path: string): string {
  return path.replace(/(?<=[^\\])\\+$/, '');
}

function lastName(path: string): string {
  const whole = path.replace(/[\\/]+$/, '');
  return whole.slice(Math.max(whole.lastIndexOf('\\'), whole.lastIndexOf('/')) + 1);
}

/** Length of the root with the separator behind it: here `\\?\` is a share like any other. */
function rootOfDirname(path: string): number {
  if (isSeparator(path[0])) {
    const found = /^[\\/]{2}[^\\/]+[\\/]+[^\\/]+/.exec(path);
    if (found === null) return 1;
    return found[0].length === path.length ? path.length : found[0].length + 1;
  }
  if (!startsWithDrive(path)) return 0;
  return isSeparator(path[2]) ? 3 : 2;
}
