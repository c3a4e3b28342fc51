import { posix } from 'node:path';
import type { PackageJson } from './package-json.ts';
import { resolveTarget } from './package-target.ts';
import type { TargetLookup } from './package-target.ts';
import { isRecord } from './record.ts';
import {
  importedFrom,
  invalidSpecifier,
  ResolutionError,
  whileImporting,
} from './resolution-error.ts';

type Lookup = Omit<TargetLookup, 'field' | 'owner'>;

/** Node's PACKAGE_EXPORTS_RESOLVE: the file behind `.` or `./sub/path` of a package. */
export function resolveExports(owner: PackageJson, subpath: string, options: Lookup): string {
  const lookup: TargetLookup = { ...options, field: 'exports', owner };
  const map = exportsMap(owner, options.fromPath);
  const resolved = lookUp(lookup, map, subpath);
  if (typeof resolved === 'string') return resolved;

  const where = `${posix.join(owner.folder, 'package.json')}${importedFrom(options.fromPath)}`;
  throw new ResolutionError(
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
    subpath === '.'
      ? `No "exports" main defined in ${where}`
      : `Package subpath '${subpath}' is not defined by "exports" in ${where}`,
  );
}

/** Node's PACKAGE_IMPORTS_RESOLVE: what `#name` stands for inside a package. */
export function resolveImports(
  owner: PackageJson | undefined,
  specifier: string,
  fromPath: string,
  options: Omit<Lookup, 'fromPath'>,
): string {
  if (specifier === '#' || specifier.endsWith('/')) {
    throw invalidSpecifier(specifier, 'is not a valid internal imports specifier name', fromPath);
  }
  if (owner !== undefined && isRecord(owner.imports)) {
    const lookup: TargetLookup = { ...options, fromPath, field: 'imports', owner };
    const resolved = lookUp(lookup, owner.imports, specifier);
    if (typeof resolved === 'string') return resolved;
  }
  const where =
    owner === undefined ? '' : ` in package ${posix.join(owner.folder, 'package.json')}`;
  throw new ResolutionError(
    'ERR_PACKAGE_IMPORT_NOT_DEFINED',
    `Package import specifier "${specifier}" is not defined${where} imported from ${fromPath}`,
  );
}

function lookUp(
  lookup: TargetLookup,
  map: Readonly<Record<string, unknown>>,
  key: string,
): string | null | undefined {
  if (Object.hasOwn(map, key) && !key.includes('*') && !key.endsWith('/')) {
    return resolveTarget(lookup, key, map[key], undefined);
  }
  const pattern = bestPattern(Object.keys(map), key);
  if (pattern === undefined) return undefined;
  const star = pattern.indexOf('*');
  const match = key.slice(star, key.length - (pattern.length - star - 1));
  return resolveTarget(lookup, pattern, map[pattern], match);
}

/** The most specific pattern: the longest text before `*`, then the longest key. */
function bestPattern(keys: readonly string[], key: string): string | undefined {
  let best: string | undefined;
  for (const candidate of keys) {
    const star = candidate.indexOf('*');
    if (star === -1 || star !== candidate.lastIndexOf('*')) continue;
    const fits =
      key.startsWith(candidate.slice(0, star)) &&
      key.length > candidate.length - 1 &&
      key.endsWith(candidate.slice(star + 1));
    if (fits && (best === undefined || isMoreSpecific(candidate, best))) best = candidate;
  }
  return best;
}

function isMoreSpecific(a: string, b: string): boolean {
  const difference = a.indexOf('*') - b.indexOf('*');
  return difference === 0 ? a.length > b.length : difference > 0;
}

/** `exports` as a map of subpaths; a string, an array or plain conditions stand for `.`. */
function exportsMap(
  owner: PackageJson,
  fromPath: string | undefined,
): Readonly<Record<string, unknown>> {
  const { exports } = owner;
  if (!isRecord(exports)) return { '.': exports };
  const keys = Object.keys(exports);
  const subpaths = keys.filter((key) => key === '' || key.startsWith('.'));
  if (subpaths.length === 0) return { '.': exports };
  if (subpaths.length === keys.length) return exports;
  throw new ResolutionError(
    'ERR_INVALID_PACKAGE_CONFIG',
    `Invalid package config ${posix.join(owner.folder, 'package.json')}${whileImporting(fromPath)}. "exports" cannot contain some keys starting with '.' and some not. The exports object must either be an object of package subpath keys or an object of main entry condition name keys only.`,
  );
}
