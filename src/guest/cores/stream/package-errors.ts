import * as all from '../../node/internal/errors.ts';

/** Stands in for the errors that readable-stream brings along: ours have Node's classes and texts. */
export { AbortError, aggregateTwoErrors } from '../../node/internal/errors.ts';

/** Streams take every view of bytes since Node 22; the package names only the old ones. */
class InvalidArgType extends all.ERR_INVALID_ARG_TYPE {
  constructor(name: string, expected: string | readonly string[], actual: unknown) {
    const isChunk = name === 'chunk' && expected.includes('Uint8Array');
    super(name, isChunk ? ['string', 'Buffer', 'TypedArray', 'DataView'] : expected, actual);
  }
}

type ErrorClass = new (...args: never[]) => Error;

/** The package calls some of them without `new`. */
function callable(Class: ErrorClass): unknown {
  return function makeError(...args: never[]) {
    return new Class(...args);
  };
}

export const codes: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries({ ...all, ERR_INVALID_ARG_TYPE: InvalidArgType })
    .filter(([name]) => name.startsWith('ERR_'))
    .map(([name, Class]) => [name, callable(Class as unknown as ErrorClass)]),
);

export const hideStackFrames = <Value>(hidden: Value): Value => hidden;
