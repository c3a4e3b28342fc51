import { NativePromise, NativeTypeError } from './primordials.ts';
import { reportUncaught } from './uncaught.ts';

/** The web's `queueMicrotask`; an error in the callback is nobody's to catch, as in Node. */
export function queueMicrotask(callback: unknown): void {
  if (typeof callback !== 'function') {
    throw new NativeTypeError('The "callback" argument must be of type function');
  }
  void run(callback as () => void);
}

/** Made before user code runs, so that waiting for it is one turn of the microtask queue. */
const settled: Promise<void> = NativePromise.resolve();

async function run(callback: () => void): Promise<void> {
  await settled;
  try {
    callback();
  } catch (error) {
    reportUncaught(error);
  }
}
