import { layerArn, type Home } from '../core/arn.ts';
import { checkInteger } from '../core/options.ts';
import type { StateDocument } from '../storage/state-store.ts';
import { resolveLayerFacts, type LayerVersion } from './layer-options.ts';
import {
  anyCount,
  checkText,
  readDocument,
  writeDocument,
  type Content,
} from './state-document.ts';

/**
 * How published layers look in a storage: one document for each version, and the last number that was given to
 * a layer once a version of it was deleted.
 */
export const layerKeys = { version: 'layer/', lastNumber: 'layer-number/' } as const;

export function layerKey(name: string, version: number): string {
  return `${layerKeys.version}${name}/${version}`;
}

export function layerDocument(layer: LayerVersion): StateDocument {
  const { name, version, arn: _arn, layerArn: _layerArn, ...content } = layer;
  return writeDocument(layerKey(name, version), content, [layer.codeSha256]);
}

export function readLayer(document: StateDocument, home: Home): LayerVersion {
  return readDocument(document, (content) => {
    const [name = '', number] = document.key.slice(layerKeys.version.length).split('/');
    const { codeSha256, codeSize, createdDate } = content;
    const version = Number(number);
    checkInteger('version', version, { ...anyCount, min: 1 });
    checkText('codeSha256', codeSha256);
    checkInteger('codeSize', codeSize, anyCount);
    checkText('createdDate', createdDate);
    const arn = layerArn(home, name);
    return Object.freeze({
      arn: `${arn}:${version}`,
      layerArn: arn,
      name,
      version,
      ...resolveLayerFacts(factsOf(content)),
      codeSha256,
      codeSize,
      createdDate,
    });
  });
}

export function lastLayerNumberDocument(name: string, last: number): StateDocument {
  return writeDocument(`${layerKeys.lastNumber}${name}`, { last });
}

export function readLastLayerNumber(document: StateDocument): { name: string; last: number } {
  return readDocument(document, ({ last }) => {
    checkInteger('last', last, { ...anyCount, min: 1 });
    return { name: document.key.slice(layerKeys.lastNumber.length), last };
  });
}

/** They are checked as the options of somebody who publishes are. */
function factsOf(content: Content): Parameters<typeof resolveLayerFacts>[0] {
  return content;
}
