/** `node:console` is the global itself. */
export const builtin = (globalThis as unknown as { console: object }).console;
