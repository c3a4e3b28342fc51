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

/** The one script of a set of parts, and its code cache once V8 has made one. */
interface Prelude {
  readonly code: string;
  cachedData: ivm.ExternalCopy<ArrayBuffer> | undefined;
}

/** By the parts that they are of, made by this process; those used last. */
const preludes = new Map<string, Prelude>();
/** One is of some hundred KB; programs with the same parts share it. */
const maxPreludes = 32;

/**
 * Hands compiled parts to the guest's loader, all in one script: each script has its price, whatever its
 * length (19 parts: 1.6 ms one by one, 0.3 ms together). Runs none of them.
 */
export function defineParts(
  names: ReadonlySet<string>,
  isolate: ivm.Isolate,
  context: ivm.Context,
): void {
  if (names.size === 0) return;
  const prelude = preludeOf(names);
  const { code, cachedData } = prelude;
  const script = isolate.compileScriptSync(code, {
    filename: 'node:internal/prelude',
    ...(cachedData === undefined ? { produceCachedData: true } : { cachedData }),
  });
  prelude.cachedData ??= producedCache(script);
  script.runSync(context, { release: true });
}

function preludeOf(names: ReadonlySet<string>): Prelude {
  const sorted = [...names].sort();
  const key = sorted.join(' ');
  const known = preludes.get(key);
  const prelude = known ?? { code: sorted.map(definition).join(';\n'), cachedData: undefined };
  preludes.delete(key);
  preludes.set(key, prelude);
  for (const oldest of preludes.keys()) {
    if (preludes.size <= maxPreludes) break;
    preludes.delete(oldest);
  }
  return prelude;
}

function definition(name: string): string {
  const source = partSource(name);
  if (source === undefined) return '';
  const [body = ''] = source.split('\n//# sourceURL=');
  return `${loaderNames.part}("${name}",${body.trimEnd()})`;
}
