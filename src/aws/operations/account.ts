import { limits } from '../../core/limits.ts';
import type { Group } from '../operation.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const accountOperations: Group<'GetAccountSettings'> = {
  GetAccountSettings(_input, call) {
    const { store, admission } = call.rooms;
    const { totalBytes, functionCount } = store.codeUsage();
    return {
      json: {
        AccountLimit: {
          TotalCodeSize: limits.codeStorageBytes,
          CodeSizeUnzipped: limits.unzippedBytes,
          CodeSizeZipped: limits.zippedBytes,
          ConcurrentExecutions: admission.concurrency,
          UnreservedConcurrentExecutions: admission.unreserved,
        },
        AccountUsage: { TotalCodeSize: totalBytes, FunctionCount: functionCount },
      },
    };
  },
};
