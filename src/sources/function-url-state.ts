import { checkAliasName, checkFunctionName } from '../core/arn.ts';
import { checkString } from '../core/options.ts';
import {
  checkContent,
  checkText,
  readDocument,
  writeDocument,
} from '../functions/state-document.ts';
import type { StateDocument } from '../storage/state-store.ts';
import {
  resolveUrlOptions,
  type FunctionUrlConfig,
  type FunctionUrlOptions,
} from './function-url-options.ts';

/** Documents of function URLs begin so in the state store. */
export const urlPrefix = 'url/';

const urlIdPattern = /^[a-z0-9]{32}$/;

export function urlKey(functionName: string, alias: string | undefined): string {
  return `${urlPrefix}${functionName}/${alias ?? ''}`;
}

export function urlDocument(config: FunctionUrlConfig): StateDocument {
  return writeDocument(urlKey(config.functionName, config.alias), config);
}

/** @throws StateError when the document is not what `urlDocument` wrote */
export function readUrl(document: StateDocument): FunctionUrlConfig {
  return readDocument(document, (content) => {
    const { id, functionName, alias, createdAt, lastModified } = content;
    checkString('id', id, { maxLength: 32, pattern: urlIdPattern, says: 'the id of a URL' });
    checkFunctionName('functionName', functionName);
    if (alias !== undefined) checkAliasName('alias', alias);
    checkText('createdAt', createdAt);
    checkText('lastModified', lastModified);
    const { authType, cors, invokeMode } = content as FunctionUrlOptions;
    if (cors !== undefined) checkContent('cors', cors);
    const settings = resolveUrlOptions({
      ...(authType !== undefined && { authType }),
      ...(invokeMode !== undefined && { invokeMode }),
      ...(cors !== undefined && { cors }),
    });
    return Object.freeze({ id, functionName, alias, createdAt, lastModified, ...settings });
  });
}
