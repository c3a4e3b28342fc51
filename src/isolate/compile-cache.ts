import type ivm from 'isolated-vm';
import type { Program, ProgramModule } from '../core/program.ts';
import { engine } from './engine.ts';
import { commonJsText } from './module-texts.ts';

type CachedData = ivm.ExternalCopy<ArrayBuffer>;
type CompiledModule = Exclude<ProgramModule, { format: 'json' }>;

/** Texts from here on are compiled off the host's thread at deploy time; compiling takes 40 us a KB. */
const largeTextLength = 65_536;

/**
 * V8 code caches of programs, made at deploy time by this process and never taken from outside: a forged
 * cache is native code (CVE-2022-39266). They live as long as their program.
 */
const caches = new WeakMap<Program, Map<string, CachedData>>();

/** Compiles every module of a program once and keeps what V8 made of it. Runs nothing. */
export async function produceCodeCache(program: Program): Promise<void> {
  if (caches.has(program)) return;
  const cache = new Map<string, CachedData>();
  caches.set(program, cache);
  const modules = program.modules.filter((module) => module.format !== 'json');
  if (modules.length === 0) return;
  const isolate = new engine.Isolate({ memoryLimit: 512, onCatastrophicError: () => {} });
  try {
    for (const module of modules) {
      const data = await compileOnce(isolate, module);
      if (data !== undefined) cache.set(module.path, data);
    }
  } finally {
    isolate.dispose();
  }
}

async function compileOnce(
  isolate: ivm.Isolate,
  module: CompiledModule,
): Promise<CachedData | undefined> {
  if (module.format === 'module') {
    try {
      const options = { filename: module.path, produceCachedData: true };
      return producedCache(await isolate.compileModule(module.source, options));
    } catch {
      // A syntax error of the user's: it is reported when the module is first loaded, as AWS does.
      return undefined;
    }
  }
  const { code, columnOffset } = commonJsText(module);
  const options = { filename: module.path, columnOffset, produceCachedData: true };
  const script =
    code.length > largeTextLength
      ? await isolate.compileScript(code, options)
      : isolate.compileScriptSync(code, options);
  return producedCache(script);
}

/** isolated-vm puts the cache on what it compiled; its type declarations do not say so. */
export function producedCache(compiled: object): CachedData | undefined {
  return (compiled as { cachedData?: CachedData }).cachedData;
}

/** The cache of one module, if it was produced. */
export function cachedDataOf(program: Program, path: string): CachedData | undefined {
  return caches.get(program)?.get(path);
}
