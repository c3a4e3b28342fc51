import {
  checkQueueName,
  resolveQueueOptions,
  type QueueOptions,
  type ResolvedQueueOptions,
} from './brokers/queue-options.ts';
import { readDocument, writeDocument } from './functions/state-document.ts';
import type { StateDocument } from './storage/state-store.ts';

/** Documents of queues begin so in the state store. */
export const definitionPrefix = 'queue/';

/** A queue as it was made, without its messages: those are in the storage already. */
export interface QueueDefinition {
  readonly name: string;
  readonly options: Omit<QueueOptions, 'redrive'>;
  /** The dead-letter queue by name, since it may be made after this one. */
  readonly redrive?: { readonly target: string; readonly maxReceives: number };
}

export function definitionOf(name: string, settings: ResolvedQueueOptions): QueueDefinition {
  const { redrive, ...options } = settings;
  return {
    name,
    options: settings.fifo ? options : withoutFifo(options),
    ...(redrive !== undefined && {
      redrive: { target: redrive.target.name, maxReceives: redrive.maxReceives },
    }),
  };
}

/** Options that only FIFO queues take are left out for the others. */
function withoutFifo(options: Omit<ResolvedQueueOptions, 'redrive'>): QueueDefinition['options'] {
  const {
    contentBasedDedup: _dedup,
    dedupScope: _scope,
    throughputLimit: _limit,
    ...standard
  } = options;
  return standard;
}

/** Whether both make the same queue. */
export function isSameDefinition(a: QueueDefinition, b: QueueDefinition): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function definitionKey(name: string): string {
  return `${definitionPrefix}${name}`;
}

export function definitionDocument(definition: QueueDefinition): StateDocument {
  return writeDocument(definitionKey(definition.name), definition);
}

/** @throws StateError when the document is not what `definitionDocument` wrote */
export function readDefinition(document: StateDocument): QueueDefinition {
  return readDocument(document, ({ name, options, redrive }) => {
    checkQueueName(name);
    resolveQueueOptions(name, options as QueueOptions);
    const definition = { name, options: options as QueueDefinition['options'] };
    return redrive === undefined
      ? definition
      : { ...definition, redrive: redrive as Required<QueueDefinition>['redrive'] };
  });
}
