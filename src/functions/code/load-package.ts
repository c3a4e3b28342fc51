import { readFile } from 'node:fs/promises';
import { locate, type SourceDirectory, type SourceZip } from './code-source.ts';
import type { Deployment } from './deployment.ts';
import { readDirectory } from './directory-reader.ts';
import { readZip } from './zip-reader.ts';

export interface Unpacked {
  readonly deployment: Deployment;
  readonly inputFiles: readonly string[];
  /** Given for `{ zip }`: AWS keeps and hashes the bytes that were uploaded. */
  readonly zip?: Uint8Array;
}

/** Reads a folder or a zip as it is. `root`: where it is unpacked to in the guest. */
export async function unpackPackage(
  source: SourceDirectory | SourceZip,
  root: string,
): Promise<Unpacked> {
  if ('dir' in source) return readDirectory(await locate('dir', source.dir), root);
  if (source.zip instanceof Uint8Array) {
    const zip = Uint8Array.from(source.zip); // The caller's buffer may change; the hash must not.
    return { deployment: await readZip(zip, root), inputFiles: [], zip };
  }
  const path = await locate('zip', source.zip);
  const zip = await readFile(path);
  return { deployment: await readZip(zip, root), inputFiles: [path], zip };
}
