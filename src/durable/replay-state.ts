import type { Operation } from './operation.ts';
import { hasEnded } from './operation.ts';

/** A part of what a replay needs to know. */
export interface OperationPage {
  readonly operations: readonly Operation[];
  /** Sequence number of the operation that the next page begins with. */
  readonly next: number | undefined;
}

/**
 * The operations that a replay needs, in their order: what a context contains that has ended is left out, unless the
 * context asks for it.
 */
export function replayed(operations: ReadonlyMap<string, Operation>): Operation[] {
  const hidden = new Set<string>();
  const kept: Operation[] = [];
  // A parent comes before what it contains.
  for (const operation of operations.values()) {
    const { id, parentId } = operation;
    const parent = parentId === undefined ? undefined : operations.get(parentId);
    const hides = parent !== undefined && hasEnded(parent) && parent.replayChildren !== true;
    if (parent !== undefined && (hides || hidden.has(parent.id))) hidden.add(id);
    else kept.push(operation);
  }
  return kept;
}

/** As many as fit, and at least one. */
export function pageOf(
  operations: readonly Operation[],
  from: number,
  most: { readonly items: number; readonly bytes: number },
): OperationPage {
  const page: Operation[] = [];
  let bytes = 0;
  for (const operation of operations) {
    if (operation.sequence < from) continue;
    bytes += weightOf(operation);
    const isFull = page.length >= most.items || (bytes > most.bytes && page.length > 0);
    if (isFull) return { operations: page, next: operation.sequence };
    page.push(operation);
  }
  return { operations: page, next: undefined };
}

/** About as many bytes as it has as JSON. */
function weightOf({ input = '', result = '', error }: Operation): number {
  const text = Buffer.byteLength(input) + Buffer.byteLength(result);
  return 400 + text + (error === undefined ? 0 : JSON.stringify(error).length);
}
