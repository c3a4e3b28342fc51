import type { ProgramFiles } from '../../core/program.ts';
import { FixedContent } from './content.ts';
import { Folder, RegularFile, SymbolicLink, type FileNode } from './nodes.ts';
import { Volume } from './volume.ts';

/** AWS dates the files of a package by the package; ours have one date, that of the format itself. */
const packageMs = Date.UTC(1980, 0, 1);

/** Folders below one path are made once for all environments of a deployment. */
const known = new WeakMap<ProgramFiles, Map<string, Folder>>();

/** The folder that shows what a file set has below `root`; never changes. */
export function readOnlyFolder(set: ProgramFiles, root: string, device: number): Folder {
  let folders = known.get(set);
  if (folders === undefined) {
    folders = new Map();
    known.set(set, folders);
  }
  let folder = folders.get(root);
  if (folder === undefined) {
    folder = build(set, root, new Volume(device, 0));
    folders.set(root, folder);
  }
  return folder;
}

function build(set: ProgramFiles, root: string, volume: Volume): Folder {
  const top = new Folder(volume, 0o755, packageMs);
  const add = (path: string, node: FileNode): void => {
    const names = path.slice(root.length + 1).split('/');
    const last = names.pop() ?? '';
    node.links = 1;
    folderAt(top, names).put(last, node);
  };
  for (const [path, bytes] of set.files) {
    if (!path.startsWith(`${root}/`)) continue;
    add(path, new RegularFile(volume, 0o644, packageMs, new FixedContent(bytes)));
  }
  for (const [path, target] of set.links) {
    if (path.startsWith(`${root}/`)) add(path, new SymbolicLink(volume, packageMs, target));
  }
  return top;
}

function folderAt(top: Folder, names: readonly string[]): Folder {
  let folder = top;
  for (const name of names) {
    const next = folder.entries.get(name);
    folder = next?.kind === 'folder' ? next : addFolder(folder, name);
  }
  return folder;
}

/** For trees that nobody writes to: nothing is charged. */
export function addFolder(parent: Folder, name: string): Folder {
  const folder = new Folder(parent.volume, 0o755, parent.bornMs);
  folder.links = 1;
  parent.put(name, folder);
  return folder;
}
