import type { Clock } from '../../core/clock.ts';
import { FunctionNotFoundError, PayloadTooLargeError, ThrottledError } from '../../core/errors.ts';
import { RecursiveInvocationError } from '../../core/lineage.ts';
import type { InvokeSuccess } from '../../invoke/outcome.ts';
import type { ResolvedRoute } from './api-options.ts';
import type { FunctionCaller, HttpCall } from './function-caller.ts';

/** What became of an integration, as far as an API tells its clients apart. */
export type IntegrationResult =
  | { readonly kind: 'ok'; readonly outcome: InvokeSuccess }
  | { readonly kind: 'failed' | 'timeout' | 'throttled' | 'too-large' };

/**
 * Invokes the function of a route; after the time that an API gives it, the client is told so and the function runs
 * on. Rejects when the `Lambda` is closed or the signal of the call aborts.
 */
export async function integrate(
  route: ResolvedRoute,
  call: HttpCall,
  { caller, clock }: { readonly caller: FunctionCaller; readonly clock: Clock },
): Promise<IntegrationResult> {
  const { functionName, qualifier, timeoutMs } = route;
  const late = new AbortController();
  const label = `${route.method} ${route.path}: the integration with ${functionName}`;
  const timer = clock.setTimer(() => late.abort(), timeoutMs, { label, keepAlive: false });
  const signals = call.signal === undefined ? [late.signal] : [late.signal, call.signal];
  try {
    const signal = AbortSignal.any(signals);
    const outcome = await caller.invoke(functionName, qualifier, { ...call, signal });
    return outcome.status === 'ok' ? { kind: 'ok', outcome } : { kind: 'failed' };
  } catch (error) {
    if (late.signal.aborted) return { kind: 'timeout' };
    if (error instanceof ThrottledError) return { kind: 'throttled' };
    if (error instanceof PayloadTooLargeError) return { kind: 'too-large' };
    if (error instanceof FunctionNotFoundError) return { kind: 'failed' };
    if (error instanceof RecursiveInvocationError) return { kind: 'failed' };
    throw error;
  } finally {
    timer.cancel();
  }
}
