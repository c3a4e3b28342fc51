import { emitKind, logLevels, operationName, type LogLevel } from '../wire/messages.ts';

type TextKind =
  | typeof emitKind.result
  | typeof emitKind.failure
  | typeof emitKind.heldResult
  | typeof emitKind.ready
  | typeof emitKind.initFailure
  | typeof emitKind.rawOutput
  | typeof emitKind.uncaught;

/** A message of the guest after its check: numbers are numbers, names are known. */
export type GuestMessage =
  | { readonly kind: TextKind; readonly text: string }
  | {
      readonly kind: typeof emitKind.log;
      readonly level: LogLevel;
      readonly atMs: number;
      readonly body: string;
    }
  | {
      readonly kind: typeof emitKind.startOperation;
      readonly id: number;
      readonly operation: WantedOperation;
    }
  | {
      readonly kind: typeof emitKind.cancelOperation | typeof emitKind.startImmediate;
      readonly id: number;
    }
  | { readonly kind: typeof emitKind.refOperation; readonly id: number; readonly isRef: boolean };

export type WantedOperation =
  | { readonly name: 'timer'; readonly delayMs: number; readonly repeats: boolean }
  | { readonly name: 'import'; readonly path: string }
  | {
      readonly name: 'host';
      readonly service: string;
      readonly text: string;
      readonly bytes: Uint8Array | undefined;
    };

/** Reads a message; `undefined` for anything that is not as agreed. The guest is hostile by default. */
export function readEmit(kind: unknown, text: unknown, bytes?: unknown): GuestMessage | undefined {
  if (typeof text !== 'string') return undefined;
  switch (kind) {
    case emitKind.result:
    case emitKind.failure:
    case emitKind.heldResult:
    case emitKind.ready:
    case emitKind.initFailure:
    case emitKind.rawOutput:
    case emitKind.uncaught:
      return { kind, text };
    case emitKind.log:
      return readLog(text);
    case emitKind.startOperation:
      return readOperation(text, bytes);
    case emitKind.startImmediate:
    case emitKind.cancelOperation: {
      const id = Number(text);
      return Number.isSafeInteger(id) ? { kind, id } : undefined;
    }
    case emitKind.refOperation: {
      const [id, isRef] = text.split(' ');
      return Number.isSafeInteger(Number(id))
        ? { kind, id: Number(id), isRef: isRef === '1' }
        : undefined;
    }
    default:
      return undefined;
  }
}

function readLog(text: string): GuestMessage | undefined {
  const level = logLevels[Number(text[0])];
  const space = text.indexOf(' ');
  const atMs = Number(text.slice(1, space));
  if (level === undefined || space < 0 || !Number.isFinite(atMs)) return undefined;
  return { kind: emitKind.log, level, atMs, body: text.slice(space + 1) };
}

function readOperation(text: string, bytes: unknown): GuestMessage | undefined {
  const [id, name, argument] = splitTwice(text);
  const operation = wantedOperation(name, argument, bytes);
  if (!Number.isSafeInteger(Number(id)) || operation === undefined) return undefined;
  return { kind: emitKind.startOperation, id: Number(id), operation };
}

/** `'a b c d'` becomes `'a'`, `'b'` and `'c d'`. */
function splitTwice(text: string): [string, string, string] {
  const first = text.indexOf(' ');
  const second = text.indexOf(' ', first + 1);
  return first < 0 || second < 0
    ? ['', '', '']
    : [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

/** The bytes of a message, or nothing for anything else that a guest might send. */
export function readBytes(bytes: unknown): Uint8Array | undefined {
  return bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : undefined;
}

/** Bytes as they cross: a buffer that holds them and nothing else, since all of it is copied. */
export function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  const isExact = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength;
  return isExact ? buffer : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
}

function wantedOperation(
  name: string,
  argument: string,
  bytes: unknown,
): WantedOperation | undefined {
  switch (name) {
    case operationName.timer: {
      const [delay, repeats] = argument.split(' ');
      const delayMs = Number(delay);
      if (!(delayMs >= 1 && delayMs < 2 ** 31)) return undefined;
      return { name, delayMs, repeats: repeats === '1' };
    }
    case operationName.import:
      return { name, path: argument };
    case operationName.host: {
      const space = argument.indexOf(' ');
      if (space < 0) return undefined;
      const service = argument.slice(0, space);
      return { name, service, text: argument.slice(space + 1), bytes: readBytes(bytes) };
    }
    default:
      return undefined;
  }
}
