import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { selfTest, unrollingFlag } from './engine.ts';

/** What runs the guests. */
export interface EngineReport {
  /** Version of Node, such as `24.21.0`. */
  readonly node: string;
  /** Version of V8. */
  readonly v8: string;
  /** Version of isolated-vm. */
  readonly isolatedVm: string;
  /** Number of Node's binary interface, which native modules are built for. */
  readonly abi: string;
  /** `linux-x64-glibc`, `linux-arm64-musl`, `darwin-arm64`, ... */
  readonly platform: string;
  /** Flags of V8 that isolambda has set, so that no loop is out of reach; empty where V8 does not need them. */
  readonly flags: readonly string[];
}

/**
 * Says what runs the guests, after proving that it stops a runaway loop.
 * @throws {RuntimeFaultError} when it does not
 */
export async function engineReport(): Promise<EngineReport> {
  await selfTest();
  const { node, v8, modules } = process.versions;
  const manifest = createRequire(import.meta.url).resolve('isolated-vm/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return Object.freeze({
    node,
    v8,
    isolatedVm: version,
    abi: modules,
    platform: platform(),
    flags: unrollingFlag === undefined ? [] : [unrollingFlag],
  });
}

/** Binaries for Linux are made for one of two C libraries. */
function platform(): string {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return `${name}-${header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'}`;
}
