import punycode from 'punycode/punycode.js';

/** `node:punycode`: deprecated in Node, the package of the same name here as there. */
export const builtin: object = punycode;
