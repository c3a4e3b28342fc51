import { readDocument, writeDocument } from '../functions/state-document.ts';
import type { StateDocument } from '../storage/state-store.ts';
import type { AsyncConfigEntry } from './async-configs.ts';
import { resolveAsyncOptions, type ResolvedDestination } from './async-options.ts';

/** Documents of configurations begin so in the state store. */
export const configPrefix = 'async/';

/** What of a destination can be kept. */
type KeptDestination = { readonly arn: string } | 'callback';

/** Numbers are left out that nobody gave; releases before wrote the defaults in their place. */
interface KeptConfig {
  readonly changedAtMs?: number;
  readonly maxRetries?: number;
  readonly maxEventAgeMs?: number;
  readonly onSuccess?: KeptDestination;
  readonly onFailure?: KeptDestination;
}

export function configKey(functionName: string, qualifier: string): string {
  return `${configPrefix}${functionName}/${qualifier}`;
}

export function configDocument({
  functionName,
  qualifier,
  options,
  changedAtMs,
}: AsyncConfigEntry): StateDocument {
  const { maxRetries, maxEventAgeMs, onSuccess, onFailure, given } = options;
  const kept: KeptConfig = {
    changedAtMs,
    ...(given.includes('maxRetries') && { maxRetries }),
    ...(given.includes('maxEventAgeMs') && { maxEventAgeMs }),
    ...(onSuccess !== undefined && { onSuccess: keptDestination(onSuccess) }),
    ...(onFailure !== undefined && { onFailure: keptDestination(onFailure) }),
  };
  return writeDocument(configKey(functionName, qualifier), kept);
}

/** @throws StateError when the document is not what `configDocument` wrote */
export function readConfig(document: StateDocument): AsyncConfigEntry {
  const [functionName = '', qualifier = ''] = document.key.slice(configPrefix.length).split('/');
  return readDocument(document, (content) => {
    const kept = content as unknown as KeptConfig;
    const { changedAtMs = 0, maxRetries, maxEventAgeMs, onSuccess, onFailure } = kept;
    const options = resolveAsyncOptions({
      ...(maxRetries !== undefined && { maxRetries }),
      ...(maxEventAgeMs !== undefined && { maxEventAgeMs }),
      ...(onSuccess !== undefined && { onSuccess: destinationOption(onSuccess) }),
      ...(onFailure !== undefined && { onFailure: destinationOption(onFailure) }),
    });
    return { functionName, qualifier, options, changedAtMs };
  });
}

function keptDestination(destination: ResolvedDestination): KeptDestination {
  return destination.kind === 'arn' ? { arn: destination.arn } : 'callback';
}

function destinationOption(kept: KeptDestination): { readonly arn: string } | (() => never) {
  return kept === 'callback' ? missingCallback : kept;
}

/** Stands for a callback of the process before; deliveries to it are tried again until there is one. */
function missingCallback(): never {
  throw new Error(
    'The destination was a function of a process that ended; call configureAsync again after Lambda.open',
  );
}
