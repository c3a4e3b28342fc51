import type { Access } from './access/access.ts';
import type { ResourcePolicies } from './access/resource-policies.ts';
import type { AsyncRoad } from './async-road.ts';
import type { ControlPlane } from './control-plane.ts';
import type { EventSources } from './event-sources.ts';
import type { Events } from './core/events.ts';
import type { DurableEngine } from './durable/engine.ts';
import type { FunctionStore } from './functions/store.ts';
import type { HttpFront } from './http-front.ts';
import type { Endpoints } from './inspect/endpoints.ts';
import type { Calls } from './invocable.ts';
import type { Admission } from './invoke/admission.ts';
import type { EnvironmentPool } from './invoke/environment-pool.ts';
import type { Executor } from './invoke/executor.ts';
import type { Invoker } from './invoke/invoker.ts';
import type { ResolvedLambdaOptions } from './lambda-options.ts';
import type { InterceptorChain } from './network/interceptor-chain.ts';
import type { LogStore } from './observe/log-store.ts';
import type { Provisioning } from './provisioning.ts';
import type { Resources } from './resources.ts';
import type { Schedules } from './sources/schedules.ts';
import type { Storage } from './storage/storage.ts';

/** What a `Lambda` is made of, for the doors that stand in front of it. */
export interface LambdaRooms {
  readonly options: ResolvedLambdaOptions;
  readonly events: Events;
  /** Undefined where no entries are kept. */
  readonly logs: LogStore | undefined;
  readonly storage: Storage;
  /** Where debuggers connect. */
  readonly endpoints: Endpoints;
  readonly executors: Readonly<Record<'inline' | 'thread', Executor>>;
  /** Answer what guests ask for over HTTP in place of the network. */
  readonly interceptors: InterceptorChain;
  readonly store: FunctionStore;
  readonly control: ControlPlane;
  readonly calls: Calls;
  readonly invoker: Invoker;
  readonly admission: Admission;
  readonly pool: EnvironmentPool;
  readonly road: AsyncRoad;
  readonly sources: EventSources;
  readonly durable: DurableEngine;
  readonly provisioning: Provisioning;
  readonly resources: Resources;
  readonly http: HttpFront;
  readonly schedules: Schedules;
  /** Who asks, and whether they may. */
  readonly access: Access;
  readonly policies: ResourcePolicies;
}

const rooms = new WeakMap<object, LambdaRooms>();

/** Said once by every `Lambda` about itself. */
export function registerRooms(lambda: object, its: LambdaRooms): void {
  rooms.set(lambda, its);
}

/** The rooms of a `Lambda`. Throws a `TypeError` for anything else, also for one of another copy of the package. */
export function roomsOf(lambda: object): LambdaRooms {
  const its = rooms.get(lambda);
  if (its === undefined) throw new TypeError('Expected a `Lambda` of this copy of isolambda');
  return its;
}
