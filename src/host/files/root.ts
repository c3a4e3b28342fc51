import type { ProgramFiles } from '../../core/program.ts';
import { Device, Folder } from './nodes.ts';
import { addFolder, readOnlyFolder } from './read-only-tree.ts';
import { Volume } from './volume.ts';

/** `st_dev` of what is mounted below `/`; `/tmp` brings its own. */
const devices = { system: 37, task: 38, layers: 39 } as const;

/** Folders that exist on Lambda and that packages look into; what is in them there is not here. */
const emptyFolders = ['bin', 'etc', 'home', 'lib64', 'proc', 'usr'];

const systemDevices = { null: 'null', zero: 'zero', random: 'random', urandom: 'random' } as const;

/**
 * The tree that a guest sees: `/var/task` and `/opt` as deployed, `/tmp` to write to, and as much of the
 * system around them as programs ask for.
 */
export function createRoot(code: ProgramFiles, tmp: Folder): Folder {
  const bornMs = tmp.bornMs;
  const volume = new Volume(devices.system, 0);
  const root = new Folder(volume, 0o755, bornMs);
  for (const name of emptyFolders) addFolder(root, name);
  root.put('opt', readOnlyFolder(code, '/opt', devices.layers));
  root.put('tmp', tmp);

  const variable = addFolder(root, 'var');
  addFolder(variable, 'lang');
  addFolder(variable, 'runtime');
  variable.put('task', readOnlyFolder(code, '/var/task', devices.task));

  const dev = addFolder(root, 'dev');
  for (const [name, kind] of Object.entries(systemDevices)) {
    const device = new Device(volume, bornMs, kind);
    device.links = 1;
    dev.put(name, device);
  }
  return root;
}
