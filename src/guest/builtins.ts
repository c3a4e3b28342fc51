import { NativeError, bareRecord } from './primordials.ts';

/** Builtin modules that exist so far: what the globals already offer, under Node's names. */
const makers = bareRecord<() => object>();
makers['process'] = () => (globalThis as unknown as { process: object }).process;
makers['console'] = () => (globalThis as unknown as { console: object }).console;
makers['timers'] = () => {
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } =
    globalThis as unknown as Record<string, unknown>;
  return { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
};

const made = bareRecord<object>();

/** A builtin by its name without `node:`. */
export function builtin(name: string): object {
  const known = made[name];
  if (known !== undefined) return known;
  const make = makers[name];
  if (make === undefined) {
    throw Object.assign(
      new NativeError(
        `Cannot find module 'node:${name}': this environment has no "${name}" builtin. ` +
          `It offers ${Object.keys(makers).join(', ')}`,
      ),
      { code: 'MODULE_NOT_FOUND' },
    );
  }
  const fresh = make();
  made[name] = fresh;
  return fresh;
}
