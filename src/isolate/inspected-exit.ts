import type { InspectedGuest } from './inspected-guest.ts';

/** Isolates with a native session, which the end of the process must not meet. */
const alive = new Set<InspectedGuest>();

/** How often threads are looked at when the process exits, and how many times. */
const lookMs = 5;
const mostLooks = 200;

export function keepUntilExit(guest: InspectedGuest): void {
  alive.add(guest);
  if (alive.size > 1) return;
  process.on('beforeExit', endInPeace);
  process.on('exit', stopAtOnce);
}

export function forgetAtExit(guest: InspectedGuest): void {
  alive.delete(guest);
  if (alive.size > 0) return;
  process.off('beforeExit', endInPeace);
  process.off('exit', stopAtOnce);
}

/** Nothing is left to do in this process: Node waits for what begins here, then ends it. */
function endInPeace(): void {
  for (const guest of alive) guest.dispose();
}

/**
 * `process.exit`: isolated-vm joins its threads, and one that is paused would be waited for for ever. Only
 * the threads are stopped; sessions stay, since closing them takes turns that nobody gets any more.
 */
function stopAtOnce(): void {
  for (const guest of alive) guest.interrupt();
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  let staying = [...alive].map((guest) => ({ guest, occupiedNs: guest.occupiedNs }));
  for (let look = 1; look <= mostLooks && staying.length > 0; look += 1) {
    Atomics.wait(sleeper, 0, 0, lookMs);
    staying = staying
      .filter(({ guest, occupiedNs }) => guest.occupiedNs !== occupiedNs)
      .map(({ guest }) => ({ guest, occupiedNs: guest.occupiedNs }));
    // A wake-up may have been lost; but each one keeps the thread busy for a moment.
    if (look % 4 === 0) for (const { guest } of staying) guest.channel.nudge();
  }
}
