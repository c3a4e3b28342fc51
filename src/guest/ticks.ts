import { captureContext, enterContext, getContext } from './async-context.ts';
import { NativePromise, ReflectApply } from './primordials.ts';
import { reportUncaught } from './uncaught.ts';

interface Tick {
  readonly callback: (...args: unknown[]) => unknown;
  readonly args: unknown[];
  readonly context: unknown;
  next: Tick | undefined;
}

/**
 * The queue of `process.nextTick`. As in Node, ticks run when the code of an entry is done and before the
 * reactions of promises. V8 runs those on its own, so a tick that a reaction asks for takes its turn among
 * them instead of after all of them.
 */
let first: Tick | undefined;
let last: Tick | undefined;
let isInEntry = false;
let isScheduled = false;
const settled = NativePromise.resolve();

export function nextTick(callback: (...args: unknown[]) => unknown, args: unknown[]): void {
  const tick: Tick = {
    callback,
    args,
    context: captureContext('TickObject', true),
    next: undefined,
  };
  if (last === undefined) first = tick;
  else last.next = tick;
  last = tick;
  if (isInEntry || isScheduled) return;
  isScheduled = true;
  void runLater();
}

async function runLater(): Promise<void> {
  await settled;
  isScheduled = false;
  runTicks();
}

export function enterEntry(): void {
  isInEntry = true;
}

/** The code of an entry is done. */
export function leaveEntry(): void {
  if (first !== undefined) runTicks();
  isInEntry = false;
}

function runTicks(): void {
  const before = getContext();
  while (first !== undefined) {
    const tick: Tick = first;
    first = tick.next;
    if (first === undefined) last = undefined;
    enterContext(tick.context);
    try {
      ReflectApply(tick.callback, undefined, tick.args);
    } catch (error) {
      reportUncaught(error);
    }
  }
  enterContext(before);
}
