import { readDocument, writeDocument, type Content } from '../functions/state-document.ts';
import type { StateDocument, StateStore } from '../storage/state-store.ts';
import { Execution, type ExecutionFacts, type ExecutionHead } from './execution.ts';
import type { HistoryEvent } from './history-event.ts';
import type { Operation } from './operation.ts';

/**
 * How executions look in a storage: one document for what changes, one for what an execution was started with, one for
 * each operation and one for each event, so that a checkpoint writes as much as it changes.
 */
const prefix = 'durable/';

/** The documents that a change of an execution writes. */
export function documentsOf(
  id: string,
  head: ExecutionHead,
  operations: readonly Operation[],
  events: readonly HistoryEvent[],
): StateDocument[] {
  return [
    writeDocument(headKey(id), head),
    ...operations.map((operation) =>
      writeDocument(operationKey(id, operation.sequence), operation),
    ),
    ...events.map((event) => writeDocument(eventKey(id, event.id), event)),
  ];
}

export function factsDocument(facts: ExecutionFacts): StateDocument {
  return writeDocument(factsKey(facts.id), facts);
}

/** Everything that is kept of an execution. */
export function keysOf({ facts: { id }, operations, history }: Execution): string[] {
  return [
    headKey(id),
    factsKey(id),
    ...Array.from(operations.values(), ({ sequence }) => operationKey(id, sequence)),
    ...history.map((event) => eventKey(id, event.id)),
  ];
}

/** @throws StateError that names what cannot be used */
export async function readExecutions(state: StateStore): Promise<Execution[]> {
  const parts = new Map<string, Parts>();
  for (const document of await state.list(prefix)) {
    const [id = '', kind = ''] = document.key.slice(prefix.length).split('/');
    let part = parts.get(id);
    if (part === undefined) {
      part = { facts: undefined, head: undefined, operations: [], history: [] };
      parts.set(id, part);
    }
    readDocument(document, (content) => take(part, kind, content));
  }
  return Array.from(parts.values()).flatMap(({ facts, head, operations, history }) =>
    facts === undefined || head === undefined
      ? []
      : [new Execution(facts, { head, operations, history })],
  );
}

interface Parts {
  facts: ExecutionFacts | undefined;
  head: ExecutionHead | undefined;
  readonly operations: Operation[];
  readonly history: HistoryEvent[];
}

/** Keys are in order, and so are operations and events. */
function take(parts: Parts, kind: string, { format: _format, ...content }: Content): void {
  if (kind === 'facts') parts.facts = Object.freeze(content) as unknown as ExecutionFacts;
  else if (kind === 'head') parts.head = Object.freeze(content) as unknown as ExecutionHead;
  else if (kind === 'operation') parts.operations.push(content as unknown as Operation);
  else if (kind === 'event') parts.history.push(content as unknown as HistoryEvent);
  else throw new Error(`There is no part "${kind}" of an execution`);
}

function headKey(id: string): string {
  return `${prefix}${id}/head`;
}

function factsKey(id: string): string {
  return `${prefix}${id}/facts`;
}

function operationKey(id: string, sequence: number): string {
  return `${prefix}${id}/operation/${String(sequence).padStart(6, '0')}`;
}

function eventKey(id: string, number: number): string {
  return `${prefix}${id}/event/${String(number).padStart(9, '0')}`;
}
