import { InvalidOptionError } from '../core/errors.ts';

/** Runtimes whose handler contract isolambda follows. */
export type Runtime = 'nodejs22.x' | 'nodejs24.x';

const supportedRuntimes: readonly Runtime[] = ['nodejs22.x', 'nodejs24.x'];

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, deprecated ones included. */
const awsRuntime =
  /^(?:nodejs(?:\d+\.x|\d+\.\d+(?:-edge)?)?|python\d+\.\d+|java\d+(?:\.al2)?|dotnet(?:core)?\d+(?:\.\d+)?|ruby\d+\.\d+|go1\.x|provided(?:\.al\d+)?)$/;

export function checkRuntime(value: unknown): asserts value is Runtime {
  if ((supportedRuntimes as readonly unknown[]).includes(value)) return;

  const isAwsRuntime = typeof value === 'string' && awsRuntime.test(value);
  throw new InvalidOptionError(
    'runtime',
    `one of ${supportedRuntimes.map((runtime) => `"${runtime}"`).join(', ')}`,
    value,
    isAwsRuntime ? 'AWS knows that runtime, but isolambda does not run it.' : undefined,
  );
}
