import type { Call, Group } from '../operation.ts';
import { recordOf, unqualifiedOf } from '../references.ts';

type Names = 'PutFunctionRecursionConfig' | 'GetFunctionRecursionConfig';

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
export const recursionOperations: Group<Names> = {
  async PutFunctionRecursionConfig(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    recordOf(call, name);
    await call.rooms.control.update(name, { recursiveLoop: input.RecursiveLoop });
    return { json: shown(call, name) };
  },

  GetFunctionRecursionConfig(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    return { json: shown(call, name) };
  },
};

function shown(call: Call, name: string): Record<string, unknown> {
  return { RecursiveLoop: recordOf(call, name).settings.recursiveLoop };
}
