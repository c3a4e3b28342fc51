import { emitKind, maxPendingOperations } from '../wire/messages.ts';
import { captureContext, enterContext } from './async-context.ts';
import { send } from './bridge.ts';
import { NativeError, bareRecord } from './primordials.ts';

/** What waits for the host: operation id to what to do with the answer. */
interface Operation {
  readonly settle: (
    failed: boolean,
    json: string | undefined,
    bytes: ArrayBuffer | undefined,
  ) => void;
  /** A repeating timer is answered many times. */
  readonly repeats: boolean;
  /** Goes on in the next invocation, whatever the runtime does with timers. */
  readonly survives?: boolean;
}

/** An operation and the context of the code that started it. */
interface KeptOperation extends Operation {
  readonly context: unknown;
}

let operations = bareRecord<KeptOperation>();
let lastId = 0;
let pendingCount = 0;

/** Starts a host operation; `settle` runs in a later entry, when the host delivers the answer. */
export function startOperation(name: string, json: string, operation: Operation): number {
  const id = keepOperation(operation);
  send(emitKind.startOperation, `${id} ${name} ${json}`);
  return id;
}

/** The shortest of all operations has a message of its own, with nothing to read in it but the id. */
export function startImmediate(operation: Operation): number {
  const id = keepOperation(operation);
  send(emitKind.startImmediate, `${id}`);
  return id;
}

/** Gives an operation its id; whoever keeps it tells the host. */
export function keepOperation({ settle, repeats, survives = false }: Operation): number {
  if (pendingCount >= maxPendingOperations) {
    throw new NativeError(
      `Too many pending operations and timers: the limit is ${maxPendingOperations}`,
    );
  }
  lastId += 1;
  pendingCount += 1;
  const context = captureContext('OPERATION', !repeats);
  operations[lastId] = { settle, repeats, survives, context };
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
  bytes: ArrayBuffer | undefined,
): void {
  const operation = operations[id];
  if (operation === undefined) return;
  if (!operation.repeats) forget(id);
  enterContext(operation.context);
  operation.settle(failed === true, json, bytes);
}

/** Node 24: timers that are left of the last invocation are dropped. The host has done so on its side. */
export function dropOperations(): void {
  if (pendingCount === 0) return;
  const before = operations;
  operations = bareRecord<KeptOperation>();
  pendingCount = 0;
  for (const id in before) {
    const operation = before[id];
    if (operation?.survives !== true) continue;
    operations[id] = operation;
    pendingCount += 1;
  }
}
