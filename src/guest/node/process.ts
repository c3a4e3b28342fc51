/** `node:process` is the global itself. */
export const builtin = (globalThis as unknown as { process: object }).process;
