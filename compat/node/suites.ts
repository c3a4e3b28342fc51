import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readText, type Sources } from '../lib/sources.ts';
import type { Deployment, Suite, TestFile } from '../lib/suite.ts';
import { ruleAgainst } from './rules.ts';

/** Suites by name, with the files of test/parallel they take whole, by the start of their names. */
const groups: Record<string, RegExp> = {
  buffer: /^test-buffer[-.]/,
  path: /^test-path[-.]/,
  url: /^test-(url|whatwg-url)[-.]/,
  util: /^test-util[-.]/,
  events: /^test-(events?|eventemitter|eventtarget|event-emitter|event-target)[-.]/,
  'string-decoder': /^test-string-decoder[-.]/,
  querystring: /^test-querystring[-.]/,
  stream: /^test-(streams?|stream[23]|readable|writable|writestream)[-.]/,
  webstreams: /^test-(whatwg-|web)(readable|writable|transform|web)?streams?[-.]/,
  zlib: /^test-zlib[-.]/,
  'crypto-hash': /^test-crypto-(hash|hmac)[-.]/,
  crypto: /^test-crypto(?!-(hash|hmac)[-.])[-.]/,
  webcrypto: /^test-webcrypto[-.]/,
  assert: /^test-assert[-.]/,
  'async-context': /^test-async-local-storage[-.]/,
  'diagnostics-channel': /^test-diagnostics-channel[-.]/,
  timers: /^test-(timers|next-tick|microtask)[-.]/,
  console: /^test-console[-.]/,
  fs: /^test-fs[-.]/,
  web: /^test-(abort|blob|file|btoa|performance|structuredClone|messagechannel|messageport)[a-z]*[-.]/i,
};

const shims = new URL('common/', import.meta.url);
const harness = new URL('harness.cjs', import.meta.url);

export function nodeSuites(sources: Sources): Suite[] {
  const parallel = join(sources.nodeTests, 'parallel');
  const all = readdirSync(parallel)
    .filter((name) => /\.m?js$/.test(name))
    .sort();
  return Object.entries(groups).map(([name, pattern]) => ({
    name: `node/${name}`,
    kind: 'node',
    files: all
      .filter((file) => pattern.test(file))
      .map((file): TestFile => {
        const text = readText(join(parallel, file));
        const skip = ruleAgainst(text);
        if (skip !== undefined) return { name: file, skip };
        const outlivesErrors = listensForErrors.test(text);
        const job = { file, outlivesErrors };
        return { name: file, outlivesErrors, deployment: () => deploy(sources, job, text) };
      }),
  }));
}

const listensForErrors =
  /process\.(on|once|addListener)\(\s*['"](uncaughtException|unhandledRejection)/;

interface Job {
  readonly file: string;
  readonly outlivesErrors: boolean;
}

function deploy(sources: Sources, job: Job, text: string): Deployment {
  const files = new Map<string, string | Uint8Array>([
    ['index.js', readFileSync(harness, 'utf8')],
    ['job.json', JSON.stringify(job)],
    [`test/parallel/${job.file}`, withShims(text)],
  ]);
  // What has no stand-in is Node's own.
  for (const name of filesAt(sources.nodeTests, 'common').filter((file) =>
    /^common\/[^/]+js$/.test(file),
  )) {
    files.set(`test/${name}`, readText(join(sources.nodeTests, name)));
  }
  for (const name of readdirSync(shims)) {
    // `require('../common')` finds index.js, so the shims lose the ending this repository needs.
    files.set(`test/common/${name.replace(/\.cjs$/, '.js')}`, readText(join(shims.pathname, name)));
  }
  for (const path of fixturesIn(text)) {
    for (const file of filesAt(join(sources.nodeTests, 'fixtures'), path)) {
      files.set(`test/fixtures/${file}`, readFileSync(join(sources.nodeTests, 'fixtures', file)));
    }
  }
  return files;
}

/** A few lines stand in for node:test and vm on both sides; functions have no use for the one and not the other. */
function withShims(text: string): string {
  return text
    .replace(/require\((['"])(node:)?test\1\)/g, "require('../common/test-runner')")
    .replace(/from (['"])node:test\1/g, "from '../common/test-runner.js'")
    .replace(/require\((['"])(node:)?vm\1\)/g, "require('../common/vm')");
}

/** Paths that a test could mean below test/fixtures: every text in quotes, alone and joined. */
function fixturesIn(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, path = ''] of text.matchAll(/['"`](?:\.\.\/fixtures)?\/?([\w./-]+)['"`]/g)) {
    found.add(path).add(`${path}.js`).add(`${path}.json`);
  }
  for (const [, list = ''] of text.matchAll(/fixtures\.\w+\(([^)]*)\)/g)) {
    const parts = [...list.matchAll(/['"]([^'"]+)['"]/g)].map(([, part = '']) => part);
    found.add(parts.join('/'));
  }
  // Keys come by names that are put together.
  if (/readKey|keys\b/.test(text) && text.includes('fixtures')) found.add('keys');
  found.delete('');
  found.delete('wpt');
  return found;
}

/** A fixture by its path: a file, or every file of a folder. */
function filesAt(root: string, path: string): string[] {
  const full = join(root, path);
  if (relative(root, full) === '' || relative(root, full).startsWith('..')) return [];
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
