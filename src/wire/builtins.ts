/**
 * Builtin modules that the guest offers, with the names an ES module may import from them. The host needs
 * the names before any guest code runs, because ES modules are linked first.
 */
export const builtinExports: Readonly<Record<string, readonly string[]>> = {
  console: ['assert', 'debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'],
  process: [
    'arch',
    'argv',
    'cwd',
    'emitWarning',
    'env',
    'exit',
    'hrtime',
    'nextTick',
    'pid',
    'platform',
    'stderr',
    'stdout',
    'uptime',
    'version',
    'versions',
  ],
  timers: [
    'clearImmediate',
    'clearInterval',
    'clearTimeout',
    'setImmediate',
    'setInterval',
    'setTimeout',
  ],
};
