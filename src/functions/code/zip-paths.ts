import { posix } from 'node:path';

/** An entry of a zip that must not be unpacked. */
export class UnsafeEntry extends Error {
  override readonly name: string = 'UnsafeEntry';
  readonly entry: string;

  constructor(entry: string, found: string) {
    super(`Entry ${JSON.stringify(entry)} ${found}`);
    this.entry = entry;
  }
}

/** Where an entry goes below `root`, or `undefined` for a folder. Throws on names that could leave the root. */
export function entryPath(name: string, root: string): string | undefined {
  if (name.startsWith('/')) throw new UnsafeEntry(name, 'is an absolute path');
  if (name.includes('\\')) throw new UnsafeEntry(name, 'has a backslash in its name');
  if (name.includes('\0')) throw new UnsafeEntry(name, 'has a zero byte in its name');
  const parts = name.split('/');
  if (parts.includes('..')) throw new UnsafeEntry(name, 'leads out of the deployment');

  const inside = parts.filter((part) => part !== '' && part !== '.');
  if (name.endsWith('/') || inside.length === 0) return undefined;
  return `${root}/${inside.join('/')}`;
}

/** What a symbolic link points at, as an absolute path below `root`. */
export function linkTarget(name: string, path: string, target: string, root: string): string {
  const resolved = posix.resolve(posix.dirname(path), target);
  const isInside = resolved === root || resolved.startsWith(`${root}/`);
  if (!isInside || target === '' || /[\\\0]/.test(target)) {
    throw new UnsafeEntry(name, `links to ${JSON.stringify(target)}, out of the deployment`);
  }
  return resolved;
}
