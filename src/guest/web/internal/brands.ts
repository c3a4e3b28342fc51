/**
 * Which class an object is of, asked without loading that class: what has never been loaded has no
 * instances. Each class enters its own test when its part is evaluated.
 */
type Test = (value: object) => boolean;

interface Brands {
  AbortSignal?: Test;
  Blob?: Test;
  DOMException?: Test;
  FormData?: Test;
  MessagePort?: Test;
  ReadableStream?: Test;
  URLSearchParams?: Test;
}

const tests: Brands = Object.create(null) as Brands;

export function defineBrand(name: keyof Brands, test: Test): void {
  tests[name] = test;
}

export function isOf(name: keyof Brands, value: unknown): value is object {
  return typeof value === 'object' && value !== null && tests[name]?.(value) === true;
}
