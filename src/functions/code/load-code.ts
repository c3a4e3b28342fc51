import { createHash } from 'node:crypto';
import { dirname, join, posix } from 'node:path';
import type { Program } from '../../core/program.ts';
import type { LoadedLayer } from '../code-loader.ts';
import { bundleFile } from './bundle.ts';
import { checkCodeSource, locate } from './code-source.ts';
import type { LocalCodeSource, SourceText } from './code-source.ts';
import { createDeployment, taskRoot } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { handlerStem } from './handler-file.ts';
import { unpackPackage, type Unpacked } from './load-package.ts';
import { mergeLayers } from './merge-layers.ts';
import { ModuleGraph } from './module-graph.ts';
import { detectFormat, loadLexers } from './module-syntax.ts';
import { withoutHashbang } from './rewrite.ts';
import { writeZip } from './zip-writer.ts';
import type { Runtime } from '../runtimes.ts';

export interface LoadOptions {
  /** Names the file of `{ source }` and `{ file }`: `src/app.handler` gives `/var/task/src/app.js`. */
  readonly handler: string;
  readonly runtime: Runtime;
  /** What goes into `/opt`; later ones go over earlier ones. @default [] */
  readonly layers?: readonly LoadedLayer[];
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
  readonly layers: readonly LoadedLayer[];
  /** Host files that the code was made of, for a watch mode. Empty for text and bytes. */
  readonly inputFiles: readonly string[];
  /** The code with one handler, ready to run. Reads and lexes what it reaches, but no host file. */
  program(handler: string): Program;
}

/** A folder of the host and where in the guest its files are. */
interface Origin {
  readonly hostFolder: string;
  readonly guestFolder: string;
}

interface UnpackedCode extends Unpacked {
  /** Given for `{ file }` and `{ dir }`. */
  readonly origin?: Origin;
}

/** Reads, bundles or unpacks the code of a function. Throws `InvalidOptionError` or `CodeError`. */
export async function loadCode(code: LocalCodeSource, options: LoadOptions): Promise<LoadedCode> {
  checkCodeSource(code);
  await loadLexers();
  const unpacked = await unpack(code, options);
  const { deployment, inputFiles, origin, zip = await writeZip(deployment, taskRoot) } = unpacked;
  const { layers = [], runtime } = options;
  const everything = mergeLayers(deployment, layers);
  const codeSha256 = createHash('sha256').update(zip).digest('base64');
  const hashes = [codeSha256, ...layers.map((layer) => layer.codeSha256)];
  const graph = new ModuleGraph(everything, globalPaths(runtime));
  return Object.freeze({
    codeSha256,
    codeSize: zip.byteLength,
    zip,
    files: deployment.files,
    links: deployment.links,
    layers,
    inputFiles,
    program: (handler: string) =>
      createProgram(
        graph,
        { deployment: everything, origin },
        handler,
        programKey(hashes, handler, runtime),
      ),
  });
}

async function unpack(code: LocalCodeSource, options: LoadOptions): Promise<UnpackedCode> {
  if ('source' in code) return { deployment: sourceDeployment(code, options), inputFiles: [] };
  if ('dir' in code) {
    const folder = await locate('dir', code.dir);
    const origin = { hostFolder: folder, guestFolder: taskRoot };
    return { ...(await unpackPackage(code, taskRoot)), origin };
  }
  if ('file' in code) {
    const { runtime } = options;
    const file = await locate('file', code.file);
    const stem = handlerStem(options.handler);
    const origin = { hostFolder: dirname(file), guestFolder: posix.dirname(stem) };
    return {
      ...(await bundleFile(file, { stem, runtime, external: code.external ?? [] })),
      origin,
    };
  }
  return unpackPackage(code, taskRoot);
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

function programKey(hashes: readonly string[], handler: string, runtime: string): string {
  return createHash('sha256')
    .update(`${hashes.join('+')}\n${runtime}\n${handler}`)
    .digest('hex');
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
