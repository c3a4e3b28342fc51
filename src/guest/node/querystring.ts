import {
  decode,
  encode,
  escape,
  parse,
  stringify,
  unescape,
  unescapeBuffer,
} from 'unenv/node/querystring';
import { Buffer } from './buffer.ts';

/** `node:querystring`: Node's own code, as unenv keeps it. */
export const builtin: Record<string, (...args: never[]) => unknown> = {
  unescapeBuffer: (text: unknown, decodesSpaces: unknown) =>
    Buffer.from(unescapeBuffer(text, decodesSpaces)),
  unescape,
  escape,
  stringify: (...args: unknown[]) => stringify(...withOwn(args, 'encodeURIComponent', 'escape')),
  encode: (...args: unknown[]) => encode(...withOwn(args, 'encodeURIComponent', 'escape')),
  parse: (...args: unknown[]) => parse(...withOwn(args, 'decodeURIComponent', 'unescape')),
  decode: (...args: unknown[]) => decode(...withOwn(args, 'decodeURIComponent', 'unescape')),
};

const usual: Readonly<Record<string, unknown>> = { escape, unescape };

/** Programs may put a function of their own in the place of `escape` and `unescape`. */
function withOwn(args: unknown[], option: string, name: string): never[] {
  if (builtin[name] === usual[name]) return args as never[];
  const [value, separator, equals, options] = args;
  return [value, separator, equals, { [option]: builtin[name], ...(options as object) }] as never[];
}
