import { callKind } from '../wire/messages.ts';
import { ask } from './bridge.ts';
import { GlobalEval, NativeError, bareRecord } from './primordials.ts';

/**
 * Parts of the prelude that most handlers never touch. A part is a script text whose value is a function
 * that takes nothing and returns the part; it is asked from the host and evaluated at first touch, so it
 * costs a cold start nothing.
 */
export interface Parts {
  inspect: {
    format(...args: unknown[]): string;
    inspect(value: unknown, options?: object): string;
  };
  'structured-clone': { structuredClone(value: unknown, options?: object): unknown };
}

const loaded = bareRecord<unknown>();

export function part<Name extends keyof Parts>(name: Name): Parts[Name] {
  const known = loaded[name];
  if (known !== undefined) return known as Parts[Name];
  const source = ask(callKind.loadPart, name);
  if (source === undefined) throw new NativeError(`The prelude has no part "${name}"`);
  const fresh = (GlobalEval(source) as () => unknown)();
  loaded[name] = fresh;
  return fresh as Parts[Name];
}
