import { warnOfUndelivered, type UndeliveredMessage } from './brokers/broker-context.ts';
import { functionArn, type Home } from './core/arn.ts';
import type { Clock } from './core/clock.ts';
import { InvalidOptionError } from './core/errors.ts';
import type { Events } from './core/events.ts';
import type { Ids } from './core/ids.ts';
import type { Random } from './core/random.ts';
import type { FunctionStore } from './functions/store.ts';
import type { Calls } from './invocable.ts';
import { Schedules } from './sources/schedules.ts';
import type { Storage } from './storage/storage.ts';

export interface SchedulingOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly events: Events;
  readonly storage: Storage;
  /** What runs go to; asked for with each of them. */
  readonly rooms: () => { readonly store: FunctionStore; readonly calls: Calls };
}

/** Wires schedules to the functions that they send to. */
export function createSchedules(options: SchedulingOptions): Schedules {
  const { home, clock, ids, random, events, storage, rooms } = options;
  return new Schedules({
    home,
    clock,
    ids,
    random,
    state: storage.isDurable ? storage.state : undefined,
    checkTarget: (reference) => {
      const target = rooms().store.router.target(reference);
      if (target.pick().version.config.perTenant) {
        const hint = 'A schedule names no tenant';
        throw new InvalidOptionError('target', 'a function without `perTenant`', reference, hint);
      }
      return functionArn(home, target.functionName, target.qualifier);
    },
    send: (targetArn, event) => {
      const { store, calls } = rooms();
      return calls.send(store.router.target(targetArn), event);
    },
    onUndelivered: (message) => report(message, events, clock),
  });
}

/** An event that is lost unless somebody listens. */
function report(message: UndeliveredMessage, events: Events, clock: Clock): void {
  events.emit({ type: 'delivery.failed', at: clock.now(), ...message });
  if (!events.has('delivery.failed')) warnOfUndelivered(message);
}
