import { checkAliasName, functionArn, isVersionNumber } from '../core/arn.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkInteger } from '../core/options.ts';
import type { StateDocument } from '../storage/state-store.ts';
import { resolveWeights, type AliasRouting } from './alias-weights.ts';
import type { AliasRecord } from './aliases.ts';
import { checkDescription } from './description.ts';
import { layerInfo, type DeployedCode, type LayerInfo } from './deployed-code.ts';
import { versionOf, type FunctionEntry } from './directory.ts';
import {
  restoreSettings,
  type FunctionDefaults,
  type FunctionSettings,
} from './function-config.ts';
import {
  latestRecord,
  versionConfigOf,
  type FunctionVersionRecord,
  type Revision,
} from './function-record.ts';
import {
  resolveRuntimeManagement,
  type RuntimeManagementOptions,
} from './runtime-management-options.ts';
import {
  anyCount,
  checkContent,
  checkList,
  checkText,
  readDocument,
  writeDocument,
  type Content,
} from './state-document.ts';

/**
 * How functions look in a storage: one document for each function (its settings, `$LATEST`, aliases), one for
 * each version, and one for the last number that was given to a version, which stays when the function goes.
 * ARNs are not kept: they follow from the names.
 */
export const functionKeys = {
  function: 'function/',
  version: 'version/',
  lastNumber: 'version-number/',
} as const;

/** Which package a version runs, by the hash that the storage keeps it under. */
export type CodeIdentity = Pick<DeployedCode, 'codeSha256' | 'codeSize' | 'layers'>;

/** Finds the code of a restored version. */
export type FindCode = (identity: CodeIdentity, settings: FunctionSettings) => DeployedCode;

export function functionKey(name: string): string {
  return `${functionKeys.function}${name}`;
}

export function versionKey(name: string, version: string): string {
  return `${functionKeys.version}${name}/${version}`;
}

export function functionDocument(entry: FunctionEntry): StateDocument {
  const { name, sequence, config, latest, aliases, lastPublished, runtimeManagement } = entry;
  const content = {
    sequence,
    settings: config,
    latest: deploymentContent(latest),
    lastPublished: lastPublished?.version,
    aliases: Array.from(aliases.values(), aliasContent),
    ...(runtimeManagement.size > 0 && {
      runtimeManagement: Object.fromEntries(runtimeManagement),
    }),
  };
  return writeDocument(functionKey(name), content, blobsOf(latest.code));
}

export function versionDocument(record: FunctionVersionRecord): StateDocument {
  const { functionName, version, config, description, code } = record;
  const content = { ...deploymentContent(record), description, settings: config };
  return writeDocument(versionKey(functionName, version), content, blobsOf(code));
}

export function lastNumberDocument(name: string, last: number): StateDocument {
  return writeDocument(`${functionKeys.lastNumber}${name}`, { last });
}

/** What reading needs besides the documents. */
export interface ReadContext {
  readonly defaults: FunctionDefaults;
  readonly findCode: FindCode;
}

/** Reads a function whose versions have been read, in the order of their numbers. */
export function readFunction(
  document: StateDocument,
  versions: readonly FunctionVersionRecord[],
  { defaults, findCode }: ReadContext,
): FunctionEntry {
  return readDocument(document, (content) => {
    const name = document.key.slice(functionKeys.function.length);
    const { sequence, latest } = content;
    checkInteger('sequence', sequence, { ...anyCount, min: 1 });
    checkContent('latest', latest);
    const config = readSettings(content, name, defaults);
    const code = findCode(readIdentity(latest), config);
    const entry: FunctionEntry = {
      name,
      arn: functionArn(defaults.home, name),
      sequence,
      config,
      latest: latestRecord(defaults.home, config, code, readRevision(latest)),
      versions: new Map(versions.map((record) => [record.version, record])),
      aliases: new Map(),
      lastPublished: undefined,
      runtimeManagement: new Map(),
      isUpdating: false,
    };
    entry.lastPublished = readLastPublished(entry, content);
    entry.runtimeManagement = readRuntimeManagement(entry, content);
    checkList('aliases', content['aliases']);
    for (const alias of content['aliases']) {
      const record = readAlias(entry, alias);
      entry.aliases.set(record.name, record);
    }
    return entry;
  });
}

export function readVersion(
  document: StateDocument,
  { defaults, findCode }: ReadContext,
): FunctionVersionRecord {
  return readDocument(document, (content) => {
    const [functionName = '', version = ''] = document.key
      .slice(functionKeys.version.length)
      .split('/');
    if (!isVersionNumber(version)) {
      throw new InvalidOptionError('version', 'a number at the end of the key', version);
    }
    const { description } = content;
    checkDescription(description);
    const settings = readSettings(content, functionName, defaults);
    const identity = readIdentity(content);
    return Object.freeze({
      functionName,
      version,
      arn: functionArn(defaults.home, functionName, version),
      config: versionConfigOf(settings),
      code: findCode(identity, settings),
      codeSha256: identity.codeSha256,
      codeSize: identity.codeSize,
      ...readRevision(content),
      description,
    });
  });
}

export function readLastNumber(document: StateDocument): { name: string; last: number } {
  return readDocument(document, ({ last }) => {
    checkInteger('last', last, { ...anyCount, min: 1 });
    return { name: document.key.slice(functionKeys.lastNumber.length), last };
  });
}

function readSettings(
  content: Content,
  name: string,
  defaults: FunctionDefaults,
): FunctionSettings {
  checkContent('settings', content['settings']);
  const settings = restoreSettings(content['settings'], defaults);
  if (settings.name === name) return settings;
  throw new InvalidOptionError('settings.name', `"${name}"`, settings.name);
}

function readLastPublished(
  entry: FunctionEntry,
  { lastPublished }: Content,
): FunctionVersionRecord | undefined {
  if (lastPublished === undefined) return undefined;
  const record = typeof lastPublished === 'string' ? entry.versions.get(lastPublished) : undefined;
  if (record !== undefined) return record;
  throw new InvalidOptionError('lastPublished', 'a version that is there', lastPublished);
}

/** Of versions that are there; those of others went with them. */
function readRuntimeManagement(
  entry: FunctionEntry,
  { runtimeManagement = {} }: Content,
): FunctionEntry['runtimeManagement'] {
  checkContent('runtimeManagement', runtimeManagement);
  const kept = Object.entries(runtimeManagement as Record<string, RuntimeManagementOptions>);
  return new Map(
    kept
      .filter(([version]) => versionOf(entry, version) !== undefined)
      .map(([version, options]) => [version, resolveRuntimeManagement(options)]),
  );
}

function readAlias(entry: FunctionEntry, content: unknown): AliasRecord {
  checkContent('aliases', content);
  const { name, description, revisionId } = content;
  checkAliasName('aliases.name', name);
  checkDescription(description);
  checkText('aliases.revisionId', revisionId);
  const { version, weights } = content as unknown as AliasRouting;
  const find = (number: string): FunctionVersionRecord | undefined => versionOf(entry, number);
  return Object.freeze({
    functionName: entry.name,
    name,
    arn: `${entry.arn}:${name}`,
    version,
    weights: resolveWeights({ version, weights }, find, entry.arn),
    description,
    revisionId,
  });
}

function readIdentity({ codeSha256, codeSize, layers }: Content): CodeIdentity {
  checkText('codeSha256', codeSha256);
  checkInteger('codeSize', codeSize, anyCount);
  checkList('layers', layers);
  return { codeSha256, codeSize, layers: layers.map(readLayerInfo) };
}

function readLayerInfo(content: unknown): LayerInfo {
  checkContent('layers', content);
  const { arn, codeSha256, codeSize } = content;
  if (arn !== undefined) checkText('layers.arn', arn);
  checkText('layers.codeSha256', codeSha256);
  checkInteger('layers.codeSize', codeSize, anyCount);
  return layerInfo({ arn, codeSha256, codeSize });
}

function readRevision({ revisionId, lastModified }: Content): Revision {
  checkText('revisionId', revisionId);
  checkText('lastModified', lastModified);
  return { revisionId, lastModified };
}

function deploymentContent({ code, revisionId, lastModified }: FunctionVersionRecord): object {
  const { codeSha256, codeSize, layers } = code;
  return { codeSha256, codeSize, layers, revisionId, lastModified };
}

function aliasContent({ name, version, weights, description, revisionId }: AliasRecord): object {
  return { name, version, weights, description, revisionId };
}

function blobsOf({ codeSha256, layers }: CodeIdentity): readonly string[] {
  return [codeSha256, ...layers.map((layer) => layer.codeSha256)];
}
