import { readFile } from 'node:fs/promises';
import { CodeError } from '../../core/errors.ts';
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

/** Reads a folder or a zip as it is; refuses one without files. `root`: where it is unpacked to in the guest. */
export async function unpackPackage(
  source: SourceDirectory | SourceZip,
  root: string,
): Promise<Unpacked> {
  if ('dir' in source) {
    const folder = await locate('dir', source.dir);
    const unpacked = await readDirectory(folder, root);
    checkHasFiles(unpacked.deployment, `There are no files in "${folder}" (option \`code.dir\`)`);
    return unpacked;
  }
  if (source.zip instanceof Uint8Array) {
    const zip = Uint8Array.from(source.zip); // The caller's buffer may change; the hash must not.
    return { deployment: await unzip(zip, root), inputFiles: [], zip };
  }
  const path = await locate('zip', source.zip);
  const zip = await readFile(path);
  return { deployment: await unzip(zip, root), inputFiles: [path], zip };
}

async function unzip(zip: Uint8Array, root: string): Promise<Deployment> {
  if (zip.byteLength === 0) throw new CodeError(emptyZip);
  const deployment = await readZip(zip, root);
  checkHasFiles(deployment, emptyZip);
  return deployment;
}

/** AWS's words. */
const emptyZip = 'Uploaded file must be a non-empty zip';

function checkHasFiles({ files, links }: Deployment, otherwise: string): void {
  if (files.size + links.size === 0) throw new CodeError(otherwise);
}
