import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { findWpt, listWpt, readText, type Sources } from '../lib/sources.ts';
import type { Deployment, Suite, TestFile } from '../lib/suite.ts';
import { metaOf, type Meta } from './meta.ts';

/** Suites by name, with the folders and files they take whole. */
const folders: Record<string, readonly string[]> = {
  url: ['url'],
  urlpattern: ['urlpattern'],
  encoding: ['encoding'],
  streams: ['streams'],
  compression: ['compression'],
  'fetch-headers': ['fetch/api/headers'],
  'fetch-request': ['fetch/api/request'],
  'fetch-response': ['fetch/api/response'],
  'fetch-body': ['fetch/api/body', 'fetch/api/abort', 'fetch/data-urls'],
  formdata: ['xhr/formdata'],
  'blob-file': ['FileAPI/blob', 'FileAPI/file'],
  abort: ['dom/abort'],
  events: ['dom/events'],
  timers: ['html/webappapis/timers'],
  microtasks: ['html/webappapis/microtask-queuing'],
  base64: ['html/webappapis/atob'],
  'structured-clone': ['html/webappapis/structured-clone'],
  performance: ['hr-time', 'user-timing'],
  'webcrypto-digest': [
    'WebCryptoAPI/digest',
    'WebCryptoAPI/getRandomValues.any.js',
    'WebCryptoAPI/randomUUID.https.any.js',
  ],
  'webcrypto-keys': [
    'WebCryptoAPI/sign_verify',
    'WebCryptoAPI/encrypt_decrypt',
    'WebCryptoAPI/import_export',
  ],
};

const harness = new URL('harness.cjs', import.meta.url);

export function wptSuites(sources: Sources): Suite[] {
  return Object.entries(folders).map(([name, paths]) => ({
    name: `wpt/${name}`,
    kind: 'wpt',
    files: paths
      .flatMap((path) => (path.endsWith('.js') ? [path] : listWpt(sources, path)))
      .filter((path) => /\.(any|window|worker)\.js$/.test(path))
      .flatMap((path) => testFiles(sources, path)),
  }));
}

function testFiles(sources: Sources, path: string): TestFile[] {
  const file = findWpt(sources, path);
  if (file === undefined) return [];
  const text = readText(file);
  const meta = metaOf(text);
  const skip = ruleAgainst(path, text, meta);
  if (skip !== undefined) return [{ name: path, skip }];
  return meta.variants.map((variant) => ({
    name: path + variant,
    deployment: () => deploy(sources, path, text, meta, variant),
  }));
}

/** Files that a runtime without documents, workers and a test server cannot run at all. */
function ruleAgainst(path: string, text: string, { globals }: Meta): string | undefined {
  if (path.endsWith('.worker.js')) return 'written for a worker';
  if (/shadowrealm|multi-globals|-realm\./.test(path)) return 'needs a second realm';
  // Files for any global use documents only where there are some.
  const isForWindow = path.endsWith('.window.js');
  if (isForWindow && /\bdocument\b|\biframe\b/.test(text)) return 'needs a document';
  if (/new (Shared)?Worker\(|serviceWorker/.test(text)) return 'needs a worker';
  const usable = ['window', 'worker', 'dedicatedworker', 'shadowrealm', 'jsshell'];
  if (!globals.some((name) => usable.includes(name))) return 'meant for another global';
  if (/\.py\b|get-host-info|request-cache\.js|XMLHttpRequest\(|form-?data-helper/.test(text)) {
    return 'needs the test server';
  }
  return undefined;
}

function deploy(
  sources: Sources,
  path: string,
  text: string,
  meta: Meta,
  variant: string,
): Deployment {
  const folder = posix.dirname(path);
  const scripts = ['/resources/testharness.js', ...meta.scripts].map((script) => {
    const resolved = script.startsWith('/') ? script.slice(1) : posix.join(folder, script);
    const file = findWpt(sources, resolved);
    if (file === undefined) throw new Error(`${path} needs ${resolved}, which is not there`);
    return { path: resolved, text: readText(file) };
  });
  const job = {
    path,
    variant,
    scripts,
    test: text,
    resources: resourcesOf(sources, folder, [
      text,
      ...scripts.slice(1).map((script) => script.text),
    ]),
  };
  return new Map<string, string>([
    ['index.js', readFileSync(harness, 'utf8')],
    ['job.json', JSON.stringify(job)],
  ]);
}

/** Data files that a test fetches, by the address it uses; the tests read them from a server. */
function resourcesOf(
  sources: Sources,
  folder: string,
  texts: readonly string[],
): Record<string, Resource> {
  const found: Record<string, Resource> = {};
  const take = (address: string): void => {
    const file = findWpt(sources, address.startsWith('/') ? address : posix.join(folder, address));
    if (file !== undefined) found[address] = resourceIn(file);
  };
  for (const text of texts.filter((candidate) => /fetch\(|Request\(/.test(candidate))) {
    for (const [, address = ''] of text.matchAll(/['"`]([\w./-]+\.\w+)['"`]/g)) take(address);
  }
  const [test = ''] = texts;
  if (test.includes('idl_test')) {
    for (const [, name = ''] of test.matchAll(/['"]([\w.-]+)['"]/g))
      take(`/interfaces/${name}.idl`);
  }
  return found;
}

/** As text where it is text; else each character is a byte. */
interface Resource {
  readonly text: string;
  readonly isBinary: boolean;
}

function resourceIn(file: string): Resource {
  const bytes = readFileSync(file);
  const isBinary = !isUtf8(bytes);
  return { text: bytes.toString(isBinary ? 'latin1' : 'utf8'), isBinary };
}
