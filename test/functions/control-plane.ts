import { resolveHome } from '../../src/core/arn.ts';
import type { Clock } from '../../src/core/clock.ts';
import { SeededIds } from '../../src/core/ids.ts';
import type { Program } from '../../src/core/program.ts';
import { seededRandom, type Random } from '../../src/core/random.ts';
import type { CodeLoader, LayerLoader, LoadedCode } from '../../src/functions/code-loader.ts';
import type { CodeSource } from '../../src/functions/code/code-source.ts';
import type { FunctionVersionRecord } from '../../src/functions/function-record.ts';
import { FunctionStore } from '../../src/functions/store.ts';
import type { StateStore } from '../../src/storage/state-store.ts';

export const home = resolveHome({ region: 'eu-central-1', accountId: '123456789012' });
export const arnOf = (name: string): string =>
  `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;

export const code: CodeSource = { source: 'exports.handler = async () => 1' };
export const otherCode: CodeSource = { source: 'exports.handler = async () => 2' };

/** A store over a loader that packs nothing; `calls` shows what it was asked to load. */
export function controlPlane(
  options: {
    loadCode?: CodeLoader;
    loadLayer?: LayerLoader;
    random?: Random;
    state?: StateStore;
    codeStorageBytes?: number;
  } = {},
) {
  const calls: { code: CodeSource; handler: string; runtime: string }[] = [];
  const retired: { record: FunctionVersionRecord; reason: string }[] = [];
  const {
    loadCode = fakeLoad,
    loadLayer = fakeLayer,
    random = seededRandom(1),
    state,
    codeStorageBytes,
  } = options;
  const store = new FunctionStore({
    home,
    clock: stoppedClock,
    ids: new SeededIds(seededRandom(2)),
    random,
    loadCode: (source, { handler, runtime, layers }) => {
      calls.push({ code: source, handler, runtime });
      return loadCode(source, { handler, runtime, layers });
    },
    loadLayer,
    ...(state !== undefined && { state }),
    ...(codeStorageBytes !== undefined && { codeStorageBytes }),
    onRetired: (record, reason) => retired.push({ record, reason }),
  });
  return { store, calls, retired };
}

/** A loader that waits until the test lets each load through, in order. */
export function gatedLoader() {
  // There before the loader comes to them, which is not at once.
  const gates = Array.from({ length: 8 }, () => Promise.withResolvers<void>());
  let next = 0;
  const loadGated: CodeLoader = async (source, target) => {
    const gate = gates[next];
    next += 1;
    await gate?.promise;
    return fakeLoad(source, target);
  };
  return { loadGated, gates };
}

const fakeLoad: CodeLoader = async (source, { layers }) => ({ ...loadedCode(source), layers });

const fakeLayer: LayerLoader = async (content) => {
  const isZip = 'zip' in content && content.zip instanceof Uint8Array;
  const text = isZip ? new TextDecoder().decode(content.zip) : JSON.stringify(content);
  return {
    arn: undefined,
    codeSha256: `sha256(${text})`,
    codeSize: text.length,
    zip: new TextEncoder().encode(text),
    files: new Map(),
    links: new Map(),
    inputFiles: [],
  };
};

function loadedCode(source: CodeSource): LoadedCode {
  const isZip = 'zip' in source && source.zip instanceof Uint8Array;
  const text = isZip ? new TextDecoder().decode(source.zip) : JSON.stringify(source);
  return {
    codeSha256: `sha256(${text})`,
    codeSize: text.length,
    zip: new TextEncoder().encode(text),
    program: (handler) => fakeProgram(`${text}#${handler}`),
    layers: [],
    inputFiles: [],
  };
}

function fakeProgram(key: string): Program {
  return {
    key,
    entry: { kind: 'failed', errorType: 'None', errorMessage: 'never run' },
    modules: [],
    builtins: [],
    requiredEsModules: [],
    resolve: () => ({ kind: 'error', code: 'MODULE_NOT_FOUND', message: 'none' }),
    load: () => undefined,
    sourceMap: () => undefined,
    files: { files: new Map(), links: new Map() },
    hostPath: () => undefined,
  };
}

const stoppedClock: Clock = {
  now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
  setTimer: () => ({ cancel: () => {} }),
};

/** What a caller without types may pass: a value that fits wherever the compiler would refuse it. */
export function untyped(value: unknown): never {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the purpose of this function
  return value as never;
}
