import type { Clock } from '../core/clock.ts';

/**
 * Waits on a clock for somebody on the host, until `signal` aborts. `onWaiting` hears 1 when the wait begins
 * and -1 when it is over, before anything else happens.
 */
export function sleepOn(
  clock: Clock,
  ms: number,
  wait: {
    readonly label: string;
    readonly signal: AbortSignal;
    readonly onWaiting: (change: 1 | -1) => void;
  },
): Promise<void> {
  const { label, signal, onWaiting } = wait;
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => {
    timer.cancel();
    onWaiting(-1);
    reject(signal.reason as Error);
  };
  const timer = clock.setTimer(
    () => {
      signal.removeEventListener('abort', onAbort);
      onWaiting(-1);
      resolve();
    },
    ms,
    { label },
  );
  signal.addEventListener('abort', onAbort, { once: true });
  onWaiting(1);
  return promise;
}
