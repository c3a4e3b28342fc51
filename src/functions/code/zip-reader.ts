import { promisify } from 'node:util';
import { crc32, inflateRaw, inflateRawSync } from 'node:zlib';
import { CodeError } from '../../core/errors.ts';
import { checkUnzippedSize, createDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { entryPath, linkTarget, UnsafeEntry } from './zip-paths.ts';

const inflate = promisify(inflateRaw);
/** Below this, a trip to the thread pool costs more than inflating. */
const inflateHereBytes = 65_536;
const fileTypeMask = 0o170_000;
const symbolicLink = 0o120_000;

const endSignature = 0x0605_4b50;
const entrySignature = 0x0201_4b50;
const localSignature = 0x0403_4b50;

interface Entry {
  readonly name: string;
  readonly isLink: boolean;
  readonly compression: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

/**
 * Unpacks a package. The archive is hostile until proven otherwise: nothing may leave `root`, and no more is inflated than the entry declared and AWS's limit allows.
 */
export async function readZip(zip: Uint8Array, root: string): Promise<Deployment> {
  try {
    return await unpack(Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength), root);
  } catch (cause) {
    if (cause instanceof CodeError) throw cause;
    // AWS's words; what exactly is wrong stays in `cause`.
    throw new CodeError(
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
      { cause },
    );
  }
}

async function unpack(zip: Buffer, root: string): Promise<Deployment> {
  const entries = readDirectory(zip);
  checkUnzippedSize(entries.reduce((sum, entry) => sum + entry.bytes, 0));

  const files = new Map<string, Uint8Array>();
  const links = new Map<string, string>();
  for (const entry of entries) {
    const path = entryPath(entry.name, root);
    if (path === undefined) continue; // a folder
    if (files.has(path) || links.has(path)) {
      throw new UnsafeEntry(entry.name, 'is there more than once');
    }
    const content = await readEntry(zip, entry);
    if (entry.isLink) links.set(path, linkTarget(entry.name, path, content.toString('utf8'), root));
    else files.set(path, content);
  }
  checkParents([...files.keys(), ...links.keys()], root);
  return createDeployment(files, links);
}

/** A file or link may not also be the folder of another entry; a link there could redirect it. */
function checkParents(paths: readonly string[], root: string): void {
  const leaves = new Set(paths);
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > root.length; end = path.lastIndexOf('/', end - 1)) {
      if (leaves.has(path.slice(0, end))) {
        throw new UnsafeEntry(path, 'lies below an entry that is not a folder');
      }
    }
  }
}

function readDirectory(zip: Buffer): Entry[] {
  const end = findEnd(zip);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  if (at === 0xffff_ffff || count === 0xffff) throw new Error('ZIP64 archives are not supported');

  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (zip.readUInt32LE(at) !== entrySignature) throw new Error('The file list is damaged');
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if ((zip.readUInt16LE(at + 8) & 1) !== 0) throw new UnsafeEntry(name, 'is encrypted');
    const isUnix = zip.readUInt8(at + 5) === 3;
    const mode = zip.readUInt16LE(at + 40);
    entries.push({
      name,
      isLink: isUnix && (mode & fileTypeMask) === symbolicLink,
      compression: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      packedBytes: zip.readUInt32LE(at + 20),
      bytes: zip.readUInt32LE(at + 24),
      offset: zip.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

/** The end record is the last thing in a zip, but for a comment of up to 64 KB. */
function findEnd(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--) {
    if (zip.readUInt32LE(at) === endSignature) return at;
  }
  throw new Error('There is no end record: not a zip, or cut off');
}

async function readEntry(zip: Buffer, entry: Entry): Promise<Buffer> {
  if (zip.readUInt32LE(entry.offset) !== localSignature) {
    throw new UnsafeEntry(entry.name, 'has no local header');
  }
  const nameAndExtra = zip.readUInt16LE(entry.offset + 26) + zip.readUInt16LE(entry.offset + 28);
  const start = entry.offset + 30 + nameAndExtra;
  const packed = zip.subarray(start, start + entry.packedBytes);
  const content = await unpackEntry(packed, entry);
  if (content.length !== entry.bytes || crc32(content) !== entry.crc) {
    throw new UnsafeEntry(entry.name, 'is damaged');
  }
  return content;
}

async function unpackEntry(packed: Buffer, entry: Entry): Promise<Buffer> {
  // A copy: the caller may go on to change or free the bytes that it passed.
  if (entry.compression === 0) return Buffer.from(packed);
  if (entry.compression !== 8) {
    throw new UnsafeEntry(entry.name, `uses compression method ${entry.compression}`);
  }
  // Zip bombs lie about their size; inflating stops at what was declared (zlib wants at least 1).
  const options = { maxOutputLength: Math.max(1, entry.bytes) };
  return entry.bytes < inflateHereBytes
    ? inflateRawSync(packed, options)
    : await inflate(packed, options);
}
