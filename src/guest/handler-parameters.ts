import { FunctionToString, RegExpTest, StringIndexOf } from './primordials.ts';

/** One plain name or a flat destructuring, or nothing, in the head of a function; no defaults, no rest. */
const oneParameter =
  /^(?:async\b\s*)?(?:(?:function\b\s*)?[\w$]*\s*\(\s*(?:[\w$]+|\{[\w$\s,:]*\})?\s*\)\s*(?:=>|\{)|[\w$]+\s*=>)/;

/**
 * Whether a handler can see nothing but the event. Building the context costs a fifth of a warm call of
 * 100 bytes, so it is left out for a handler whose text shows that it has one parameter and never mentions
 * `arguments` or `eval`. Anything unclear (bound functions, comments in the head) gets a context.
 */
export function seesOnlyEvent(handler: (...args: never[]) => unknown): boolean {
  if (handler.length > 1) return false;
  const text = FunctionToString(handler);
  return (
    RegExpTest(oneParameter, text) &&
    StringIndexOf(text, '[native code]') < 0 &&
    StringIndexOf(text, 'arguments') < 0 &&
    StringIndexOf(text, 'eval') < 0
  );
}
