import { CodeError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';

/** Where AWS unpacks a function's code; the root of every path in a deployment. */
export const taskRoot = '/var/task';

/** Where AWS unpacks layers. */
export const layerRoot = '/opt';

/** What a deployment package unpacks to. Paths are absolute POSIX paths of the guest, sorted. */
export interface Deployment {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Symbolic links: path to the absolute path they point at. Never leads out of the deployment. */
  readonly links: ReadonlyMap<string, string>;
}

export function createDeployment(
  files: ReadonlyMap<string, Uint8Array>,
  links: ReadonlyMap<string, string> = new Map(),
): Deployment {
  let bytes = 0;
  for (const content of files.values()) bytes += content.byteLength;
  checkUnzippedSize(bytes);
  return sortedDeployment(files, links);
}

/** Of a size that somebody else checked. */
export function sortedDeployment(
  files: ReadonlyMap<string, Uint8Array>,
  links: ReadonlyMap<string, string>,
): Deployment {
  return Object.freeze({ files: sortedByKey(files), links: sortedByKey(links) });
}

/** AWS's check, in AWS's words. Also called with declared sizes, before anything is read or inflated. */
export function checkUnzippedSize(bytes: number): void {
  if (bytes <= limits.unzippedBytes) return;
  throw new CodeError(`Unzipped size must be smaller than ${limits.unzippedBytes} bytes`);
}

function sortedByKey<V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
  // Code unit order, not the locale's: the order decides the bytes of the package.
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
