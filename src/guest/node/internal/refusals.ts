import { errorWithCode } from './errors.ts';

/**
 * Builtins that need what an isolate does not have: they load, their classes and functions are there, and
 * whatever is called throws, with Node's own code for a thing that is not permitted.
 */
export function notPermitted(what: string, why: string): Error {
  return Object.assign(
    errorWithCode('ERR_ACCESS_DENIED', `${what} is not available in this environment: ${why}`),
    { permission: what, resource: '' },
  );
}

type Refusal = (...args: unknown[]) => never;

/** A function of that name that throws. */
export function refusal(builtin: string, name: string, why: string): Refusal {
  const refused: Refusal = () => {
    throw notPermitted(`${builtin}.${name}()`, why);
  };
  return Object.defineProperty(refused, 'name', { value: name });
}

/** A class of that name whose constructor throws; packages extend it while they load. */
export function refusedClass(builtin: string, name: string, why: string): () => never {
  // A function, so that it can be a class or be called without `new`.
  function Refused(): never {
    throw notPermitted(`new ${builtin}.${name}()`, why);
  }
  return Object.defineProperty(Refused, 'name', { value: name });
}

/** All functions and classes of a builtin; a capital letter makes a class. */
export function refusals(builtin: string, names: string, why: string): Record<string, unknown> {
  const table: Record<string, unknown> = {};
  for (const name of names.split(' ')) {
    table[name] = /^[A-Z]/.test(name)
      ? refusedClass(builtin, name, why)
      : refusal(builtin, name, why);
  }
  return table;
}
