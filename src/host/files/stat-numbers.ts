import { guestUser, type FileNode } from './nodes.ts';
import { pageBytes, type Volume } from './volume.ts';

/** What `stat` counts blocks in, whatever the disk does. */
const blockBytes = 512;

/** `makedev(1, n)` of Linux's memory devices. */
const deviceNumbers = { null: 0x103, zero: 0x105, random: 0x108 } as const;

/** ext4's magic number: what AWS mounts. */
const fileSystemType = 0xef53;

/**
 * A node in the order of libuv's `uv_stat_t`: dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks,
 * then accessed, modified, changed and born in milliseconds.
 */
export function statNumbers(node: FileNode): number[] {
  return [
    node.volume.device,
    node.typeBits | node.mode,
    node.kind === 'folder' ? node.linkCount : node.links,
    node.isOwn ? guestUser.uid : 0,
    node.isOwn ? guestUser.gid : 0,
    node.kind === 'device' ? deviceNumbers[node.device] : 0,
    pageBytes,
    node.number,
    node.size,
    node.allocatedBytes / blockBytes,
    node.accessedMs,
    node.modifiedMs,
    node.changedMs,
    node.bornMs,
  ];
}

/** A volume in the order of `uv_statfs_t`: type, bsize, frsize, blocks, bfree, bavail, files, ffree. */
export function volumeNumbers(volume: Volume): number[] {
  const blocks = Math.floor(volume.quotaBytes / pageBytes);
  const free = Math.floor((volume.quotaBytes - volume.usedBytes) / pageBytes);
  const names = volume.quotaNames;
  return [
    fileSystemType,
    pageBytes,
    pageBytes,
    blocks,
    free,
    free,
    names,
    names - volume.usedNames,
  ];
}
