import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys, checkOneOf } from '../core/options.ts';
import type { Architecture } from './function-options.ts';
import type { LayerVersion } from './layer-options.ts';
import { isAwsRuntime } from './runtimes.ts';

/**
 * Picks versions of layers that say what they are made for; those that say nothing are not picked.
 * https://docs.aws.amazon.com/lambda/latest/api/API_ListLayers.html
 */
export interface LayerFilter {
  /** @default any, or none */
  readonly compatibleRuntime?: string;
  /** @default any, or none */
  readonly compatibleArchitecture?: Architecture;
}

const filterKeys = Object.keys({
  compatibleRuntime: true,
  compatibleArchitecture: true,
} satisfies Record<keyof LayerFilter, true>);

export function resolveLayerFilter(filter: LayerFilter = {}): LayerFilter {
  checkKnownKeys('filter', filter, filterKeys);
  const { compatibleRuntime, compatibleArchitecture } = filter;
  if (compatibleRuntime !== undefined) checkAwsRuntime('compatibleRuntime', compatibleRuntime);
  if (compatibleArchitecture !== undefined) {
    checkOneOf('compatibleArchitecture', compatibleArchitecture, ['x86_64', 'arm64']);
  }
  return filter;
}

export function isCompatible(
  { compatibleRuntimes, compatibleArchitectures }: LayerVersion,
  { compatibleRuntime, compatibleArchitecture }: LayerFilter,
): boolean {
  return (
    (compatibleRuntime === undefined || compatibleRuntimes.includes(compatibleRuntime)) &&
    (compatibleArchitecture === undefined ||
      compatibleArchitectures.includes(compatibleArchitecture))
  );
}

export function checkAwsRuntime(option: string, value: unknown): asserts value is string {
  if (isAwsRuntime(value)) return;
  throw new InvalidOptionError(option, 'the name of a runtime of AWS, such as "nodejs24.x"', value);
}
