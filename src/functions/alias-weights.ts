import { isVersionNumber } from '../core/arn.ts';
import { FunctionNotFoundError, InvalidOptionError } from '../core/errors.ts';
import { AwsRuleError } from './aws-rule-error.ts';
import { latestVersion, type FunctionVersionRecord } from './function-record.ts';

/** Where an alias sends requests: to `version`, and a share of them to another. */
export interface AliasRouting {
  readonly version: string;
  readonly weights: Readonly<Record<string, number>>;
}

/** Checks routing by AWS's rules; returns a frozen copy of the weights. */
export function resolveWeights(
  routing: AliasRouting,
  find: (version: string) => FunctionVersionRecord | undefined,
  functionArn: string,
): Readonly<Record<string, number>> {
  const { version, weights } = routing;
  const primary = needVersion('version', version, find, functionArn);
  if (typeof weights !== 'object' || weights === null || Symbol.iterator in weights) {
    throw new InvalidOptionError('weights', 'an object from version to a number', weights);
  }
  const entries = Object.entries(weights);
  const [other] = entries;
  if (other === undefined) return Object.freeze({});

  checkShape(version, weights, entries.length);
  const [otherVersion, weight] = other;
  checkWeight(otherVersion, weight);
  const additional = needVersion('weights', otherVersion, find, functionArn);
  if (additional.config.role !== primary.config.role) {
    throw new InvalidOptionError(
      'weights',
      `a version with the role of version ${version}, ${primary.config.role}`,
      additional.config.role,
    );
  }
  return Object.freeze({ [otherVersion]: weight });
}

function checkShape(version: string, weights: object, count: number): void {
  if (count > 1) {
    throw new AwsRuleError(
      'weights',
      'at most one additional version',
      weights,
      'Number of items in AdditionalVersionWeights cannot be greater than 1',
    );
  }
  if (Object.hasOwn(weights, version) && version !== latestVersion) {
    throw new AwsRuleError(
      'weights',
      'about another version than `version`',
      weights,
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
  if (version === latestVersion || Object.hasOwn(weights, latestVersion)) {
    throw new AwsRuleError(
      'weights',
      'between two published versions',
      weights,
      '$LATEST is not supported for an alias pointing to more than 1 version',
    );
  }
}

function checkWeight(version: string, weight: unknown): void {
  if (typeof weight === 'number' && weight >= 0 && weight <= 1) return;
  throw new InvalidOptionError(`weights.${version}`, 'a number from 0 to 1', weight);
}

function needVersion(
  option: string,
  version: unknown,
  find: (version: string) => FunctionVersionRecord | undefined,
  functionArn: string,
): FunctionVersionRecord {
  if (typeof version !== 'string' || (version !== latestVersion && !isVersionNumber(version))) {
    throw new InvalidOptionError(option, 'the number of a version or "$LATEST"', version);
  }
  const record = find(version);
  if (record !== undefined) return record;
  throw new FunctionNotFoundError(
    `${functionArn}:${version}`,
    `Function not found: ${functionArn}:${version}`,
  );
}
