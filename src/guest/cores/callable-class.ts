type Constructor<Args extends unknown[], Made> = new (...args: Args) => Made;

/**
 * A class of Node's that may be called without `new`. `before` runs at each call, as deprecations do; what
 * comes back has the class's own prototype. Calling it on an object of one's own makes a new one all the
 * same: `cores/net/callable.ts` is for classes that set such an object up.
 */
export function callableClass<Args extends unknown[], Made extends object>(
  Class: Constructor<Args, Made>,
  name: string,
  before?: () => void,
): ((...args: Args) => Made) & Constructor<Args, Made> {
  function Callable(...args: Args): Made {
    before?.();
    return Reflect.construct(Class, args, new.target ?? Class) as Made;
  }
  Object.defineProperty(Callable, 'name', { value: name });
  Object.defineProperty(Callable, 'length', { value: Class.length });
  Object.defineProperty(Callable, 'prototype', { value: Class.prototype as object });
  Object.defineProperty(Class.prototype, 'constructor', {
    value: Callable,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  return Callable as unknown as ((...args: Args) => Made) & Constructor<Args, Made>;
}
