import { Access } from './access/access.ts';
import { ResourcePolicies } from './access/resource-policies.ts';
import { AsyncRoad } from './async-road.ts';
import { ControlPlane } from './control-plane.ts';
import type { Clock } from './core/clock.ts';
import { Events } from './core/events.ts';
import { DurableRoad } from './durable-road.ts';
import { EventSources } from './event-sources.ts';
import { loadCode } from './functions/code/load-code.ts';
import { loadLayer } from './functions/code/load-layer.ts';
import { FunctionStore } from './functions/store.ts';
import { HttpFront } from './http-front.ts';
import { Endpoints } from './inspect/endpoints.ts';
import { Calls } from './invocable.ts';
import { Admission } from './invoke/admission.ts';
import { EnvironmentPool } from './invoke/environment-pool.ts';
import { EnvironmentStarter } from './invoke/environment-starter.ts';
import type { Executor } from './invoke/executor.ts';
import { Invoker } from './invoke/invoker.ts';
import { IsolateExecutor } from './isolate/isolate-executor.ts';
import type { ResolvedLambdaOptions } from './lambda-options.ts';
import type { LambdaRooms } from './lambda-rooms.ts';
import { InterceptorChain } from './network/interceptor-chain.ts';
import { LogStore } from './observe/log-store.ts';
import { checkResourceExists, revisionOfResource } from './permissions.ts';
import { Provisioning } from './provisioning.ts';
import { Resources } from './resources.ts';
import { createSchedules } from './scheduling.ts';
import { FaultyStorage } from './storage/faulty-storage.ts';
import type { Storage } from './storage/storage.ts';
import { urlAuthoriser } from './url-authoriser.ts';

/** Log streams kept; the oldest gives way. */
const mostLogStreams = 1_000;

/**
 * Makes the rooms of a `Lambda` and shows them to each other. Those that need one which is made later get a function
 * that asks for it.
 */
export function buildRooms(resolved: ResolvedLambdaOptions, opened: Storage): LambdaRooms {
  const { clock, ids, random, home, memoryMbPerVcpu, network, faultInjection } = resolved;
  const events = new Events();
  const interceptors = new InterceptorChain();
  const storage =
    faultInjection === undefined ? opened : new FaultyStorage(opened, faultInjection, clock);
  // The log store listens first, so that a listener of the user's finds the line already there.
  const logs = keepLogs(events, resolved.logEntries);
  const endpoints = createEndpoints(events, clock);
  const http = new HttpFront({
    home,
    clock,
    ids,
    storage,
    rooms: () => rooms,
  });
  // What is here comes first: a mock of the web would refuse it.
  interceptors.add(http);
  if (resolved.intercept !== undefined) interceptors.add(resolved.intercept);
  const parts = { options: resolved, events, endpoints, interceptors };
  const executors = {
    inline: createExecutor('inline', parts),
    thread: createExecutor('thread', parts),
  };
  const { concurrency, rateLimits } = resolved;
  const admission = new Admission({ concurrency, rateLimits, events, clock });
  const pool = new EnvironmentPool({
    clock,
    idleTimeoutMs: resolved.idleTimeoutMs,
    ceilingBytes: resolved.memoryCeilingMb * 1_048_576,
  });
  const environments = {
    admission,
    pool,
    starter: new EnvironmentStarter({
      pool,
      executors,
      clock,
      ids,
      events,
      region: home.region,
      credentials: resolved.credentials,
    }),
    clock,
    events,
  };
  const invoker = new Invoker({
    ...environments,
    errorStyle: resolved.errorStyle,
    durable: { invoke: (target, invocation) => durable.engine.invoke(target, invocation) },
  });
  const store = new FunctionStore({
    home,
    loadCode,
    loadLayer,
    findBucket: (name) => resources.find('bucket', name),
    clock,
    ids,
    random,
    memoryMbPerVcpu,
    network,
    onRetired: (version) => pool.retire(version),
    checkSettings: (name, settings) => road.checkSettings(name, settings),
    checkAlias: (alias) => provisioning.checkAlias(alias),
    // What dies with the process needs no second copy in it.
    ...(opened.isDurable && { state: opened.state }),
  });
  const shared = { home, clock, ids, random, events, storage };
  const policies = new ResourcePolicies({
    home,
    ids,
    checkExists: (arn) => checkResourceExists(store, arn),
    revisionOf: (arn) => revisionOfResource(store, arn),
    ...(opened.isDurable && { state: opened.state }),
  });
  const access = new Access({ home, clock, options: resolved.access, policies });
  const resources = new Resources({
    ...shared,
    mayInvoke: (service, target, source) => access.mayInvoke(service, target, source),
  });
  const durable: DurableRoad = new DurableRoad({
    ...shared,
    store,
    invoker,
    resources,
    interceptors,
  });
  const road = new AsyncRoad({
    ...shared,
    store,
    invoker,
    admission,
    executors,
    resources,
    faults: faultInjection,
    durable,
  });
  const sources = new EventSources({
    ...shared,
    store,
    invoker,
    resources,
    findTarget: (arn) => road.find(arn),
  });
  const schedules = createSchedules({ ...shared, rooms: () => rooms });
  http.authorise = urlAuthoriser(access, resolved.access, home);
  const { state } = storage;
  const provisioning = new Provisioning({ ...environments, home, store, state });
  const calls = new Calls(invoker, ids, road, durable.engine);
  const control = new ControlPlane({
    store,
    executors,
    events,
    clock,
    endpoints,
    followers: [road, durable, sources, http, policies, provisioning],
  });
  const rooms: LambdaRooms = Object.freeze({
    options: resolved,
    events,
    logs,
    storage,
    endpoints,
    executors,
    interceptors,
    store,
    control,
    calls,
    invoker,
    admission,
    pool,
    road,
    sources,
    durable: durable.engine,
    provisioning,
    resources,
    http,
    schedules,
    access,
    policies,
  });
  return rooms;
}

interface EngineParts {
  readonly options: ResolvedLambdaOptions;
  readonly events: Events;
  readonly endpoints: Endpoints;
  readonly interceptors: InterceptorChain;
}

function createExecutor(
  tier: 'inline' | 'thread',
  { options, events, endpoints, interceptors }: EngineParts,
): Executor {
  const { blanks, parallelism, clock } = options;
  return new IsolateExecutor({
    tier,
    blanks,
    parallelism,
    onZombies: (count) => events.emit({ type: 'engine.zombies', at: clock.now(), count }),
    endpoints,
    interceptor: interceptors,
  });
}

function createEndpoints(events: Events, clock: Clock): Endpoints {
  return new Endpoints({
    onListening: (host, port) =>
      events.emit({ type: 'inspector.listening', at: clock.now(), host, port }),
    onTarget: ({ title, state }, webSocketUrl) =>
      events.emit({
        type: 'inspector.target',
        at: clock.now(),
        title,
        webSocketUrl,
        isWaiting: state === 'waiting',
      }),
  });
}

function keepLogs(events: Events, entriesPerStream: number): LogStore | undefined {
  if (entriesPerStream === 0) return undefined;
  return new LogStore(events, { entriesPerStream, mostStreams: mostLogStreams });
}
