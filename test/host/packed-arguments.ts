import { packAnswer } from '../../src/host/packed.ts';
import type { HostAnswer, Service } from '../../src/host/service.ts';

/** Arguments as guests send them: JSON, and the bytes in one buffer. */
export function packArguments(values: readonly unknown[]): [string, Uint8Array | undefined] {
  const packed = packAnswer(values);
  if (typeof packed === 'string' || packed === undefined) return [packed ?? '[]', undefined];
  const view = Buffer.from(packed);
  const size = view.readUInt32LE();
  return [view.toString('latin1', 4, 4 + size), new Uint8Array(view.subarray(4 + size))];
}

/** What an answer says, with its bytes in place. */
export function unpackAnswer(answer: HostAnswer): unknown {
  if (typeof answer === 'string') return JSON.parse(answer);
  if (answer === undefined) return undefined;
  const view = Buffer.from(answer);
  const size = view.readUInt32LE();
  let offset = 4 + size;
  return JSON.parse(view.toString('latin1', 4, offset), (_key, value: unknown) => {
    const bytes = (value as { $bytes?: number } | null)?.$bytes;
    if (bytes === undefined) return value;
    offset += bytes;
    return view.subarray(offset - bytes, offset);
  });
}

/** Calls of a service as a guest makes them. */
export function callsOf(service: Service): {
  raw: (name: string, text: string, bytes?: Uint8Array) => HostAnswer;
  packed: (name: string, ...values: unknown[]) => HostAnswer;
  later: (name: string, ...values: unknown[]) => Promise<HostAnswer>;
  rawLater: (name: string, text: string, bytes?: Uint8Array) => Promise<HostAnswer>;
} {
  const raw = (name: string, text: string, bytes?: Uint8Array): HostAnswer =>
    service.calls![name]!(text, bytes);
  const rawLater = (name: string, text: string, bytes?: Uint8Array): Promise<HostAnswer> =>
    service.operations![name]!(text, bytes, new AbortController().signal);
  return {
    raw,
    rawLater,
    packed: (name, ...values) => raw(name, ...packArguments(values)),
    later: (name, ...values) => rawLater(name, ...packArguments(values)),
  };
}
