/** Modules that the product refuses or does not offer by design (issue 3), and what needs one. */
const outOfScope = [
  'child_process',
  'cluster',
  'dgram',
  'domain',
  'inspector',
  'readline',
  'repl',
  'trace_events',
  'tty',
  'v8',
  'worker_threads',
];

/** Flags that only quieten; all others change what is tested. */
const harmlessFlags = new Set(['--no-warnings']);

/** Why a file of Node's tests is left out, by what its text says; undefined when it runs. */
export function ruleAgainst(text: string): string | undefined {
  const flags = [...text.matchAll(/^\/\/ Flags:(.*)$/gm)].flatMap(([, list = '']) =>
    list.trim().split(/\s+/),
  );
  const flag = flags.find((name) => !harmlessFlags.has(name));
  if (flag !== undefined) return `needs the flag ${flag}`;

  const modules = [
    ...text.matchAll(/(?:require|import)\(\s*['"](?:node:)?([^'"]+)['"]\s*\)/g),
    ...text.matchAll(/from ['"](?:node:)?([^'"]+)['"]/g),
  ].map(([, name = '']) => name);
  const refused = modules.find((name) => outOfScope.includes(name));
  if (refused !== undefined) return `needs ${refused}`;
  if (modules.some((name) => name.startsWith('internal/'))) return "needs Node's internals";
  if (modules.some((name) => /common\/(child_process|gc|wpt)/.test(name))) {
    return "needs Node's own test tools";
  }
  if (/\bwatch(File)?\(/.test(text)) return 'needs fs.watch, which is refused';
  // The shim for vm runs code in the realm of the test.
  if (modules.includes('vm') && /vm\.(?!runInNewContext)/.test(text)) return 'needs vm';
  if (/\bcreate(Secure)?Server\b/.test(text)) return 'needs a server';
  if (/common\.(getTTYfd|spawnPromisified|escapePOSIXShell)/.test(text)) {
    return 'needs a process of its own';
  }
  return undefined;
}
