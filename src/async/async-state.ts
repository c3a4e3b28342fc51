import { StateError } from '../functions/state-document.ts';
import type { StateDocument } from '../storage/state-store.ts';
import type { AsyncConfigEntry } from './async-configs.ts';
import { resolveAsyncOptions, type ResolvedDestination } from './async-options.ts';

/** Documents of configurations begin so in the state store. */
export const configPrefix = 'async/';

/** What of a destination can be kept. */
type KeptDestination = { readonly arn: string } | 'callback';

interface KeptConfig {
  readonly format: 1;
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
    format: 1,
    maxRetries,
    maxEventAgeMs,
    ...(onSuccess !== undefined && { onSuccess: keptDestination(onSuccess) }),
    ...(onFailure !== undefined && { onFailure: keptDestination(onFailure) }),
  };
  return { key: configKey(functionName, qualifier), json: JSON.stringify(kept), blobs: [] };
}

/** Throws an error that names the document when it is not what `configDocument` wrote. */
export function readConfig({ key, json }: StateDocument): AsyncConfigEntry {
  const [functionName = '', qualifier = ''] = key.slice(configPrefix.length).split('/');
  try {
    const kept = JSON.parse(json) as KeptConfig;
    if (kept.format !== 1) throw new Error(`its format is ${String(kept.format)}, not 1`);
    const { maxRetries, maxEventAgeMs, onSuccess, onFailure } = kept;
    const options = resolveAsyncOptions({
      maxRetries,
      maxEventAgeMs,
      ...(onSuccess !== undefined && { onSuccess: destinationOption(onSuccess) }),
      ...(onFailure !== undefined && { onFailure: destinationOption(onFailure) }),
    });
    return { functionName, qualifier, options };
  } catch (cause) {
    throw new StateError(key, cause instanceof Error ? cause.message : String(cause), { cause });
  }
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
