import { checkInteger } from '../core/options.ts';
import { limits } from '../core/limits.ts';
import type { StateDocument } from '../storage/state-store.ts';
import { checkText, readDocument, writeDocument } from './state-document.ts';

/** What a version or an alias is to have provisioned. */
export interface ProvisionedConfig {
  readonly functionName: string;
  /** A version or an alias. */
  readonly qualifier: string;
  readonly requested: number;
  /** ISO 8601 in UTC. */
  readonly lastModified: string;
}

/** Documents of provisioned concurrency begin so in the state store. */
export const provisionedPrefix = 'provisioned/';

export function provisionedKey(functionName: string, qualifier: string): string {
  return `${provisionedPrefix}${functionName}/${qualifier}`;
}

export function provisionedDocument(config: ProvisionedConfig): StateDocument {
  const { functionName, qualifier, requested, lastModified } = config;
  return writeDocument(provisionedKey(functionName, qualifier), { requested, lastModified });
}

/** @throws StateError when the document is not what `provisionedDocument` wrote */
export function readProvisioned(document: StateDocument): ProvisionedConfig {
  const [functionName = '', qualifier = ''] = document.key
    .slice(provisionedPrefix.length)
    .split('/');
  return readDocument(document, ({ requested, lastModified }) => {
    checkInteger('requested', requested, limits.provisionedConcurrency);
    checkText('lastModified', lastModified);
    return { functionName, qualifier, requested, lastModified };
  });
}
