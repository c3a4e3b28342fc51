import type { Operations } from '../operation.ts';
import { accountOperations } from './account.ts';
import { aliasOperations } from './aliases.ts';
import { codeSigningOperations } from './code-signing.ts';
import { capacityProviderOperations } from './capacity-providers.ts';
import { eventSourceMappingOperations } from './event-source-mappings.ts';
import { durableExecutionOperations } from './durable-executions.ts';
import { concurrencyOperations } from './concurrency.ts';
import { eventInvokeConfigOperations } from './event-invoke-config.ts';
import { functionUrlOperations } from './function-urls.ts';
import { functionOperations } from './functions.ts';
import { invokeOperations } from './invoke.ts';
import { layerOperations } from './layers.ts';
import { layerPolicyOperations } from './layer-policies.ts';
import { policyOperations } from './policies.ts';
import { provisionedOperations } from './provisioned.ts';
import { recursionOperations } from './recursion.ts';
import { runtimeManagementOperations } from './runtime-management.ts';
import { tagOperations } from './tags.ts';
import { versionOperations } from './versions.ts';

/** Every operation of the API. */
export const operations: Operations = {
  ...accountOperations,
  ...aliasOperations,
  ...codeSigningOperations,
  ...capacityProviderOperations,
  ...durableExecutionOperations,
  ...concurrencyOperations,
  ...eventInvokeConfigOperations,
  ...eventSourceMappingOperations,
  ...functionOperations,
  ...functionUrlOperations,
  ...invokeOperations,
  ...layerOperations,
  ...layerPolicyOperations,
  ...policyOperations,
  ...provisionedOperations,
  ...recursionOperations,
  ...runtimeManagementOperations,
  ...tagOperations,
  ...versionOperations,
};
