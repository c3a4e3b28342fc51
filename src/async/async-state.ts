import { readDocument, writeDocument } from '../functions/state-document.ts';
import type { StateDocument } from '../storage/state-store.ts';
import type { AsyncConfigEntry } from './async-configs.ts';
import { resolveAsyncOptions, type ResolvedDestination } from './async-options.ts';

/** Documents of configurations begin so in the state store. */
export const configPrefix = 'async/';

/** What of a destination can be kept. */
type KeptDestination = { readonly arn: string } | 'callback';

interface KeptConfig {
  readonly maxRetries: number;
  readonly maxEventAgeMs: number;
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
}: AsyncConfigEntry): StateDocument {
  const { maxRetries, maxEventAgeMs, onSuccess, onFailure } = options;
  const kept: KeptConfig = {
    maxRetries,
    maxEventAgeMs,
    ...(onSuccess !== undefined && { onSuccess: keptDestination(onSuccess) }),
    ...(onFailure !== undefined && { onFailure: keptDestination(onFailure) }),
  };
  return writeDocument(configKey(functionName, qualifier), kept);
}

/** @throws StateError when the document is not what `configDocument` wrote */
export function readConfig(document: StateDocument): AsyncConfigEntry {
  const [functionName = '', qualifier = ''] = document.key.slice(configPrefix.length).split('/');
  return readDocument(document, (content) => {
    const { maxRetries, maxEventAgeMs, onSuccess, onFailure } = content as unknown as KeptConfig;
    const options = resolveAsyncOptions({
      maxRetries,
      maxEventAgeMs,
      ...(onSuccess !== undefined && { onSuccess: destinationOption(onSuccess) }),
      ...(onFailure !== undefined && { onFailure: destinationOption(onFailure) }),
    });
    return { functionName, qualifier, options };
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
