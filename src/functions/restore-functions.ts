import type { StateDocument, StateStore } from '../storage/state-store.ts';
import type { FunctionDirectory } from './directory.ts';
import type { FunctionVersionRecord } from './function-record.ts';
import {
  functionKeys,
  readFunction,
  readLastNumber,
  readVersion,
  type ReadContext,
} from './function-state.ts';
import type { Layers } from './layers.ts';
import type { CodeSigning } from './code-signing.ts';
import { codeSigningPrefix, readCodeSigning } from './code-signing-state.ts';
import { layerKeys, readLastLayerNumber, readLayer } from './layer-state.ts';
import { StateError } from './state-document.ts';
import type { StoredPackages } from './stored-packages.ts';
import type { Versions } from './versions.ts';

/** What a storage had. */
export interface RestoredFunctions {
  readonly functions: number;
  /** Published ones. */
  readonly versions: number;
  readonly aliases: number;
  readonly layers: number;
}

export const nothingRestored: RestoredFunctions = Object.freeze({
  functions: 0,
  versions: 0,
  aliases: 0,
  layers: 0,
});

export interface RestoreContext extends Omit<ReadContext, 'findCode'> {
  readonly packages: StoredPackages;
  readonly directory: FunctionDirectory;
  readonly versions: Versions;
  readonly layers: Layers;
  readonly codeSigning: CodeSigning;
}

/**
 * Makes functions and layers what they were when the storage was last written. Reads documents only: code is
 * read when a version first needs it, so that a host with a thousand functions is ready at once.
 */
export async function restoreFunctions(
  state: StateStore,
  context: RestoreContext,
): Promise<RestoredFunctions> {
  const { directory, defaults, packages } = context;
  const layers = await restoreLayers(state, context);
  const readContext: ReadContext = { defaults, findCode: packages.code.bind(packages) };
  const versions = await readVersions(state, readContext);
  let [functionCount, versionCount, aliasCount] = [0, 0, 0];
  for (const document of await state.list(functionKeys.function)) {
    const name = document.key.slice(functionKeys.function.length);
    const entry = readFunction(document, versions.get(name) ?? [], readContext);
    versions.delete(name);
    directory.add(entry);
    functionCount += 1;
    versionCount += entry.versions.size;
    aliasCount += entry.aliases.size;
  }
  checkNoneIsLeft(versions);
  for (const document of await state.list(codeSigningPrefix)) {
    context.codeSigning.restore(readCodeSigning(document, defaults.home));
  }
  for (const document of await state.list(functionKeys.lastNumber)) {
    const { name, last } = readLastNumber(document);
    context.versions.restoreLastNumber(name, last);
  }
  return Object.freeze({
    functions: functionCount,
    versions: versionCount,
    aliases: aliasCount,
    layers,
  });
}

async function restoreLayers(
  state: StateStore,
  { layers, packages, defaults }: RestoreContext,
): Promise<number> {
  const documents = await state.list(layerKeys.version);
  const found = documents.map((document) => {
    const version = readLayer(document, defaults.home);
    return { version, content: () => packages.layer(version, document.key) };
  });
  found.sort((a, b) => a.version.version - b.version.version);
  for (const { version, content } of found) layers.add(version, content);
  for (const document of await state.list(layerKeys.lastNumber)) {
    const { name, last } = readLastLayerNumber(document);
    layers.restoreLastNumber(name, last);
  }
  return documents.length;
}

/** By function; keys are in the order of text, in which 10 comes before 9. */
async function readVersions(
  state: StateStore,
  context: ReadContext,
): Promise<Map<string, FunctionVersionRecord[]>> {
  const documents: readonly StateDocument[] = await state.list(functionKeys.version);
  const records = documents.map((document) => readVersion(document, context));
  records.sort((a, b) => Number(a.version) - Number(b.version));
  return Map.groupBy(records, ({ functionName }) => functionName);
}

function checkNoneIsLeft(versions: ReadonlyMap<string, readonly FunctionVersionRecord[]>): void {
  for (const [name, [first]] of versions) {
    const key = `${functionKeys.version}${name}/${first?.version ?? ''}`;
    throw new StateError(key, `there is no function "${name}"`);
  }
}
