import type { FunctionOptions, Lambda, LambdaFunction } from '../../../src/index.ts';

/** Deploys `source` as the function `web`, where load cannot use up its computing time. */
export function deploy(
  lambda: Lambda,
  source: string,
  options: Partial<FunctionOptions> = {},
): Promise<LambdaFunction> {
  return lambda.createFunction({
    name: 'web',
    code: { source },
    isolation: 'inline',
    timeoutMs: 20_000,
    cpuMs: 20_000,
    ...options,
  });
}

/** Gives back what `body` of the request says, as its result. */
export const answering = `exports.handler = async ({ body }) => JSON.parse(body);`;

/** Gives the event back as the body. */
export const echo = `exports.handler = async (event) => event;`;
