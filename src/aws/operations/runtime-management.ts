import type { RuntimeManagementConfig } from '../../functions/runtime-management-options.ts';
import { invalidParameter } from '../api-error.ts';
import type { Call, Group } from '../operation.ts';
import { needFunction, referenceOf, type Reference } from '../references.ts';

type Names = 'PutRuntimeManagementConfig' | 'GetRuntimeManagementConfig';

/** https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html */
export const runtimeManagementOperations: Group<Names> = {
  async PutRuntimeManagementConfig(input, call) {
    const { UpdateRuntimeOn: updateOn, RuntimeVersionArn: runtimeVersionArn } = input;
    const reference = versionReference(call, input.FunctionName, input.Qualifier);
    const options =
      runtimeVersionArn === undefined ? { updateOn } : { updateOn, runtimeVersionArn };
    const config = await call.rooms.store.runtimeManagement.put(
      reference.name,
      // Which of the two goes with which mode, the library says.
      options as Parameters<typeof call.rooms.store.runtimeManagement.put>[1],
      reference.qualifier,
    );
    return { json: shown(reference, config) };
  },

  GetRuntimeManagementConfig(input, call) {
    const reference = versionReference(call, input.FunctionName, input.Qualifier);
    const { name, qualifier } = reference;
    return { json: shown(reference, call.rooms.store.runtimeManagement.get(name, qualifier)) };
  },
};

/** A function, or a version of it; an alias has no runtime of its own. */
function versionReference(call: Call, text: string, beside: string | undefined): Reference {
  const reference = referenceOf(call, text, beside);
  needFunction(call, reference);
  const { qualifier = '$LATEST' } = reference;
  if (qualifier === '$LATEST' || /^\d+$/.test(qualifier)) return reference;
  throw invalidParameter('This operation takes $LATEST or the number of a version, but no alias.');
}

/** The ARN is the one that was asked for. */
function shown(
  { arn, qualifier }: Reference,
  { updateOn, runtimeVersionArn }: RuntimeManagementConfig,
): Record<string, unknown> {
  return {
    UpdateRuntimeOn: updateOn,
    FunctionArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
    RuntimeVersionArn: runtimeVersionArn ?? null,
  };
}
