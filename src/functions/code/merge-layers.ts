import { posix } from 'node:path';
import { CodeError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import { sortedDeployment, type Deployment } from './deployment.ts';

/**
 * All that a function finds in its file system: its own files in `/var/task`, and in `/opt` what its layers
 * hold, unpacked one over the other.
 */
export function mergeLayers(code: Deployment, layers: readonly Deployment[]): Deployment {
  if (layers.length === 0) return code;
  const files = new Map(code.files);
  const links = new Map(code.links);
  for (const layer of layers) {
    clearWay(files, links, layer);
    for (const [path, bytes] of layer.files) files.set(path, bytes);
    for (const [path, target] of layer.links) links.set(path, target);
  }
  checkTotalSize(files.values());
  return sortedDeployment(files, links);
}

/** A later file replaces an earlier folder and the other way round, so that no path is both. */
function clearWay(
  files: Map<string, Uint8Array>,
  links: Map<string, string>,
  layer: Deployment,
): void {
  const leaves = new Set([...layer.files.keys(), ...layer.links.keys()]);
  const folders = new Set([...leaves].flatMap(foldersOf));
  for (const earlier of [files, links]) {
    for (const path of earlier.keys()) {
      const isReplaced = leaves.has(path) || folders.has(path);
      if (isReplaced || foldersOf(path).some((folder) => leaves.has(folder))) earlier.delete(path);
    }
  }
}

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = posix.dirname(path); at !== '/'; at = posix.dirname(at)) folders.push(at);
  return folders;
}

/** AWS's check, in AWS's words. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
function checkTotalSize(contents: Iterable<Uint8Array>): void {
  let bytes = 0;
  for (const { byteLength } of contents) bytes += byteLength;
  if (bytes <= limits.unzippedBytes) return;
  throw new CodeError(
    `Function code combined with layers exceeds the maximum allowed size of ${limits.unzippedBytes} bytes. ` +
      `The actual size is ${bytes} bytes.`,
  );
}
