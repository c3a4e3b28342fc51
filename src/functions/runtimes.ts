import { InvalidOptionError } from '../core/errors.ts';
import { AwsRuleError } from './aws-rule-error.ts';

/** Runtimes whose handler contract isolambda follows. */
export type Runtime = 'nodejs22.x' | 'nodejs24.x';

const supportedRuntimes: readonly Runtime[] = ['nodejs22.x', 'nodejs24.x'];

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, deprecated ones included. */
const awsRuntime =
  /^(?:nodejs(?:\d+\.x|\d+\.\d+(?:-edge)?)?|python\d+\.\d+|java\d+(?:\.al\d+)?|dotnet(?:core)?\d+(?:\.\d+)?|ruby\d+\.\d+|go1\.x|provided(?:\.al\d+)?)$/;

/** Whether AWS has, or had, a runtime of that name; a layer may be made for any of them. */
export function isAwsRuntime(value: unknown): value is string {
  return typeof value === 'string' && awsRuntime.test(value);
}

export function checkRuntime(value: unknown): asserts value is Runtime {
  if ((supportedRuntimes as readonly unknown[]).includes(value)) return;

  const rule = `one of ${supportedRuntimes.map((runtime) => `"${runtime}"`).join(', ')}`;
  if (!isAwsRuntime(value)) throw new InvalidOptionError('runtime', rule, value);
  throw new AwsRuleError(
    'runtime',
    rule,
    value,
    `AWS knows the runtime ${value}, but isolambda runs Node.js only: ${supportedRuntimes.join(' and ')}.`,
  );
}
