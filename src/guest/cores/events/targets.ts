import { ERR_INVALID_ARG_TYPE } from '../../node/internal/errors.ts';
import { part } from '../../parts.ts';

type Listener = (...args: never[]) => unknown;

/** An emitter of Node's or an event target of the web's: what `events.once` and `on` take. */
export interface EitherTarget {
  on?: (type: unknown, listener: Listener) => unknown;
  once?: (type: unknown, listener: Listener) => unknown;
  removeListener?: (type: unknown, listener: Listener) => unknown;
  addEventListener?: (type: unknown, listener: Listener, options?: object) => unknown;
  removeEventListener?: (type: unknown, listener: Listener, options?: object) => unknown;
}

export const webTargets = (): typeof import('../../web/event-target.ts') =>
  part('web/event-target') as typeof import('../../web/event-target.ts');

/** `{ once: true }` that goes on although somebody stopped the event. */
export function onceOptions(): object {
  return { once: true, [webTargets().resistStopPropagation]: true };
}

export function addTo(
  target: EitherTarget,
  type: unknown,
  listener: Listener,
  options?: { readonly once?: boolean },
): void {
  if (typeof target.on === 'function') {
    if (options?.once === true && typeof target.once === 'function') target.once(type, listener);
    else target.on(type, listener);
  } else if (typeof target.addEventListener === 'function') {
    target.addEventListener(type, listener, options);
  } else {
    throw new ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', target);
  }
}

export function removeFrom(target: EitherTarget, type: unknown, listener: Listener): void {
  if (typeof target.removeListener === 'function') {
    target.removeListener(type, listener);
  } else if (typeof target.removeEventListener === 'function') {
    target.removeEventListener(type, listener);
  } else {
    throw new ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', target);
  }
}
