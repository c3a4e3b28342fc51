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
  stringify,
  encode,
  parse,
  decode,
};
