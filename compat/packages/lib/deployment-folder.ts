import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A folder as users upload it: the handler and a `node_modules` with what it needs, nothing more. */
export interface DeploymentFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes a deployment folder out of a handler and packages that are installed in `modules`. Packages are
 * linked, not copied; their own nested `node_modules` come along.
 */
export async function deploymentFolder(
  handler: string,
  packages: readonly string[],
  modules: string,
): Promise<DeploymentFolder> {
  const path = await mkdtemp(join(tmpdir(), 'isolambda-packages-'));
  await copyFile(handler, join(path, `index${extname(handler)}`));
  await writeFile(join(path, 'package.json'), JSON.stringify({ name: basename(handler) }));
  for (const name of await closure(packages, modules)) {
    const link = join(path, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(modules, name), link);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The packages and all they depend on, as far as it is installed at the top. */
async function closure(packages: readonly string[], modules: string): Promise<Set<string>> {
  const found = new Set<string>();
  const pending = [...packages];
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (found.has(name)) continue;
    const manifest = await manifestOf(name, modules);
    // Optional packages of other platforms and peers that nobody installed.
    if (manifest === undefined) continue;
    found.add(name);
    const { dependencies, optionalDependencies, peerDependencies } = manifest;
    pending.push(...Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }));
  }
  return found;
}

async function manifestOf(name: string, modules: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The version of an installed package. */
export async function versionOf(name: string, modules: string): Promise<string> {
  const manifest = await manifestOf(name, modules);
  if (manifest === undefined) {
    throw new Error(`${name} is not installed: npm --prefix compat/packages install`);
  }
  return manifest.version;
}
