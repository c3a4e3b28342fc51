import { EventEmitter } from './events.ts';
import { refusals } from './internal/refusals.ts';

/** A function is the primary and only process of its cluster. */
export const builtin = Object.assign(new EventEmitter(), {
  isWorker: false,
  isMaster: true,
  isPrimary: true,
  ...refusals('cluster', 'Worker', 'a function runs in an isolate and cannot start processes'),
  workers: {},
  settings: {},
  SCHED_NONE: 1,
  SCHED_RR: 2,
  schedulingPolicy: 2,
  ...refusals(
    'cluster',
    'setupPrimary setupMaster fork disconnect',
    'a function runs in an isolate and cannot start processes',
  ),
});
