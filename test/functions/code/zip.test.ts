import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { CodeError } from '../../../src/core/errors.ts';
import { limits } from '../../../src/core/limits.ts';
import { createDeployment, taskRoot } from '../../../src/functions/code/deployment.ts';
import { loadCode } from '../../../src/functions/code/load-code.ts';
import { readZip } from '../../../src/functions/code/zip-reader.ts';
import { writeZip } from '../../../src/functions/code/zip-writer.ts';
import { folderOf, textsOf } from './fixture.ts';

const options = { handler: 'index.handler', runtime: 'nodejs24.x' } as const;
const badZip = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

interface RawEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  /** What the headers claim, where it differs from the truth. */
  readonly bytes?: number;
  readonly crc?: number;
  readonly compression?: number;
  readonly flags?: number;
}

/** A zip with whatever its headers are told to say; libraries refuse to write most of these. */
function rawZip(entries: readonly RawEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '');
    const compression = entry.compression ?? 8;
    const packed = compression === 8 ? deflateRawSync(content) : content;
    const name = Buffer.from(entry.name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt8(3, 5);
    central.writeUInt16LE(entry.flags ?? 0, 8);
    central.writeUInt16LE(compression, 10);
    central.writeUInt32LE(entry.crc ?? crc32(content), 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(entry.bytes ?? content.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(entry.mode ?? 0o100644, 40);
    central.writeUInt32LE(offset, 42);
    locals.push(local, name, packed);
    directory.push(central, name);
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const link = 0o120777;

describe('a bad zip is refused in the words of AWS', () => {
  test.each<[string, Uint8Array, string]>([
    ['no zip at all', Buffer.from('hello'), 'There is no end record'],
    ['nothing', new Uint8Array(), 'There is no end record'],
    ['a zip that is cut off', rawZip([{ name: 'index.js' }]).subarray(0, -4), 'end record'],
    ['a parent folder in a name', rawZip([{ name: '../evil.js' }]), 'leads out'],
    ['a parent folder inside of a name', rawZip([{ name: 'a/../../evil.js' }]), 'leads out'],
    ['an absolute name', rawZip([{ name: '/etc/passwd' }]), 'absolute path'],
    ['a backslash', rawZip([{ name: '..\\evil.js' }]), 'backslash'],
    ['a zero byte', rawZip([{ name: 'a\0.js' }]), 'zero byte'],
    ['a folder that leads out', rawZip([{ name: '../' }]), 'leads out'],
    ['one name twice', rawZip([{ name: 'a.js' }, { name: './a.js' }]), 'more than once'],
    ['a file that is also a folder', rawZip([{ name: 'a' }, { name: 'a/b' }]), 'not a folder'],
    ['a link out', rawZip([{ name: 'a', mode: link, content: '../../etc' }]), 'out of the'],
    ['an absolute link out', rawZip([{ name: 'a', mode: link, content: '/etc' }]), 'out of the'],
    [
      'a file below a link',
      rawZip([{ name: 'a', mode: link, content: 'b' }, { name: 'a/x' }, { name: 'b/y' }]),
      'not a folder',
    ],
    ['a wrong checksum', rawZip([{ name: 'a', content: 'x', crc: 1 }]), 'damaged'],
    ['less than it declares', rawZip([{ name: 'a', content: 'x', bytes: 9 }]), 'damaged'],
    ['an encrypted entry', rawZip([{ name: 'a', flags: 1 }]), 'encrypted'],
    ['an unknown method', rawZip([{ name: 'a', compression: 14 }]), 'compression method 14'],
  ])('%s', async (_what, zip, reason) => {
    const failure = await readZip(zip, taskRoot).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CodeError);
    expect(failure).toMatchObject({
      message: badZip,
      cause: expect.objectContaining({ message: expect.stringContaining(reason) }),
    });
  });
});

test('a zip bomb that lies about its size is stopped while it inflates', async () => {
  const bomb = rawZip([{ name: 'a', content: Buffer.alloc(50_000_000), bytes: 100 }]);
  expect(bomb.length).toBeLessThan(100_000);
  await expect(readZip(bomb, taskRoot)).rejects.toThrow(badZip);
});

test('a package above the size limit is refused before anything is inflated', async () => {
  const half = limits.unzippedBytes / 2 + 1;
  const zip = rawZip([
    { name: 'a', bytes: half },
    { name: 'b', bytes: half },
  ]);
  await expect(readZip(zip, taskRoot)).rejects.toThrow(
    'Unzipped size must be smaller than 262144000 bytes',
  );
});

test('garbage never gets through as anything but a CodeError', async () => {
  const valid = rawZip([
    { name: 'index.js', content: 'x' },
    { name: 'b', content: 'y' },
  ]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      async (changes) => {
        const zip = Buffer.from(valid);
        for (const [at, byte] of changes) zip[at] = byte;
        const outcome = await readZip(zip, taskRoot).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(CodeError);
      },
    ),
    { numRuns: 300 },
  );
});

test('files, folders, links and names as other tools write them are read', async () => {
  const { files, links } = await readZip(
    rawZip([
      { name: 'lib/' },
      { name: './index.js', content: 'one' },
      { name: 'lib//ü.js', content: 'two', compression: 0 },
      { name: 'lib/link.js', mode: link, content: '../index.js' },
      { name: '__proto__', content: 'three' },
    ]),
    taskRoot,
  );
  expect([...files.keys()]).toEqual([
    '/var/task/__proto__',
    '/var/task/index.js',
    '/var/task/lib/ü.js',
  ]);
  expect([...links]).toEqual([['/var/task/lib/link.js', '/var/task/index.js']]);
});

test('a zip keeps its own bytes, hash and size', async () => {
  const zip = zipSync({ 'index.js': strToU8('exports.handler = 1') }, { comment: 'mine' });
  const loaded = await loadCode({ zip }, options);
  expect(loaded.zip).toEqual(zip);
  expect(loaded.codeSize).toBe(zip.length);
  expect(loaded.codeSha256).toBe(createHash('sha256').update(zip).digest('base64'));
});

test('equal files give equal packages, whatever the order and the time', async () => {
  const one = createDeployment(
    new Map([
      ['/var/task/b.js', strToU8('b')],
      ['/var/task/a.js', strToU8('a')],
    ]),
  );
  const other = createDeployment(
    new Map([
      ['/var/task/a.js', strToU8('a')],
      ['/var/task/b.js', strToU8('b')],
    ]),
  );
  expect(Buffer.from(await writeZip(one, taskRoot))).toEqual(
    Buffer.from(await writeZip(other, taskRoot)),
  );
});

test('the hash of a package is the same on every machine', async () => {
  const { codeSha256 } = await loadCode({ source: 'exports.handler = async () => 1\n' }, options);
  expect(codeSha256).toBe('TrjK8d5tMVlbGry+v6nFEkFqn0vayCLKkPpywieqMLQ=');
});

const segment = fc.stringMatching(/^[\w$ü@.-]{1,8}$/).filter((name) => !/^\.+$|^\.git$/.test(name));
const fileName = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

test('any folder survives the way through a package', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fileName, fc.string({ unit: 'binary' }), { minKeys: 1 }),
      async (files) => {
        const names = Object.keys(files);
        fc.pre(!names.some((name) => names.some((other) => other.startsWith(`${name}/`))));
        fc.pre(!Object.values(files).some((text) => text.startsWith('-> ')));
        await using folder = await folderOf(files);
        const fromFolder = await loadCode({ dir: folder.path }, options);
        const fromZip = await loadCode({ zip: fromFolder.zip }, options);

        const expected = Object.entries(files).map(([name, text]) => [`/var/task/${name}`, text]);
        expect(textsOf(fromZip)).toEqual(Object.fromEntries(expected));
        expect(fromZip.codeSha256).toBe(fromFolder.codeSha256);
      },
    ),
    { numRuns: 60 },
  );
});
