/** A name that stands for its value once it is touched, or set. */
export function defineLazyExport(exports: object, name: string, make: () => unknown): void {
  const replace = (value: unknown): void => {
    Object.defineProperty(exports, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: true,
    });
  };
  Object.defineProperty(exports, name, {
    get: () => {
      const value = make();
      replace(value);
      return value;
    },
    set: replace,
    configurable: true,
    enumerable: true,
  });
}
