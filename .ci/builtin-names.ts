import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

type Entry = (...args: unknown[]) => unknown;
type Boot = (emit: () => void, call: unknown) => Record<'connect' | 'start', Entry>;

/**
 * The names that an ES module may import from each builtin of the guest. The host needs them before any
 * guest code runs, because ES modules are linked first; so the build loads every builtin once, in a bare
 * realm with the bootstrap in it, and writes down what is there.
 */
export function builtinNames(folder: string, parts: readonly string[]): Record<string, string[]> {
  const realm = createContext({});
  const bootstrap = runInContext(readFileSync(`${folder}/main.cjs`, 'utf8'), realm) as () => Boot;
  const loadPart = 3;
  const call = (kind: number, text: string): string | undefined =>
    kind === loadPart && parts.includes(text)
      ? readFileSync(`${folder}/${text}.cjs`, 'utf8')
      : undefined;
  const guest = bootstrap()(() => {}, call);
  guest.connect();
  // Ends in a failure that goes nowhere, since there is no such module; `process` is there then.
  guest.start(JSON.stringify({ ...startMessage, entryPath: '/var/task/index.js' }));
  const require = runInContext('__isolambda_require', realm) as (id: string) => object;
  const builtins = parts
    .filter((id) => id.startsWith('node/') && !id.startsWith('node/internal/'))
    .map((id) => id.slice('node/'.length))
    .sort();
  return Object.fromEntries(builtins.map((name) => [name, namesOf(name, require)]));
}

function namesOf(name: string, require: (id: string) => object): string[] {
  try {
    return Object.keys(require(`node:${name}`)).filter((key) => key !== 'default');
  } catch (error) {
    throw new Error(`build: the builtin ${name} does not load: ${String(error)}`, { cause: error });
  }
}

const startMessage = {
  runtime: 'nodejs24.x',
  environment: {},
  functionName: 'build',
  functionVersion: '$LATEST',
  usualArn: '',
  timeoutMs: 1000,
  memoryMb: 128,
  logGroupName: '',
  logStreamName: '',
  logFormat: 'Text',
  logLevel: 'TRACE',
  allowWebAssembly: false,
  maxResponseBytes: 100,
  entryFormat: 'commonjs',
  exportPath: ['handler'],
  architecture: 'x86_64',
};
