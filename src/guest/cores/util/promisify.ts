import { ERR_INVALID_ARG_TYPE, nodeError } from '../../node/internal/errors.ts';
import { validateFunction } from '../../node/internal/validators.ts';
import { nextTick } from '../../ticks.ts';

type AnyFunction = (...args: unknown[]) => unknown;

const customPromisify: unique symbol = Symbol.for(
  'nodejs.util.promisify.custom',
) as typeof customPromisify;

/** Names of the arguments of a callback that gets several: the promise gives an object of them. */
export const promisifyArguments: unique symbol = Symbol('customPromisifyArgs');

function promisify(original: AnyFunction): AnyFunction {
  validateFunction(original, 'original');
  const custom = (original as { [customPromisify]?: unknown })[customPromisify];
  if (custom) {
    validateFunction(custom, 'util.promisify.custom');
    return Object.defineProperty(custom, customPromisify, {
      value: custom,
      enumerable: false,
      writable: false,
      configurable: true,
    });
  }
  const names = (original as { [promisifyArguments]?: readonly string[] })[promisifyArguments];
  function promisified(this: unknown, ...args: unknown[]): Promise<unknown> {
    return new Promise((fulfil, reject) => {
      const done = (error: unknown, ...values: unknown[]): void => {
        if (error) reject(error);
        else if (names === undefined || values.length <= 1) fulfil(values[0]);
        else fulfil(Object.fromEntries(names.map((name, index) => [name, values[index]])));
      };
      const result = Reflect.apply(original, this, [...args, done]);
      void result;
    });
  }
  Object.setPrototypeOf(promisified, Object.getPrototypeOf(original) as object | null);
  Object.defineProperty(promisified, customPromisify, {
    value: promisified,
    enumerable: false,
    writable: false,
    configurable: true,
  });
  const fields = Object.getOwnPropertyDescriptors(original) as Record<
    PropertyKey,
    PropertyDescriptor
  >;
  for (const key of Reflect.ownKeys(fields)) {
    try {
      Object.defineProperty(promisified, key, fields[key] as PropertyDescriptor);
    } catch {
      // `prototype` of the original cannot be redefined; Node's own copy fails for it as silently.
    }
  }
  return promisified;
}
promisify.custom = customPromisify;

export { promisify };

const ERR_FALSY_VALUE_REJECTION = nodeError(
  'ERR_FALSY_VALUE_REJECTION',
  Error,
  'Promise was rejected with falsy value',
);

export function callbackify(original: AnyFunction): AnyFunction {
  validateFunction(original, 'original');
  function callbackified(this: unknown, ...args: unknown[]): void {
    const callback = args.pop();
    if (typeof callback !== 'function') {
      throw new ERR_INVALID_ARG_TYPE('last argument', 'function', callback);
    }
    const call = (...results: unknown[]): void => {
      nextTick(() => Reflect.apply(callback, this, results), []);
    };
    (Reflect.apply(original, this, args) as Promise<unknown>).then(
      (value) => call(null, value),
      (reason: unknown) => {
        if (reason) call(reason);
        else call(Object.assign(new ERR_FALSY_VALUE_REJECTION(), { reason }));
      },
    );
  }
  const fields = Object.getOwnPropertyDescriptors(original) as unknown as Record<
    string,
    PropertyDescriptor
  >;
  const { length, name } = fields;
  if (typeof length?.value === 'number') length.value += 1;
  if (typeof name?.value === 'string') name.value += 'Callbackified';
  for (const key of Object.keys(fields)) {
    if (key !== 'prototype') Object.defineProperty(callbackified, key, fields[key] as object);
  }
  return callbackified;
}
