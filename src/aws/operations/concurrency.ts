import { invalidParameter, notFound } from '../api-error.ts';
import type { Call, Group } from '../operation.ts';
import { recordOf, referenceOf } from '../references.ts';

type Names = 'PutFunctionConcurrency' | 'GetFunctionConcurrency' | 'DeleteFunctionConcurrency';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
export const concurrencyOperations: Group<Names> = {
  async PutFunctionConcurrency(input, call) {
    const { name, arn } = functionOnly(call, input.FunctionName);
    const { ReservedConcurrentExecutions: reservedConcurrency } = input;
    // As recorded: this operation names the version that nobody asked for.
    if (!call.rooms.store.has(name, undefined))
      throw notFound(`Function not found: ${arn}:$LATEST`);
    await call.rooms.control.update(name, { reservedConcurrency });
    return { json: shown(call, name) };
  },

  GetFunctionConcurrency(input, call) {
    return { json: shown(call, functionOnly(call, input.FunctionName).name) };
  },

  async DeleteFunctionConcurrency(input, call) {
    const { name } = functionOnly(call, input.FunctionName);
    recordOf(call, name);
    await call.rooms.control.update(name, { reservedConcurrency: null });
    return {};
  },
};

function functionOnly(call: Call, text: string): { readonly name: string; readonly arn: string } {
  const reference = referenceOf(call, text);
  if (reference.qualifier === undefined) return reference;
  throw invalidParameter(
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. ' +
      'Please specify either a function name or an unqualified function ARN.',
  );
}

/** Nothing where nothing is reserved. */
function shown(call: Call, name: string): Record<string, unknown> {
  const { reservedConcurrency } = recordOf(call, name).settings;
  return reservedConcurrency === null ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}
