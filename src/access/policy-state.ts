import {
  checkContent,
  checkText,
  readDocument,
  writeDocument,
} from '../functions/state-document.ts';
import type { StateDocument } from '../storage/state-store.ts';
import type { PolicyDocument } from './policy-document.ts';
import { keepPolicy, type KeptPolicy } from './resource-policy.ts';

/** How policies look in a storage: one document for each resource, under what its ARN ends with. */
export const policyPrefix = 'policy/';

/** @param resource such as `function:orders:live` */
export function policyKey(resource: string): string {
  return `${policyPrefix}${resource}`;
}

export function policyStateDocument(resource: string, kept: KeptPolicy): StateDocument {
  const { document, revisionId } = kept;
  return writeDocument(policyKey(resource), { document, revisionId });
}

/** @throws {StateError} when the document is not what `policyStateDocument` wrote */
export function readPolicyState(document: StateDocument): {
  readonly resource: string;
  readonly kept: KeptPolicy;
} {
  return readDocument(document, (content) => {
    checkContent('document', content['document']);
    checkText('revisionId', content['revisionId']);
    const kept = keepPolicy(
      content['document'] as unknown as PolicyDocument,
      content['revisionId'],
    );
    return { resource: document.key.slice(policyPrefix.length), kept };
  });
}
