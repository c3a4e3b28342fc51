import '../core/node-support.ts';

export { ClockHeldError } from './held-work.ts';
export { VirtualClock } from './virtual-clock.ts';

export type { HeldWork } from './held-work.ts';
export type { PendingTimer, VirtualClockOptions } from './virtual-clock.ts';
