import { emitKind, maxPendingOperations } from '../wire/messages.ts';
import { send } from './bridge.ts';
import { NativeError, bareRecord } from './primordials.ts';

/** What waits for the host: operation id to what to do with the answer. */
interface Operation {
  readonly settle: (failed: boolean, json: string | undefined) => void;
  /** A repeating timer is answered many times. */
  readonly repeats: boolean;
}

let operations = bareRecord<Operation>();
let lastId = 0;
let pendingCount = 0;

/** Starts a host operation; `settle` runs in a later entry, when the host delivers the answer. */
export function startOperation(name: string, json: string, operation: Operation): number {
  const id = keep(operation);
  send(emitKind.startOperation, `${id} ${name} ${json}`);
  return id;
}

/** The shortest of all operations has a message of its own, with nothing to read in it but the id. */
export function startImmediate(operation: Operation): number {
  const id = keep(operation);
  send(emitKind.startImmediate, `${id}`);
  return id;
}

function keep(operation: Operation): number {
  if (pendingCount >= maxPendingOperations) {
    throw new NativeError(
      `Too many pending operations and timers: the limit is ${maxPendingOperations}`,
    );
  }
  lastId += 1;
  pendingCount += 1;
  operations[lastId] = operation;
  return lastId;
}

/** Forgets an operation: its answer, if one still comes, goes nowhere. */
export function cancelOperation(id: number): void {
  if (operations[id] === undefined) return;
  forget(id);
  send(emitKind.cancelOperation, `${id}`);
}

/** Whether the operation keeps the event loop busy (`timer.ref()`, `timer.unref()`). */
export function refOperation(id: number, isRef: boolean): void {
  if (operations[id] === undefined) return;
  send(emitKind.refOperation, `${id} ${isRef ? 1 : 0}`);
}

function forget(id: number): void {
  delete operations[id];
  pendingCount -= 1;
}

/** The host's answer to one operation. */
export function deliverOperation(
  id: number,
  failed: boolean | undefined,
  json: string | undefined,
): void {
  const operation = operations[id];
  if (operation === undefined) return;
  if (!operation.repeats) forget(id);
  operation.settle(failed === true, json);
}

/** Node 24: what is left of the last invocation is dropped. The host has done so on its side. */
export function dropOperations(): void {
  if (pendingCount === 0) return;
  operations = bareRecord<Operation>();
  pendingCount = 0;
}
