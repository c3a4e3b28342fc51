import { StringDecoder } from 'string_decoder/lib/string_decoder.js';

/** `node:string_decoder`: the package of that name, which is Node's own code. */
export const builtin = { StringDecoder };
export { StringDecoder };
