import type { ProvisionedConcurrency } from '../../provisioning.ts';
import { ApiError } from '../api-error.ts';
import type { Call, Group } from '../operation.ts';
import { pageOf } from '../pagination.ts';
import { referenceOf, unqualifiedOf } from '../references.ts';

type Names =
  | 'PutProvisionedConcurrencyConfig'
  | 'GetProvisionedConcurrencyConfig'
  | 'ListProvisionedConcurrencyConfigs'
  | 'DeleteProvisionedConcurrencyConfig';

interface Named {
  readonly FunctionName: string;
  readonly Qualifier: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html */
export const provisionedOperations: Group<Names> = {
  async PutProvisionedConcurrencyConfig(input, call) {
    const [name, qualifier] = namesOf(input, call);
    const { ProvisionedConcurrentExecutions: count } = input;
    const put = await call.rooms.provisioning.put(name, qualifier, count);
    // AWS answers so even where nothing is left to be done.
    return { json: shown({ ...put, status: 'IN_PROGRESS', statusReason: undefined }) };
  },

  GetProvisionedConcurrencyConfig(input, call) {
    const found = call.rooms.provisioning.get(...namesOf(input, call));
    if (found !== undefined) return { json: shown(found) };
    throw new ApiError(
      404,
      'ProvisionedConcurrencyConfigNotFoundException',
      'No Provisioned Concurrency Config found for this function',
    );
  },

  ListProvisionedConcurrencyConfigs(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    const all = call.rooms.provisioning.list(name);
    const { items, nextMarker } = pageOf(all, ({ qualifier }) => qualifier, input);
    return {
      json: {
        ProvisionedConcurrencyConfigs: items.map((item) => ({
          FunctionArn: item.arn,
          ...shown(item),
        })),
        NextMarker: nextMarker,
      },
    };
  },

  async DeleteProvisionedConcurrencyConfig(input, call) {
    await call.rooms.provisioning.delete(...namesOf(input, call));
    return {};
  },
};

function namesOf(input: Named, call: Call): [name: string, qualifier: string] {
  const { name, qualifier } = referenceOf(call, input.FunctionName, input.Qualifier);
  return [name, qualifier ?? input.Qualifier];
}

function shown(provisioned: ProvisionedConcurrency): Record<string, unknown> {
  const { requested, available, allocated, status, statusReason, lastModified } = provisioned;
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: available,
    AllocatedProvisionedConcurrentExecutions: allocated,
    Status: status,
    StatusReason: statusReason,
    // Whole seconds, and the offset as AWS writes it.
    LastModified: lastModified.replace(/(\.\d+)?Z$/, '+0000'),
  };
}
