import { InvalidOptionError } from '../core/errors.ts';
import { AwsRuleError } from './aws-rule-error.ts';

/** Runtimes that functions may name. */
export type Runtime = 'nodejs20.x' | 'nodejs22.x' | 'nodejs24.x';

/** Handler contracts that guests follow; Node itself is the same for all. */
export type HandlerContract = 'nodejs22.x' | 'nodejs24.x';

const supportedRuntimes: readonly Runtime[] = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x'];

/** AWS's runtime client gave Node 20 the contract that it gives Node 22. */
export function contractOf(runtime: Runtime): HandlerContract {
  return runtime === 'nodejs20.x' ? 'nodejs22.x' : runtime;
}

/** The major version of Node in a runtime's name. */
export function nodeMajorOf(runtime: Runtime): string {
  return runtime.slice('nodejs'.length, -'.x'.length);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, deprecated ones included. */
const awsRuntime =
  /^(?:nodejs(?:\d+\.x|\d+\.\d+(?:-edge)?)?|python\d+\.\d+|java\d+(?:\.al\d+)?|dotnet(?:core)?\d+(?:\.\d+)?|ruby\d+\.\d+|go1\.x|provided(?:\.al\d+)?)$/;

/** Whether AWS has, or had, a runtime of that name; a layer may be made for any of them. */
export function isAwsRuntime(value: unknown): value is string {
  return typeof value === 'string' && awsRuntime.test(value);
}

/** Whether functions may name it. */
export function isRuntime(value: unknown): value is Runtime {
  return (supportedRuntimes as readonly unknown[]).includes(value);
}

export function checkRuntime(value: unknown): asserts value is Runtime {
  if (isRuntime(value)) return;

  const rule = `one of ${supportedRuntimes.map((runtime) => `"${runtime}"`).join(', ')}`;
  if (!isAwsRuntime(value)) throw new InvalidOptionError('runtime', rule, value);
  throw new AwsRuleError(
    'runtime',
    rule,
    value,
    `AWS knows the runtime ${value}, but isolambda runs Node.js only: ${supportedRuntimes.join(', ')}.`,
  );
}
