import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Program } from '../core/program.ts';
import { commonJsTail, commonJsText } from './module-texts.ts';

/** Parameters of `Debugger.scriptParsed` that are looked at. */
interface ParsedScript {
  readonly scriptId: string;
  readonly url: string;
  readonly startColumn: number;
  readonly length?: number;
}

const deployedUrl = /^(?:file:\/\/)?(\/(?:var\/task|opt)\/.+)$/;

/**
 * Shows a debugger the files of a deployment instead of the scripts that V8 compiled: without the wrapper
 * of a CommonJS module, and with a source map that says where on this machine the sources are.
 */
export class InspectorScripts {
  readonly #program: Program;
  /** Text of the wrapper in front of a CommonJS module, by script. */
  readonly #heads = new Map<unknown, string>();
  readonly #maps = new Map<string, string>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** What the debugger is told about a script. */
  parsed<Script extends ParsedScript>(script: Script): Script {
    const path = deployedPath(script.url);
    if (path === undefined) return script;
    const head = this.#headOf(path, script);
    const wrapperLength = head === '' ? 0 : head.length + commonJsTail.length;
    return {
      ...script,
      url: fileUrl(path),
      // The wrapper is in front of column 0; a script that starts elsewhere counts as part of a page.
      startColumn: 0,
      hash: this.#hash(path),
      sourceMapURL: this.#mapUrl(path),
      ...(script.length !== undefined && { length: script.length - wrapperLength }),
    };
  }

  /** A script's text as V8 has it becomes the user's. */
  shown(scriptId: unknown, text: string): string {
    const head = this.#heads.get(scriptId);
    return head === undefined ? text : text.slice(head.length, -commonJsTail.length);
  }

  /** The user's text, edited live, becomes what V8 compiles. */
  edited(scriptId: unknown, text: string): string {
    const head = this.#heads.get(scriptId);
    return head === undefined ? text : head + text + commonJsTail;
  }

  /** A CommonJS module that the host compiled starts in front of the user's first column. */
  #headOf(path: string, { scriptId, startColumn }: ParsedScript): string {
    const module = startColumn < 0 ? this.#program.load(path) : undefined;
    if (module?.format !== 'commonjs') return '';
    const head = commonJsText(module).code.slice(0, -startColumn);
    this.#heads.set(scriptId, head);
    return head;
  }

  /** Editors compare it with their own file's, to know whether both are the same. */
  #hash(path: string): string {
    const source = this.#program.load(path)?.source ?? '';
    return createHash('sha256').update(source).digest('hex');
  }

  #mapUrl(path: string): string {
    let url = this.#maps.get(path);
    if (url === undefined) {
      const map = this.#program.sourceMap(path);
      url = map === undefined ? '' : dataUrl(withAbsoluteSources(map, path, this.#program));
      this.#maps.set(path, url);
    }
    return url;
  }
}

/** The deployment's path of a script's URL, if it is one of the user's. */
function deployedPath(url: string): string | undefined {
  const path = deployedUrl.exec(url)?.[1];
  try {
    return path !== undefined && url.startsWith('file:') ? decodeURI(path) : path;
  } catch {
    return undefined;
  }
}

export function fileUrl(path: string): string {
  return pathToFileURL(path, { windows: false }).href;
}

function dataUrl(json: string): string {
  return `data:application/json;charset=utf-8;base64,${Buffer.from(json).toString('base64')}`;
}

/**
 * Editors find a source by its absolute URL: the file on this machine where the deployment came from files
 * (`{ file }`, `{ dir }`), else its place in the guest.
 */
function withAbsoluteSources(json: string, path: string, program: Program): string {
  const map = JSON.parse(json) as { sources?: (string | null)[]; sourceRoot?: string };
  const base = program.hostPath(path);
  const origin = base === undefined ? new URL(fileUrl(path)) : pathToFileURL(base);
  const { sourceRoot = '', ...rest } = map;
  const sources = (map.sources ?? []).map((source) => {
    if (source === null || /^[a-z][a-z\d+.-]+:/i.test(source)) return source;
    const joined = sourceRoot === '' ? source : posix.join(sourceRoot, source);
    const relative = encodeURI(joined).replaceAll('?', '%3F').replaceAll('#', '%23');
    return URL.parse(relative, origin.href)?.href ?? source;
  });
  return JSON.stringify({ ...rest, sources });
}
