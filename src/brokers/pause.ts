import type { Clock } from '../core/clock.ts';

/** Resolves after `ms` on the clock, or as soon as the signal says so. `label` says who waits for what. */
export function pause(
  clock: Clock,
  ms: number,
  label: string,
  signal?: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted === true) return Promise.resolve();
  const timer = clock.setTimer(() => resolve(), ms, { label, keepAlive: false });
  const end = (): void => {
    timer.cancel();
    resolve();
  };
  signal?.addEventListener('abort', end, { once: true });
  return promise.finally(() => signal?.removeEventListener('abort', end));
}
