import type { Home } from '../core/arn.ts';
import type { StateDocument } from '../storage/state-store.ts';
import {
  resolveCodeSigning,
  type CodeSigningConfig,
  type CodeSigningOptions,
} from './code-signing-options.ts';
import { checkText, readDocument, writeDocument } from './state-document.ts';

/** Documents of code-signing configurations begin so. */
export const codeSigningPrefix = 'code-signing/';

export function codeSigningKey(id: string): string {
  return `${codeSigningPrefix}${id}`;
}

export function codeSigningArn({ partition, region, accountId }: Home, id: string): string {
  return `arn:${partition}:lambda:${region}:${accountId}:code-signing-config:${id}`;
}

export function codeSigningDocument({
  id,
  arn: _arn,
  ...content
}: CodeSigningConfig): StateDocument {
  return writeDocument(codeSigningKey(id), content);
}

export function readCodeSigning(document: StateDocument, home: Home): CodeSigningConfig {
  return readDocument(document, ({ format: _format, lastModified, ...content }) => {
    const id = document.key.slice(codeSigningPrefix.length);
    checkText('lastModified', lastModified);
    const options = resolveCodeSigning(content as unknown as CodeSigningOptions);
    return Object.freeze({ id, arn: codeSigningArn(home, id), ...options, lastModified });
  });
}
