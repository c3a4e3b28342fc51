import { exactPart } from './bytes.ts';
import { startHost } from '../../host.ts';

let lastHandle = 0;

/** A number for something that the host keeps for this environment: a socket, an HTTP exchange. */
export function nextHandle(): number {
  lastHandle += 1;
  return lastHandle;
}

/** Lets go of whatever the host keeps under a number; nobody waits for that. */
export function releaseHandle(id: number): void {
  startHost('net.release', `{"id":${id}}`, undefined, () => {}).ref(false);
}

/** Bytes of one message to the host; longer ones are cut. */
export const mostBytesAtOnce = 65_536;

/** A part of some bytes as a buffer of its own, for the way to the host. */
export function ownBuffer(bytes: Uint8Array, from: number, to: number): ArrayBuffer {
  return exactPart(bytes as Uint8Array<ArrayBuffer>, from, to - from);
}
