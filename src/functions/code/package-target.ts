import { posix } from 'node:path';
import type { PackageJson } from './package-json.ts';
import { isRecord } from './record.ts';
import {
  importedFrom,
  invalidSpecifier,
  ResolutionError,
  whileImporting,
} from './resolution-error.ts';

/** One lookup in the `exports` or `imports` of a package. */
export interface TargetLookup {
  readonly field: 'exports' | 'imports';
  readonly owner: PackageJson;
  readonly conditions: ReadonlySet<string>;
  /** `undefined` when `require` asks: Node's messages then do not name the importer. */
  readonly fromPath: string | undefined;
  /** `imports` may point at other packages. */
  readonly resolvePackage: (specifier: string, fromPath: string) => string;
}

const invalidSegment =
  /(^|[\\/])((\.|%2e)(\.|%2e)?|(n|%6e|%4e)(o|%6f|%4f)(d|%64|%44)(e|%65|%45)(_|%5f)(m|%6d|%4d)(o|%6f|%4f)(d|%64|%44)(u|%75|%55)(l|%6c|%4c)(e|%65|%45)(s|%73|%53))([\\/]|$)/i;

/**
 * Node's PACKAGE_TARGET_RESOLVE. `undefined`: no condition matched, look further; `null`: the package
 * closes this path on purpose.
 */
export function resolveTarget(
  lookup: TargetLookup,
  key: string,
  target: unknown,
  patternMatch: string | undefined,
): string | null | undefined {
  if (typeof target === 'string') return resolveText(lookup, key, target, patternMatch);
  if (target === null) return null;
  if (Array.isArray(target)) return resolveFirst(lookup, key, target, patternMatch);
  if (typeof target !== 'object') throw invalidTarget(lookup, key, target);

  for (const condition of Object.keys(target)) {
    if (isArrayIndex(condition)) {
      throw new ResolutionError(
        'ERR_INVALID_PACKAGE_CONFIG',
        `Invalid package config ${manifest(lookup)}${whileImporting(lookup.fromPath)}. "exports" cannot contain numeric property keys.`,
      );
    }
  }
  for (const [condition, nested] of Object.entries(target)) {
    if (condition !== 'default' && !lookup.conditions.has(condition)) continue;
    const resolved = resolveTarget(lookup, key, nested, patternMatch);
    if (resolved !== undefined) return resolved;
  }
  return undefined;
}

/** Fallback arrays: the first target that is valid, whether or not the file exists. */
function resolveFirst(
  lookup: TargetLookup,
  key: string,
  targets: readonly unknown[],
  patternMatch: string | undefined,
): string | null | undefined {
  let last: ResolutionError | null | undefined = null;
  for (const target of targets) {
    try {
      const resolved = resolveTarget(lookup, key, target, patternMatch);
      if (resolved === undefined) continue;
      if (resolved !== null) return resolved;
      last = null;
    } catch (error) {
      if (!(error instanceof ResolutionError) || error.code !== 'ERR_INVALID_PACKAGE_TARGET') {
        throw error;
      }
      last = error;
    }
  }
  if (last instanceof ResolutionError) throw last;
  return targets.length === 0 ? null : last;
}

function resolveText(
  lookup: TargetLookup,
  key: string,
  target: string,
  patternMatch: string | undefined,
): string {
  if (!target.startsWith('./')) {
    const isElsewhere = !/^\.\.\/|^\//.test(target) && !URL.canParse(target);
    if (lookup.field === 'imports' && isElsewhere) {
      return lookup.resolvePackage(fill(target, patternMatch), manifest(lookup));
    }
    throw invalidTarget(lookup, key, target);
  }
  if (invalidSegment.test(target.slice(2))) throw invalidTarget(lookup, key, target);
  if (patternMatch !== undefined && invalidSegment.test(patternMatch)) {
    throw invalidSpecifier(
      fill(key, patternMatch),
      `request is not a valid match in pattern "${key}" for the "${lookup.field}" resolution of ${manifest(lookup)}`,
      lookup.fromPath,
    );
  }
  return toPath(lookup, posix.join(lookup.owner.folder, fill(target, patternMatch)));
}

function fill(text: string, patternMatch: string | undefined): string {
  return patternMatch === undefined ? text : text.replaceAll('*', () => patternMatch);
}

/** Targets are relative URLs; an encoded separator would mean another path than it seems to. */
function toPath({ fromPath }: TargetLookup, target: string): string {
  if (!target.includes('%')) return target;
  if (/%2f|%5c/i.test(target)) {
    const asked = fromPath === undefined ? `file://${target}` : target;
    throw invalidSpecifier(asked, 'must not include encoded "/" or "\\" characters', fromPath);
  }
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

function invalidTarget(lookup: TargetLookup, key: string, target: unknown): ResolutionError {
  const { field, fromPath } = lookup;
  const shown = JSON.stringify(isRecord(target) ? JSON.stringify(target) : String(target));
  const what =
    key === '.'
      ? `"exports" main target ${shown} defined in`
      : `"${field}" target ${shown} defined for '${key}' in`;
  const isUnrelated = field === 'exports' && target !== '' && !String(target).startsWith('./');
  const hint = isUnrelated ? '; targets must start with "./"' : '';
  return new ResolutionError(
    'ERR_INVALID_PACKAGE_TARGET',
    `Invalid ${what} the package config ${manifest(lookup)}${importedFrom(fromPath)}${hint}`,
  );
}

function manifest(lookup: TargetLookup): string {
  return posix.join(lookup.owner.folder, 'package.json');
}

function isArrayIndex(key: string): boolean {
  return String(Number(key)) === key && Number(key) >= 0 && Number(key) < 0xffff_ffff;
}
