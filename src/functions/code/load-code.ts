import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { Program } from '../../core/program.ts';
import { bundleFile } from './bundle.ts';
import { checkCodeSource, locate } from './code-source.ts';
import type { CodeSource, SourceText } from './code-source.ts';
import { createDeployment, taskRoot } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { readDirectory } from './directory-reader.ts';
import { handlerStem } from './handler-file.ts';
import { ModuleGraph } from './module-graph.ts';
import { detectFormat, loadLexers } from './module-syntax.ts';
import { withoutHashbang } from './rewrite.ts';
import { readZip } from './zip-reader.ts';
import { writeZip } from './zip-writer.ts';

export interface LoadOptions {
  /** Names the file of `{ source }` and `{ file }`: `src/app.handler` gives `/var/task/src/app.js`. */
  readonly handler: string;
  readonly runtime: 'nodejs22.x' | 'nodejs24.x';
}

/** Code as it was deployed, read once; a new handler only needs a new `program`. */
export interface LoadedCode {
  /** SHA-256 of the deployment package, base64: AWS's `CodeSha256`. */
  readonly codeSha256: string;
  /** Bytes of the deployment package: AWS's `CodeSize`. */
  readonly codeSize: number;
  /** The deployment package. */
  readonly zip: Uint8Array;
  readonly files: Deployment['files'];
  readonly links: Deployment['links'];
  /** Host files that the code was made of, for a watch mode. Empty for text and bytes. */
  readonly inputFiles: readonly string[];
  /** The code with one handler, ready to run. Reads and lexes what it reaches, but no host file. */
  program(handler: string): Program;
}

interface Unpacked {
  readonly deployment: Deployment;
  readonly inputFiles: readonly string[];
  /** Given for `{ zip }`: AWS keeps and hashes the bytes that were uploaded. */
  readonly zip?: Uint8Array;
  /** Given for `{ file }` and `{ dir }`. */
  readonly origin?: Origin;
}

/** A folder of the host and where in the guest its files are. */
interface Origin {
  readonly hostFolder: string;
  readonly guestFolder: string;
}

/** Reads, bundles or unpacks the code of a function. Throws `InvalidOptionError` or `CodeError`. */
export async function loadCode(code: CodeSource, options: LoadOptions): Promise<LoadedCode> {
  checkCodeSource(code);
  await loadLexers();
  const unpacked = await unpack(code, options);
  const { deployment, inputFiles, origin, zip = await writeZip(deployment) } = unpacked;
  const codeSha256 = createHash('sha256').update(zip).digest('base64');
  const graph = new ModuleGraph(deployment, globalPaths(options.runtime));
  return Object.freeze({
    codeSha256,
    codeSize: zip.byteLength,
    zip,
    files: deployment.files,
    links: deployment.links,
    inputFiles,
    program: (handler: string) =>
      createProgram(
        graph,
        { deployment, origin },
        handler,
        programKey(codeSha256, handler, options.runtime),
      ),
  });
}

async function unpack(code: CodeSource, options: LoadOptions): Promise<Unpacked> {
  if ('source' in code) return { deployment: sourceDeployment(code, options), inputFiles: [] };
  if ('dir' in code) {
    const folder = await locate('dir', code.dir);
    const origin = { hostFolder: folder, guestFolder: taskRoot };
    return { ...(await readDirectory(folder)), origin };
  }
  if ('file' in code) {
    const { runtime } = options;
    const file = await locate('file', code.file);
    const stem = handlerStem(options.handler);
    const origin = { hostFolder: dirname(file), guestFolder: posix.dirname(stem) };
    return { ...(await bundleFile(file, { stem, runtime })), origin };
  }
  if (code.zip instanceof Uint8Array) {
    const zip = Uint8Array.from(code.zip); // The caller's buffer may change; the hash must not.
    return { deployment: await readZip(zip), inputFiles: [], zip };
  }
  const path = await locate('zip', code.zip);
  const zip = await readFile(path);
  return { deployment: await readZip(zip), inputFiles: [path], zip };
}

function sourceDeployment({ source, format }: SourceText, { handler }: LoadOptions): Deployment {
  const stem = handlerStem(handler);
  const detected = detectFormat(withoutHashbang(source), `${stem}.js`);
  const path = `${stem}${extensionFor(format ?? detected, detected)}`;
  return createDeployment(new Map([[path, new TextEncoder().encode(source)]]));
}

/** In a `.js` file, Node would detect ES module syntax against the caller's word; `.cjs` says no. */
function extensionFor(
  format: 'commonjs' | 'module',
  detected: 'commonjs' | 'module',
): '.js' | '.mjs' | '.cjs' {
  if (format === 'module') return '.mjs';
  return detected === 'module' ? '.cjs' : '.js';
}

/** AWS's `NODE_PATH`. The layers' folders come first; the code's own folder is on it too. */
function globalPaths(runtime: LoadOptions['runtime']): readonly string[] {
  const major = /\d+/.exec(runtime)?.[0] ?? '';
  return [
    `/opt/nodejs/node${major}/node_modules`,
    '/opt/nodejs/node_modules',
    '/var/runtime/node_modules',
    '/var/runtime',
    '/var/task',
  ];
}

function programKey(codeSha256: string, handler: string, runtime: string): string {
  return createHash('sha256').update(`${codeSha256}\n${runtime}\n${handler}`).digest('hex');
}

function createProgram(
  graph: ModuleGraph,
  { deployment, origin }: Pick<Unpacked, 'deployment'> & { readonly origin: Origin | undefined },
  handler: string,
  key: string,
): Program {
  const entry = graph.entryOf(handler);
  const none = { modules: [], builtins: [], requiredEsModules: [] };
  return Object.freeze({
    key,
    entry,
    ...(entry.kind === 'found' ? graph.reachableFrom(entry.path) : none),
    resolve: graph.resolve.bind(graph),
    load: graph.load.bind(graph),
    sourceMap: graph.sourceMap.bind(graph),
    files: deployment,
    hostPath: (path: string) => (origin === undefined ? undefined : hostPath(origin, path)),
  });
}

function hostPath({ hostFolder, guestFolder }: Origin, path: string): string | undefined {
  return path.startsWith(`${guestFolder}/`)
    ? join(hostFolder, path.slice(guestFolder.length))
    : undefined;
}
