import type ivm from 'isolated-vm';
import type { Program } from '../core/program.ts';
import { loaderNames } from '../wire/messages.ts';
import { producedCache } from './compile-cache.ts';
import { needsOfPart, partSource } from './guest-bundle.ts';

/**
 * A part that is asked for while guest code runs can only be compiled there, without a code cache: the
 * isolate is locked. So the host remembers which parts the environments of a program asked for, and hands
 * them to the next environment before it starts, compiled from the cache.
 */
const asked = new WeakMap<Program, Set<string>>();

/** An environment of this program touched a part. */
export function rememberPart(program: Program, name: string): void {
  const known = asked.get(program);
  if (known === undefined) asked.set(program, new Set([name]));
  else known.add(name);
}

/** Parts that environments of this program will touch: what earlier ones did, and its static imports. */
export function foreseenParts(program: Program): ReadonlySet<string> {
  let names = asked.get(program);
  if (names === undefined) {
    names = new Set();
    for (const builtin of program.builtins) foresee(`node/${builtin}`, names);
    asked.set(program, names);
  }
  return names;
}

function foresee(name: string, names: Set<string>): void {
  const needs = needsOfPart(name);
  if (needs === undefined || names.has(name)) return;
  names.add(name);
  for (const needed of needs) foresee(needed, names);
}

/** Code caches by the parts that they are of, made by this process; those used last. */
const caches = new Map<string, ivm.ExternalCopy<ArrayBuffer>>();
/** One is of some hundred KB; programs with the same parts share it. */
const maxCaches = 32;

/**
 * Hands compiled parts to the guest's loader, all in one script: each script has its price, whatever its
 * length (19 parts: 1.6 ms one by one, 0.3 ms together). Runs none of them.
 */
export function defineParts(
  names: ReadonlySet<string>,
  isolate: ivm.Isolate,
  context: ivm.Context,
): void {
  const known = [...names].filter((name) => partSource(name) !== undefined).sort();
  if (known.length === 0) return;
  const key = known.join(' ');
  const cachedData = caches.get(key);
  const script = isolate.compileScriptSync(known.map(definition).join(';\n'), {
    filename: 'node:internal/prelude',
    ...(cachedData === undefined ? { produceCachedData: true } : { cachedData }),
  });
  const latest = cachedData ?? producedCache(script);
  if (latest !== undefined) keepCache(key, latest);
  script.runSync(context, { release: true });
}

function definition(name: string): string {
  const [body = ''] = partSource(name)?.split('\n//# sourceURL=') ?? [];
  return `${loaderNames.part}("${name}",${body.trimEnd()})`;
}

function keepCache(key: string, latest: ivm.ExternalCopy<ArrayBuffer>): void {
  caches.delete(key);
  caches.set(key, latest);
  for (const oldest of caches.keys()) {
    if (caches.size <= maxCaches) return;
    caches.delete(oldest);
  }
}
