/**
 * The first import of every entry: on a Node that isolated-vm has no binary for, loading stops here with
 * one sentence instead of a linker error.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isSupported = (major === 22 && minor >= 12) || major === 24 || major === 26;

if (!isSupported) {
  const message =
    `isolambda runs on Node 22 (from 22.12), 24 and 26, and this is Node ${process.versions.node}: ` +
    'use one of those, for example with `npx node@24`.';
  throw Object.assign(new Error(message), { code: 'ERR_NODE_VERSION' });
}

export {};
