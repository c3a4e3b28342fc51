import { ApiError, invalidParameter, notFound } from '../api-error.ts';
import type { Call, Group } from '../operation.ts';
import { recordOf, referenceOf } from '../references.ts';

type Names =
  | 'CreateCapacityProvider'
  | 'GetCapacityProvider'
  | 'UpdateCapacityProvider'
  | 'DeleteCapacityProvider'
  | 'ListCapacityProviders'
  | 'ListFunctionVersionsByCapacityProvider'
  | 'PutFunctionScalingConfig'
  | 'GetFunctionScalingConfig';

/**
 * Managed instances are EC2 machines, and there are none in a process: nothing can be made, so that there is nothing
 * to be found. https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html
 */
export const capacityProviderOperations: Group<Names> = {
  CreateCapacityProvider() {
    // AWS's own answer to an account that may have none.
    throw new ApiError(
      400,
      'CapacityProviderLimitExceededException',
      'The limit of capacity providers is 0: isolambda runs functions in the process and has no managed instances.',
    );
  },
  GetCapacityProvider(input, call) {
    throw missing(call, input.CapacityProviderName);
  },
  UpdateCapacityProvider(input, call) {
    throw missing(call, input.CapacityProviderName);
  },
  DeleteCapacityProvider(input, call) {
    throw missing(call, input.CapacityProviderName);
  },
  ListCapacityProviders() {
    return { json: { CapacityProviders: [] } };
  },
  ListFunctionVersionsByCapacityProvider(input, call) {
    throw missing(call, input.CapacityProviderName);
  },
  PutFunctionScalingConfig(input, call) {
    const { name } = referenceOf(call, input.FunctionName);
    recordOf(call, name);
    throw notManaged(name);
  },
  GetFunctionScalingConfig(input, call) {
    const { name } = referenceOf(call, input.FunctionName);
    recordOf(call, name);
    throw notManaged(name);
  },
};

function missing({ rooms }: Call, name: string): ApiError {
  const { partition, region, accountId } = rooms.options.home;
  const arn = name.startsWith('arn:')
    ? name
    : `arn:${partition}:lambda:${region}:${accountId}:capacity-provider:${name}`;
  return notFound(`Capacity provider not found: ${arn}`);
}

/** The text of AWS is not known (unconfirmed). */
function notManaged(name: string): ApiError {
  return invalidParameter(
    `The function ${name} is not configured with a capacity provider. Scaling configurations are for functions on managed instances.`,
  );
}
