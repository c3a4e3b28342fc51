import { RefusedError } from './exit-code.ts';
import { readJson } from './read-input.ts';

type Variables = Readonly<Record<string, string>>;

/** Where variables of functions come from, besides their own. */
export interface VariableFlags {
  readonly envVars?: string;
  readonly env?: Variables;
}

/** What a function gets on top of its own variables. */
export type VariablesOf = (functionName: string) => Variables;

const shape =
  '{ "FunctionName": { "NAME": "value" } }, { "Parameters": { "NAME": "value" } } or { "NAME": "value" }';

/**
 * SAM's file of variables: by function, and `Parameters` for all of them; a plain map is for all of them too.
 * What `--env` says goes over it.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/using-sam-cli-local-invoke.html
 */
export async function readVariables(
  { envVars, env = {} }: VariableFlags,
  cwd: string,
): Promise<VariablesOf> {
  const file = envVars === undefined ? {} : await readJson('--env-vars', envVars, cwd);
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw new RefusedError(`--env-vars: expected ${shape} in ${envVars}`);
  }
  const everywhere: Record<string, string> = {};
  const byFunction = new Map<string, Variables>();
  for (const [name, value] of Object.entries(file as Record<string, unknown>)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      byFunction.set(name, texts(value as Record<string, unknown>));
    } else {
      everywhere[name] = text(name, value);
    }
  }
  return (functionName) => ({
    ...everywhere,
    ...byFunction.get('Parameters'),
    ...byFunction.get(functionName),
    ...env,
  });
}

function texts(values: Record<string, unknown>): Variables {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([name, value]) => [name, text(name, value)]));
}

/** Numbers and booleans are often written without quotes. */
function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new RefusedError(`--env-vars: "${name}" must be a text; the file has the form ${shape}`);
}
