import { functionArn, parseFunctionArn } from '../core/arn.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkBoolean, checkInteger, checkOneOf } from '../core/options.ts';
import {
  anyCount,
  checkContent,
  checkText,
  readDocument,
  writeDocument,
} from '../functions/state-document.ts';
import { resolveTags } from '../functions/tags.ts';
import type { StateDocument } from '../storage/state-store.ts';
import type { MappingSettings } from './mapping-options.ts';
import type { MappingRecord } from './mapping-record.ts';
import { resolveSettings } from './mapping-rules.ts';

/** Documents of mappings begin so in the state store. */
export const mappingPrefix = 'mapping/';

export function mappingKey(id: string): string {
  return `${mappingPrefix}${id}`;
}

export function mappingDocument(record: MappingRecord): StateDocument {
  const { id, functionName: _name, qualifier: _qualifier, ...kept } = record;
  return writeDocument(mappingKey(id), kept);
}

/** @throws StateError when the document is not what `mappingDocument` wrote */
export function readMapping(document: StateDocument): MappingRecord {
  return readDocument(document, (content) => {
    const { arn, sequence, kind, sourceArn, settings, isEnabled, stateReason, lastModifiedMs } =
      content;
    checkText('arn', arn);
    checkInteger('sequence', sequence, anyCount);
    checkOneOf('kind', kind, ['queue', 'stream', 'table']);
    checkText('sourceArn', sourceArn);
    checkBoolean('isEnabled', isEnabled);
    checkText('stateReason', stateReason);
    checkInteger('lastModifiedMs', lastModifiedMs, anyCount);
    checkContent('settings', settings);
    const { tags = {}, kept = {} } = content;
    checkContent('kept', kept);
    checkText('functionArn', content['functionArn']);
    const named = parseFunctionArn(content['functionArn']);
    if (named === undefined) {
      throw new InvalidOptionError('functionArn', 'the ARN of a function', content['functionArn']);
    }
    const source = { kind, arn: sourceArn, isFifo: sourceArn.endsWith('.fifo') };
    return {
      id: document.key.slice(mappingPrefix.length),
      arn,
      sequence,
      kind,
      sourceArn,
      functionName: named.name,
      qualifier: named.qualifier,
      functionArn: functionArn(named, named.name, named.qualifier),
      settings: readSettings(settings as unknown as MappingSettings, source),
      isEnabled,
      stateReason,
      lastModifiedMs,
      tags: resolveTags(tags),
      kept,
    };
  });
}

function readSettings(
  settings: MappingSettings,
  source: Parameters<typeof resolveSettings>[1],
): MappingSettings {
  const { startingPosition, startingAtMs, maxRetries, maxRecordAgeMs, ...rest } = settings;
  if (source.kind !== 'queue') {
    return resolveSettings(
      {
        ...rest,
        maxRetries,
        maxRecordAgeMs,
        ...(startingPosition !== null && { startingPosition }),
        ...(startingAtMs !== null && { startingAtMs }),
      },
      source,
    );
  }
  const { batchSize, windowMs, filters, reportItemFailures, maxConcurrency } = rest;
  return resolveSettings(
    { batchSize, windowMs, filters, reportItemFailures, maxConcurrency },
    source,
  );
}
