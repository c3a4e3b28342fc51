import { checkKnownKeys, checkOneOf } from '../core/options.ts';
import { AwsRuleError } from './aws-rule-error.ts';
import type { Runtime } from './runtimes.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_SnapStart.html */
export interface SnapStartOptions {
  /** AWS starts Java, Python and .NET from snapshots, but not Node: only `None` is taken. */
  readonly applyOn: 'None' | 'PublishedVersions';
}

/** Checks the option `snapStart`; refuses what AWS refuses for Node. */
export function resolveSnapStart(options: SnapStartOptions, runtime: Runtime): SnapStartOptions {
  checkKnownKeys('snapStart', options, ['applyOn']);
  const { applyOn } = options;
  checkOneOf('snapStart.applyOn', applyOn, ['None', 'PublishedVersions']);
  if (applyOn === 'None') return Object.freeze({ applyOn });
  throw new AwsRuleError(
    'snapStart.applyOn',
    '"None" for functions of Node',
    applyOn,
    `${runtime} is not supported for SnapStart enabled functions.`,
  );
}
