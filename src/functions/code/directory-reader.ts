import type { Dirent } from 'node:fs';
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { CodeError } from '../../core/errors.ts';
import { checkUnzippedSize, createDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';

/** A host folder and the place where the guest sees it. Both without a trailing slash. */
interface Mount {
  readonly host: string;
  readonly guest: string;
}

const readsAtOnce = 16;

/**
 * Reads a deployment folder, which the guest sees at `root`. A link that stays inside becomes a link of the guest, so that packages
 * keep the identity they have on disk. A link out of it is followed only inside `node_modules` and
 * only to a package (pnpm's store, a workspace), so that a folder cannot pull in `/etc`.
 */
export async function readDirectory(
  directory: string,
  root: string,
): Promise<{ readonly deployment: Deployment; readonly inputFiles: readonly string[] }> {
  try {
    const walk = new Walk({ host: await realpath(directory), guest: root });
    await walk.run();
    const deployment = createDeployment(await readFiles(walk.files), walk.links);
    return { deployment, inputFiles: [...walk.files.values()] };
  } catch (cause) {
    if (cause instanceof CodeError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodeError(`Could not read the deployment folder "${directory}": ${reason}`, {
      cause,
    });
  }
}

class Walk {
  /** Guest path to host path. */
  readonly files = new Map<string, string>();
  readonly links = new Map<string, string>();
  readonly #root: string;
  /** Every real folder is mounted once, so that cycles of links end. */
  readonly #mounts: Mount[];
  readonly #pending: Mount[];

  constructor(root: Mount) {
    this.#root = root.guest;
    this.#mounts = [root];
    this.#pending = [root];
  }

  async run(): Promise<void> {
    for (let folder = this.#pending.shift(); folder; folder = this.#pending.shift()) {
      const entries = await readdir(folder.host, { withFileTypes: true });
      // Sorted, so that the same folder gives the same package everywhere.
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (entry.name !== '.git') await this.#visit(folder, entry);
      }
    }
  }

  async #visit(folder: Mount, entry: Dirent): Promise<void> {
    const item = {
      host: join(folder.host, entry.name),
      guest: `${folder.guest}/${entry.name}`,
    };
    if (entry.isSymbolicLink()) await this.#visitLink(item);
    else if (entry.isDirectory()) this.#pending.push(item);
    else if (entry.isFile()) this.files.set(item.guest, item.host);
    // Sockets, pipes and devices have no content to deploy.
  }

  async #visitLink(link: Mount): Promise<void> {
    const isDependency = link.guest.includes('/node_modules/');
    const target = await realpath(link.host).catch(() => undefined);
    if (target === undefined) {
      if (isDependency) return; // Package managers leave broken links of optional packages behind.
      throw new CodeError(`The link "${link.host}" points at nothing. Remove it or repair it`);
    }
    const inside = this.#guestPath(target);
    if (inside !== undefined) {
      this.links.set(link.guest, inside);
      return;
    }
    if (link.guest.includes('/node_modules/.bin/')) return;
    if (!isDependency || !(await isPackage(target)) || this.#containsMount(target)) {
      throw new CodeError(
        `The link "${link.host}" leads out of the deployment folder, to "${target}". Copy the target into the folder, or bundle with { file }`,
      );
    }
    this.#mount(link, target);
  }

  #mount(link: Mount, target: string): void {
    const mount = storeMount(target, this.#root) ?? { host: target, guest: link.guest };
    // Two stores can hold the same package; the first one stands for both.
    if (!this.#mounts.some(({ guest }) => guest === mount.guest)) this.#pending.push(mount);
    this.#mounts.push(mount);
    const guest = this.#guestPath(target);
    if (guest !== undefined && guest !== link.guest) this.links.set(link.guest, guest);
  }

  #guestPath(host: string): string | undefined {
    const mount = this.#mounts.find((candidate) => contains(candidate.host, host));
    if (mount === undefined) return undefined;
    return posix.join(mount.guest, relative(mount.host, host).split(sep).join('/'));
  }

  #containsMount(host: string): boolean {
    return this.#mounts.some((mount) => contains(host, mount.host));
  }
}

/**
 * pnpm puts a package beside links to its dependencies: `.pnpm/a@1/node_modules/{a,b}`. The whole
 * folder is needed for `a` to find `b`.
 */
function storeMount(target: string, root: string): Mount | undefined {
  const [, host, id] = /^(.*[\\/]\.pnpm[\\/]([^\\/]+)[\\/]node_modules)[\\/]/.exec(target) ?? [];
  if (host === undefined || id === undefined) return undefined;
  return { host, guest: `${root}/node_modules/.pnpm/${id}/node_modules` };
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

async function isPackage(path: string): Promise<boolean> {
  const manifest = await stat(join(path, 'package.json')).catch(() => undefined);
  return manifest?.isFile() ?? false;
}

async function readFiles(paths: ReadonlyMap<string, string>): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const remaining = paths.entries();
  let bytes = 0;
  const reader = async (): Promise<void> => {
    for (const [guest, host] of remaining) {
      bytes += (await stat(host)).size;
      checkUnzippedSize(bytes);
      files.set(guest, await readFile(host));
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, reader));
  return files;
}
