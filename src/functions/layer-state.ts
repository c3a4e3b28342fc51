import { layerArn, type Home } from '../core/arn.ts';
import { checkInteger } from '../core/options.ts';
import type { StateDocument } from '../storage/state-store.ts';
import { checkDescription } from './description.ts';
import type { LayerVersion } from './layer-options.ts';
import { anyCount, checkText, readDocument, writeDocument } from './state-document.ts';

/** How published layers look in a storage: one document for each version. */
export const layerKeys = 'layer/';

export function layerDocument(layer: LayerVersion): StateDocument {
  const { name, version, description, codeSha256, codeSize, createdDate } = layer;
  const content = { description, codeSha256, codeSize, createdDate };
  return writeDocument(`${layerKeys}${name}/${version}`, content, [codeSha256]);
}

export function readLayer(document: StateDocument, home: Home): LayerVersion {
  return readDocument(document, ({ description, codeSha256, codeSize, createdDate }) => {
    const [name = '', number] = document.key.slice(layerKeys.length).split('/');
    const version = Number(number);
    checkInteger('version', version, { ...anyCount, min: 1 });
    checkDescription(description);
    checkText('codeSha256', codeSha256);
    checkInteger('codeSize', codeSize, anyCount);
    checkText('createdDate', createdDate);
    const arn = layerArn(home, name);
    return Object.freeze({
      arn: `${arn}:${version}`,
      layerArn: arn,
      name,
      version,
      description,
      codeSha256,
      codeSize,
      createdDate,
    });
  });
}
