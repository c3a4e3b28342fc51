/** What readable-stream would use where the global is missing. */
export const AbortController: undefined = undefined;
