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

/** Code caches of the parts, made by this process at first use. */
const caches = new Map<string, ivm.ExternalCopy<ArrayBuffer>>();

/** Hands compiled parts to the guest's loader. Runs none of them. */
export function defineParts(
  names: ReadonlySet<string>,
  isolate: ivm.Isolate,
  context: ivm.Context,
): void {
  for (const name of names) {
    const source = partSource(name);
    if (source === undefined) continue;
    const [body = '', url = ''] = source.split('\n//# sourceURL=');
    const cachedData = caches.get(name);
    const script = isolate.compileScriptSync(`${loaderNames.part}("${name}",${body.trimEnd()})`, {
      filename: url.trim(),
      ...(cachedData === undefined ? { produceCachedData: true } : { cachedData }),
    });
    const produced = cachedData === undefined ? producedCache(script) : undefined;
    if (produced !== undefined) caches.set(name, produced);
    script.runSync(context, { release: true });
  }
}
