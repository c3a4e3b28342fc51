import { emitKind } from '../wire/messages.ts';
import { send } from './bridge.ts';
import { describeFailure } from './failure.ts';
import { NativeTypeError, PromiseResolve, PromiseThen } from './primordials.ts';

/** The web's `queueMicrotask`; an error in the callback is nobody's to catch, as in Node. */
export function queueMicrotask(callback: unknown): void {
  if (typeof callback !== 'function') {
    throw new NativeTypeError('The "callback" argument must be of type function');
  }
  void PromiseThen(PromiseResolve(undefined), () => {
    try {
      (callback as () => void)();
    } catch (error) {
      send(emitKind.uncaught, describeFailure(error));
    }
  });
}
