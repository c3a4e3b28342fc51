import '../core/node-support.ts';

export { VirtualClock } from './virtual-clock.ts';
export type { PendingTimer } from './virtual-clock.ts';
