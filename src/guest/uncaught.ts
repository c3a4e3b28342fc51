import { emitKind } from '../wire/messages.ts';
import { send } from './bridge.ts';
import { describeFailure } from './failure.ts';

/** Whether somebody in the guest took the error: a listener of `uncaughtException`. */
let takesError: ((error: unknown) => boolean) | undefined;

/** `process` comes in here once somebody listens for errors that nobody caught. */
export function onUncaught(takes: (error: unknown) => boolean): void {
  takesError = takes;
}

/** An error that no code of the guest caught: the end of the invocation, unless a listener takes it. */
export function reportUncaught(error: unknown): void {
  let reported = error;
  if (takesError !== undefined) {
    try {
      if (takesError(error)) return;
    } catch (thrown) {
      // The listener failed itself: that is what ends the process in Node.
      reported = thrown;
    }
  }
  send(emitKind.uncaught, describeFailure(reported));
}
