/**
 * How long a socket that was quiet is taken for one that waits for an answer. A program that waits for a
 * timer beside an idle connection must not wait for ever for a clock that waits for that connection.
 */
const quietMs = 1_000;

/** Operations that wait for what somebody else does, and may do so for as long as a connection lives. */
const listening: ReadonlyMap<string, number> = new Map([
  ['net.read', quietMs],
  ['http.read', quietMs],
  ['http.interim', quietMs],
  ['http.connected', quietMs],
  // A connection may be kept for ever, and who reads a response is the one who moves the clock.
  ['h2.ended', 0],
  ['response.write', 0],
]);

/**
 * Real milliseconds for which an operation keeps virtual time from going on. `undefined`: until it is
 * answered, as it works on something and will be done.
 */
export function listeningMs(operation: string): number | undefined {
  return listening.get(operation);
}
