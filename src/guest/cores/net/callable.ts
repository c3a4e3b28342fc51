type Constructor = abstract new (...args: never[]) => object;

/**
 * Node's older classes are functions: programs call them on an object of their own (`Socket.call(this)`
 * after `util.inherits`) or leave out `new`. `initialize` does to such an object what the constructor does.
 */
export function callable<Class extends Constructor>(
  Class: Class,
  initialize: (self: InstanceType<Class>, args: ConstructorParameters<Class>) => void,
): Class {
  const prototype = Class.prototype as object;
  function Callable(this: unknown, ...args: unknown[]): unknown {
    if (new.target !== undefined) return Reflect.construct(Class, args, new.target) as unknown;
    const isOwn = typeof this === 'object' && this !== null && this instanceof Callable;
    if (!isOwn) return Reflect.construct(Class, args, Callable) as unknown;
    initialize(this as InstanceType<Class>, args as ConstructorParameters<Class>);
    return undefined;
  }
  Object.defineProperty(Callable, 'name', { value: Class.name, configurable: true });
  Object.defineProperty(Callable, 'prototype', { value: prototype });
  Object.defineProperty(prototype, 'constructor', {
    value: Callable,
    writable: true,
    configurable: true,
  });
  Object.setPrototypeOf(Callable, Object.getPrototypeOf(Class) as object);
  for (const name of Object.getOwnPropertyNames(Class)) {
    if (name === 'length' || name === 'name' || name === 'prototype') continue;
    Object.defineProperty(Callable, name, Object.getOwnPropertyDescriptor(Class, name) ?? {});
  }
  return Callable as unknown as Class;
}
