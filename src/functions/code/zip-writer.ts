import { posix } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { deflateSync, Zip, ZipPassThrough } from 'fflate';
import { CodeError } from '../../core/errors.ts';
import type { Deployment } from './deployment.ts';

/** A zip without the ZIP64 extension counts its entries in 16 bits. */
const maxEntries = 65_535;
const fileMode = 0o100_644;
const linkMode = 0o120_777;
/** Compressing this much takes some 20 ms; then the host's event loop gets a turn. */
const bytesPerTurn = 1_048_576;

/**
 * The package of a deployment whose paths begin with `root`. Equal deployments give equal bytes on every machine: names
 * are sorted, times and modes are fixed, and fflate (unlike zlib) compresses the same everywhere.
 */
export async function writeZip(deployment: Deployment, root: string): Promise<Uint8Array> {
  const entries = zipEntries(deployment, root);
  if (entries.length > maxEntries) {
    throw new CodeError(
      `The deployment has ${entries.length} files, a zip takes ${maxEntries}. Bundle it with { file }, or remove development dependencies`,
    );
  }

  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    chunks.push(chunk);
  });
  let untilTurn = bytesPerTurn;
  for (const { name, mode, content } of entries) {
    const file = zipFile(name, mode);
    zip.add(file);
    file.push(content, true);
    untilTurn -= content.byteLength;
    if (untilTurn > 0) continue;
    await setImmediate();
    untilTurn = bytesPerTurn;
  }
  zip.end();
  return Buffer.concat(chunks);
}

interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

function zipEntries({ files, links }: Deployment, root: string): Entry[] {
  const nameOf = (path: string): string => path.slice(root.length + 1);
  const entries: Entry[] = [];
  for (const [path, content] of files)
    entries.push({ name: nameOf(path), mode: fileMode, content });
  for (const [path, target] of links) {
    const relative = posix.relative(posix.dirname(path), target) || '.';
    entries.push({ name: nameOf(path), mode: linkMode, content: Buffer.from(relative) });
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Compresses a whole file at once, which takes half the time of fflate's stream. */
class DeflatedFile extends ZipPassThrough {
  override compression = 8;

  override process(content: Uint8Array<ArrayBuffer>, isFinal: boolean): void {
    this.ondata(null, deflateSync(content, { level: 6 }), isFinal);
  }
}

function zipFile(name: string, mode: number): DeflatedFile {
  const file = new DeflatedFile(name);
  file.mtime = new Date(1980, 0, 1); // The format stores local time, so local midnight is constant.
  file.os = 3; // Unix: the mode is in the upper half of the attributes.
  file.attrs = (mode << 16) >>> 0;
  return file;
}
