import { functionArn, type Home } from '../core/arn.ts';
import type { DeployedCode } from './deployed-code.ts';
import type { FunctionSettings } from './function-config.ts';

/** What a version freezes of the configuration: some settings stay with the function. */
export type VersionConfig = Omit<FunctionSettings, keyof FunctionLevelConfig>;

/** Settings of the function as a whole. */
export type FunctionLevelConfig = Pick<
  FunctionSettings,
  'tags' | 'reservedConcurrency' | 'deadLetter' | 'recursiveLoop' | 'codeSigningConfigArn'
>;

/**
 * One immutable version of a function. The object itself is the identity of the version: each update of
 * `$LATEST` makes a new one, so an environment pool may use it as the key of a `Map`.
 */
export interface FunctionVersionRecord {
  readonly functionName: string;
  /** `$LATEST`, or a number in decimal digits. */
  readonly version: string;
  /** Qualified with the version. */
  readonly arn: string;
  readonly config: VersionConfig;
  readonly code: DeployedCode;
  /** SHA-256 of the deployment package, in base64. */
  readonly codeSha256: string;
  /** Bytes of the deployment package. */
  readonly codeSize: number;
  readonly revisionId: string;
  /** ISO 8601 in UTC. */
  readonly lastModified: string;
  readonly description: string;
}

/** A function as it is now; frozen, so later updates do not show in it. */
export interface FunctionRecord {
  readonly name: string;
  /** Unqualified. */
  readonly arn: string;
  /** What belongs to the function and not to a version. */
  readonly settings: FunctionLevelConfig;
  readonly latest: FunctionVersionRecord;
}

/** What changes from one revision to the next besides configuration and code. */
export interface Revision {
  readonly revisionId: string;
  readonly lastModified: string;
}

export const latestVersion = '$LATEST';

/** Makes the `$LATEST` of a new or updated function. */
export function latestRecord(
  home: Home,
  settings: FunctionSettings,
  code: DeployedCode,
  revision: Revision,
): FunctionVersionRecord {
  const { revisionId, lastModified } = revision;
  return Object.freeze({
    functionName: settings.name,
    version: latestVersion,
    arn: functionArn(home, settings.name, latestVersion),
    config: versionConfigOf(settings),
    code,
    codeSha256: code.codeSha256,
    codeSize: code.codeSize,
    revisionId,
    lastModified,
    description: settings.description,
  });
}

/** Makes a numbered version of what `$LATEST` is now. */
export function publishedRecord(
  home: Home,
  latest: FunctionVersionRecord,
  version: string,
  description: string,
  revision: Revision,
): FunctionVersionRecord {
  return Object.freeze({
    ...latest,
    ...revision,
    version,
    arn: functionArn(home, latest.functionName, version),
    description,
  });
}

/** The settings of a function that no version freezes. */
export function functionLevelOf(config: FunctionSettings): FunctionLevelConfig {
  const { tags, reservedConcurrency, deadLetter, recursiveLoop, codeSigningConfigArn } = config;
  return Object.freeze({
    tags,
    reservedConcurrency,
    deadLetter,
    recursiveLoop,
    codeSigningConfigArn,
  });
}

/** The settings that a version freezes. */
export function versionConfigOf(settings: FunctionSettings): VersionConfig {
  const {
    tags: _tags,
    reservedConcurrency: _reserve,
    deadLetter: _letters,
    recursiveLoop: _loop,
    codeSigningConfigArn: _signing,
    ...versionConfig
  } = settings;
  return Object.freeze(versionConfig);
}

/** Whether two versions would behave the same: equal code and equal version-specific configuration. */
export function isSameDeployment(a: FunctionVersionRecord, b: FunctionVersionRecord): boolean {
  if (a === b) return true;
  if (a.codeSha256 !== b.codeSha256 || layerKey(a) !== layerKey(b)) return false;
  return canonicalJson(a.config) === canonicalJson(b.config);
}

function layerKey({ code }: FunctionVersionRecord): string {
  return code.layers.map(({ arn = '', codeSha256 }) => `${arn} ${codeSha256}`).join('\n');
}

/** JSON that does not depend on the order in which somebody wrote the keys. */
function canonicalJson(value: VersionConfig): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
