import { EgressError, egressErrorOf } from '../../network/egress-error.ts';
import { ServiceError } from '../service.ts';

/** More fields that errors of TLS and HTTP carry. */
const passedOn = ['reason', 'host', 'library', 'rawPacket', 'bytesParsed'] as const;

/**
 * What a guest is told when something on the network fails. Errors of Node's network modules tell about
 * the network and what the guest itself said, so the guest sees all that have a code.
 */
export function networkFailure(error: unknown): unknown {
  if (error instanceof ServiceError) return error;
  const known = egressErrorOf(error);
  if (known === undefined) return error;
  const fields: Record<string, string | number> = { ...known.fields };
  if (error instanceof Error && !(error instanceof EgressError)) {
    for (const name of passedOn) {
      const value: unknown = Reflect.get(error, name);
      if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
    }
  }
  return new ServiceError(known.code, known.message, {
    name: error instanceof TypeError ? 'TypeError' : 'Error',
    fields,
  });
}

/** The other side, or the guest itself, ended what the guest still asks for. */
export function hangUp(message = 'socket hang up'): ServiceError {
  return new ServiceError('ECONNRESET', message);
}
