import { limits } from '../core/limits.ts';
import { checkStringMap } from '../core/options.ts';
import { AwsRuleError } from './aws-rule-error.ts';
import { InvalidOptionError } from '../core/errors.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
export const reservedVariables: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_METADATA_API',
  'AWS_LAMBDA_METADATA_TOKEN',
]);

const variableName = /^[a-zA-Z][a-zA-Z0-9_]+$/;

const unable =
  'Lambda was unable to configure your environment variables because the environment variables you have provided';

/** Checks the variables of a function by AWS's rules and returns a frozen copy. */
export function resolveEnvironment(variables: unknown): Readonly<Record<string, string>> {
  checkStringMap('environment', variables);
  const names = Object.keys(variables);
  // Before the pattern, because two reserved names start with an underscore.
  checkReserved(names);
  for (const name of names) {
    if (variableName.test(name)) continue;
    throw new InvalidOptionError(
      'environment',
      'an object whose keys are a letter and then letters, digits and "_", two characters or more',
      name,
    );
  }
  checkSize(variables);
  return Object.freeze({ ...variables });
}

function checkReserved(names: readonly string[]): void {
  const reserved = names.filter((name) => reservedVariables.has(name));
  if (reserved.length === 0) return;

  throw new AwsRuleError(
    'environment',
    'free of reserved names',
    reserved,
    `${unable} contains reserved keys that are currently not supported for modification. ` +
      `Reserved keys used in this request: ${reserved.join(', ')}`,
  );
}

/** AWS measures the whole map as compact JSON, so quotes and commas count too. */
function checkSize(variables: Record<string, string>): void {
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) <= limits.environmentBytes) return;

  throw new AwsRuleError(
    'environment',
    `at most ${limits.environmentBytes} bytes of JSON`,
    variables,
    `${unable} exceeded the 4KB limit. String measured: ${measured}`,
  );
}
