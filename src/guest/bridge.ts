import { callKind, fastLengthPerEntry, fastMessagesPerEntry } from '../wire/messages.ts';

/**
 * The only two doors to the host. They live in this module's scope: user code must never get hold of them.
 */
let emitFast: Emit = () => {};
let callHost: Call = () => undefined;
let fastMessagesLeft = fastMessagesPerEntry;
let fastLengthLeft = fastLengthPerEntry;

export function connect(emit: Emit, call: Call): void {
  emitFast = emit;
  callHost = call;
}

/** The host entered the guest anew, so it has seen everything that was sent before. */
export function resetMessageBudget(): void {
  fastMessagesLeft = fastMessagesPerEntry;
  fastLengthLeft = fastLengthPerEntry;
}

/**
 * Sends a message. The first ones of an entry do not wait; then each waits for the host, because a guest
 * that floods the host's event loop would starve it (native-notes/watchdog.md).
 */
export function send(kind: number, text: string, bytes?: ArrayBuffer): void {
  if (fastMessagesLeft > 0 && fastLengthLeft > 0) {
    fastMessagesLeft -= 1;
    fastLengthLeft -= text.length;
    if (bytes === undefined) {
      emitFast(kind, text);
      return;
    }
    fastLengthLeft -= bytes.byteLength;
    emitFast(kind, text, bytes);
    return;
  }
  callHost(callKind.emit, `${kind} ${text}`, bytes);
}

/** Asks the host for a text and waits for it. */
export function askText(kind: number, text: string): string | undefined {
  const answer = callHost(kind, text);
  return typeof answer === 'string' ? answer : undefined;
}

/** Asks the host and waits for the answer. */
export function ask(
  kind: number,
  text: string,
  bytes?: ArrayBuffer,
): string | ArrayBuffer | undefined {
  return bytes === undefined ? callHost(kind, text) : callHost(kind, text, bytes);
}
