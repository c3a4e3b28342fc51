import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where the tests are read from; they are other projects' files and no part of this repository. */
export interface Sources {
  /** `test/` of a checkout of nodejs/node. */
  readonly nodeTests: string;
  /** Roots in which web-platform-tests are looked up, first match wins. */
  readonly wptRoots: readonly string[];
}

const hint = 'See compat/README.md: COMPAT_NODE names a checkout of nodejs/node (v24.x).';

/**
 * Reads `COMPAT_NODE` and `COMPAT_WPT`; the latter may name several folders, separated by colons.
 * Undefined when neither is set.
 */
export function findSources(environment: NodeJS.ProcessEnv): Sources | undefined {
  const { COMPAT_NODE: checkout = '', COMPAT_WPT: wpt = '' } = environment;
  if (checkout === '' && wpt === '') return undefined;
  if (checkout === '') throw new Error(`COMPAT_WPT alone is not enough. ${hint}`);
  const nodeTests = join(checkout, 'test');
  if (!existsSync(join(nodeTests, 'parallel'))) {
    throw new Error(`There is no folder test/parallel in ${checkout}. ${hint}`);
  }
  const extra = wpt.split(':').filter((path) => path !== '');
  for (const path of extra) {
    if (!existsSync(path)) throw new Error(`COMPAT_WPT names ${path}, which is not there. ${hint}`);
  }
  return { nodeTests, wptRoots: [join(nodeTests, 'fixtures', 'wpt'), ...extra] };
}

/** Addresses that the test server answers with another file. */
const aliases: Record<string, string> = {
  'resources/WebIDLParser.js': 'resources/webidl2/lib/webidl2.js',
};

/** The file at a path of the web-platform-tests, or undefined. */
export function findWpt(sources: Sources, path: string): string | undefined {
  for (const root of sources.wptRoots) {
    const file = join(root, aliases[path] ?? path);
    if (existsSync(file) && statSync(file).isFile()) return file;
  }
  return undefined;
}

/** Paths below a folder of the web-platform-tests, from the first root that has it, sorted. */
export function listWpt(sources: Sources, folder: string): string[] {
  const root = sources.wptRoots.find((candidate) => hasTests(join(candidate, folder)));
  if (root === undefined) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .map((path) => `${folder}/${path}`)
    .sort();
}

export function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

/** Roots that hold a few data files of a folder do not count as having it. */
function hasTests(folder: string): boolean {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((path) =>
    /\.(any|window)\.js$/.test(path),
  );
}
