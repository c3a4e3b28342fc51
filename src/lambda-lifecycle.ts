import { setRealTimer } from './core/clock.ts';
import type { RestoredFunctions } from './functions/restore-functions.ts';
import type { LambdaRooms } from './lambda-rooms.ts';
import { hasResource } from './permissions.ts';

/** Brings back what the storage kept, in this order: what comes later names what came before. */
export async function restoreRooms(rooms: LambdaRooms): Promise<RestoredFunctions> {
  const { control, policies, store, resources, provisioning, http } = rooms;
  const functions = await control.restore();
  await resources.restore();
  await policies.restore((arn) => hasResource(store, arn));
  await provisioning.restore();
  await http.restore();
  // Last, since executions and events run from then on, and whoever opens wants to see them.
  await rooms.durable.restore();
  await rooms.road.restore();
  await rooms.sources.mappings.restore();
  await rooms.schedules.restore();
  return functions;
}

/** Ends the rooms of a `Lambda`; `drainMs` bounds in real time how long what runs may go on. */
export async function closeRooms(rooms: LambdaRooms, drainMs: number): Promise<void> {
  const { control, policies, http, schedules, durable, sources, road, invoker } = rooms;
  const { executors, endpoints } = rooms;
  const changesKept = Promise.all([control.close(), policies.close(), http.close()]);
  schedules.stop();
  rooms.calls.close();
  const { promise: tooLate, resolve } = Promise.withResolvers<void>();
  const timer = setRealTimer(resolve, drainMs);
  durable.releaseCallers();
  // Sources first: what their functions send, and what went wrong with them, still finds its way.
  await Promise.race([sources.stop(), tooLate]);
  // Events that are due may still cause invocations, so calls end after them.
  await Promise.race([road.queue.drain(), tooLate]);
  road.queue.stop();
  durable.stop();
  await Promise.race([invoker.drain(), tooLate]);
  timer.cancel();
  sources.cutOff();
  invoker.end();
  rooms.provisioning.close();
  rooms.pool.close();
  await Promise.all([executors.inline.close(), executors.thread.close()]);
  await sources.stop();
  await road.queue.close();
  await durable.close();
  await rooms.resources.close();
  await Promise.all([endpoints.close(), schedules.close(), changesKept]);
  await rooms.storage.close();
}
