import { describe, expect, test } from 'vitest';
import { FileService } from '../../src/host/files/file-service.ts';
import { FileStorage } from '../../src/host/files/storage.ts';
import { ServiceError } from '../../src/host/service.ts';
import { TestProcess } from './file-fixture.ts';

const writeOnly = 0o1;
const readWrite = 0o2;
const create = 0o100;
const exclusive = 0o200;
const append = 0o2000;
const mb = 1_048_576;

const errorOf = (run: () => unknown): ServiceError => {
  try {
    run();
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
};

describe('/tmp', () => {
  test('what was written can be read, and stays for the next process', () => {
    const storage = new FileStorage(512);
    const first = new TestProcess({ storage });
    first.write('/tmp/note', 'hello');
    first.service.close?.();

    const second = new TestProcess({ storage });
    expect(second.read('/tmp/note')).toBe('hello');
  });

  test('costs nothing before the first call', () => {
    const storage = new FileStorage(512);
    const service = new FileService({
      code: { files: new Map(), links: new Map() },
      storage,
      now: () => 0,
    });
    service.close();
    expect(storage.usedBytes).toBe(0);
  });

  test('a file without a name lives until its last descriptor closes, then its room is free', () => {
    const guest = new TestProcess();
    guest.write('/tmp/a', '');
    const before = guest.storage.usedBytes;
    guest.write('/tmp/a', 'x'.repeat(10_000));
    const descriptor = guest.open('/tmp/a');
    guest.call('unlink', ['/tmp/a']);
    expect(Buffer.from(guest.call('read', [descriptor, 5, 0]) as Uint8Array).toString()).toBe(
      'xxxxx',
    );
    expect(guest.storage.usedBytes).toBeGreaterThan(before);

    guest.call('close', [descriptor]);
    expect(guest.storage.usedBytes).toBe(before);
  });

  test('a process that ends closes what it left open', () => {
    const guest = new TestProcess();
    guest.write('/tmp/a', 'x'.repeat(10_000));
    const before = guest.storage.usedBytes;
    guest.open('/tmp/a');
    guest.call('unlink', ['/tmp/a']);
    guest.service.close();
    expect(guest.storage.usedBytes).toBeLessThan(before);
  });

  test('times come from the clock that was given', () => {
    let nowMs = 5_000;
    const guest = new TestProcess({ now: () => nowMs });
    guest.write('/tmp/a', 'x');
    nowMs = 6_000;
    const descriptor = guest.open('/tmp/a', writeOnly);
    guest.call('write', [descriptor, 0], Buffer.from('y'));
    const [atime, mtime, ctime, birthtime] = guest.stat('/tmp/a').slice(10);
    expect({ atime, mtime, ctime, birthtime }).toEqual({
      atime: 5_000,
      mtime: 6_000,
      ctime: 6_000,
      birthtime: 5_000,
    });
  });

  test('files belong to the user of the function', () => {
    const guest = new TestProcess({ files: { '/var/task/index.js': '' } });
    guest.write('/tmp/a', 'x');
    expect(guest.stat('/tmp/a').slice(1, 5)).toEqual([0o100_644, 1, 993, 990]);
    expect(guest.stat('/tmp').slice(1, 5)).toEqual([0o040_700, 2, 993, 990]);
    expect(guest.stat('/var/task/index.js').slice(1, 5)).toEqual([0o100_644, 1, 0, 0]);
  });

  test('a mode that takes rights away is obeyed', () => {
    const guest = new TestProcess();
    guest.write('/tmp/a', 'x');
    guest.call('chmod', ['/tmp/a', 0o200]);
    expect(guest.code('open', ['/tmp/a', 0, 0])).toBe('EACCES');
    expect(guest.code('open', ['/tmp/a', writeOnly, 0])).toBe('ok');
    guest.call('mkdir', ['/tmp/d', 0o500]);
    expect(guest.code('mkdir', ['/tmp/d/e', 0o777])).toBe('EACCES');
    expect(guest.code('chown', ['/tmp/a', 0, 0])).toBe('EPERM');
    expect(guest.code('chown', ['/tmp/a', 993, -1])).toBe('ok');
  });
});

describe('quota', () => {
  test('writing ends with ENOSPC exactly where the room does', () => {
    const guest = new TestProcess({ quotaMb: 1 });
    const descriptor = guest.open('/tmp/a', writeOnly | create);
    // One page is the folder itself.
    const room = mb - 4_096;
    expect(guest.call('write', [descriptor, null], new Uint8Array(mb))).toBe(`${room}`);
    expect(guest.code('write', [descriptor, null], new Uint8Array(1))).toBe('ENOSPC');
    expect(guest.storage.usedBytes).toBe(mb);
    expect(guest.stat('/tmp/a')[8]).toBe(room);

    guest.call('unlink', ['/tmp/a']);
    guest.call('close', [descriptor]);
    expect(guest.storage.usedBytes).toBe(4_096);
  });

  test('a file cut shorter gives its pages back', () => {
    const guest = new TestProcess({ quotaMb: 1 });
    const descriptor = guest.open('/tmp/a', readWrite | create);
    guest.call('write', [descriptor, null], new Uint8Array(200_000).fill(7));
    guest.call('ftruncate', [descriptor, 5_000]);
    expect(guest.storage.usedBytes).toBe(4_096 + 8_192);

    guest.call('ftruncate', [descriptor, 10_000]);
    const bytes = guest.call('read', [descriptor, 10_000, 0]) as Uint8Array;
    expect(bytes.subarray(0, 5_000).every((byte) => byte === 7)).toBe(true);
    expect(bytes.subarray(5_000).every((byte) => byte === 0)).toBe(true);
  });

  test('holes cost nothing', () => {
    const guest = new TestProcess({ quotaMb: 1 });
    const descriptor = guest.open('/tmp/a', writeOnly | create);
    guest.call('ftruncate', [descriptor, 2 ** 40]);
    guest.call('write', [descriptor, 2 ** 41], Buffer.from('end'));
    expect(guest.stat('/tmp/a')[8]).toBe(2 ** 41 + 3);
    expect(guest.storage.usedBytes).toBe(2 * 4_096);
    expect(guest.code('write', [descriptor, 2 ** 44], Buffer.from('x'))).toBe('EFBIG');
  });

  test('names end too, hard links included', () => {
    const guest = new TestProcess({ quotaMb: 1 });
    for (let index = 0; index < 63; index += 1) guest.write(`/tmp/${index}`, '');
    guest.call('link', ['/tmp/0', '/tmp/link']);
    expect(guest.code('link', ['/tmp/0', '/tmp/another'])).toBe('ENOSPC');
    expect(guest.code('open', ['/tmp/new', writeOnly | create, 0o666])).toBe('ENOSPC');
    expect(guest.code('symlink', ['x', '/tmp/new'])).toBe('ENOSPC');

    guest.call('unlink', ['/tmp/1']);
    expect(guest.code('mkdir', ['/tmp/new', 0o777])).toBe('ok');
  });

  test('folders and long links take a page each and give it back', () => {
    const guest = new TestProcess({ quotaMb: 1 });
    guest.call('mkdirs', ['/tmp/a/b/c', 0o777]);
    guest.call('symlink', ['x'.repeat(1_000), '/tmp/a/b/c/link']);
    expect(guest.storage.usedBytes).toBe(5 * 4_096);
    guest.call('rm', ['/tmp/a']);
    expect(guest.storage.usedBytes).toBe(4_096);
    expect(guest.names('/tmp')).toEqual([]);
  });

  test('statfs tells what is left', () => {
    const guest = new TestProcess({ quotaMb: 1 });
    guest.write('/tmp/a', 'x');
    const [, bsize, , blocks, bfree, , files, ffree] = JSON.parse(
      guest.call('statfs', ['/tmp']) as string,
    ) as number[];
    expect({ bsize, blocks, bfree, files, ffree }).toEqual({
      bsize: 4_096,
      blocks: 256,
      bfree: 254,
      files: 64,
      ffree: 63,
    });
  });

  test('more descriptors than a process may have end in EMFILE, and the lowest free one comes first', () => {
    const guest = new TestProcess();
    guest.write('/tmp/a', '');
    for (let index = 3; index < 1_024; index += 1) expect(guest.open('/tmp/a')).toBe(index);
    expect(guest.code('open', ['/tmp/a', 0, 0])).toBe('EMFILE');
    guest.call('close', [500]);
    guest.call('close', [100]);
    expect(guest.open('/tmp/a')).toBe(100);
    expect(guest.open('/tmp/a')).toBe(500);
  });
});

describe('what is read-only', () => {
  const files = {
    '/var/task/index.js': 'code',
    '/var/task/lib/a.js': 'a',
    '/opt/nodejs/x.js': 'layer',
  };
  const links = { '/var/task/link.js': '/var/task/lib/a.js' };

  test('shows the deployment', () => {
    const guest = new TestProcess({ files, links });
    expect(guest.read('/var/task/index.js')).toBe('code');
    expect(guest.read('/opt/nodejs/x.js')).toBe('layer');
    expect(guest.read('/var/task/link.js')).toBe('a');
    expect(guest.names('/var/task')).toEqual(['index.js', 'lib', 'link.js']);
    expect(guest.call('realpath', ['/var/task/link.js'])).toBe('/var/task/lib/a.js');
    expect(guest.call('readlink', ['/var/task/link.js'])).toBe('/var/task/lib/a.js');
  });

  test.each([
    ['open', ['/var/task/index.js', writeOnly, 0]],
    ['open', ['/var/task/index.js', readWrite, 0]],
    ['open', ['/var/task/new', writeOnly | create, 0o666]],
    ['open', ['/opt/new', writeOnly | create, 0o666]],
    ['open', ['/new', writeOnly | create, 0o666]],
    ['mkdir', ['/var/task/new', 0o777]],
    ['mkdir', ['/home/me', 0o777]],
    ['mkdirs', ['/var/task/a/b', 0o777]],
    ['unlink', ['/var/task/index.js']],
    ['unlink', ['/var/task/nothing']],
    ['rmdir', ['/var/task/lib']],
    ['rmdir', ['/tmp']],
    ['rm', ['/opt/nodejs']],
    ['rename', ['/var/task/index.js', '/var/task/other.js']],
    ['symlink', ['x', '/var/task/new']],
    ['link', ['/var/task/index.js', '/opt/new']],
    ['chmod', ['/var/task/index.js', 0o777]],
    ['utime', ['/var/task/index.js', 0, 0]],
    ['chown', ['/var/task/index.js', 0, 0]],
    ['access', ['/var/task/index.js', 2]],
    ['mkdtemp', ['/var/task/tmp-']],
  ])('%s %j ends in EROFS', (name, args) => {
    expect(new TestProcess({ files, links }).code(name, args)).toBe('EROFS');
  });

  test('an existing name is an error before the place is', () => {
    const guest = new TestProcess({ files, links });
    expect(guest.code('mkdir', ['/var/task/lib', 0o777])).toBe('EEXIST');
    expect(guest.code('mkdir', ['/tmp', 0o777])).toBe('EEXIST');
    expect(guest.code('mkdirs', ['/tmp', 0o777])).toBe('ok');
    const flags = writeOnly | create | exclusive;
    expect(guest.code('open', ['/var/task/index.js', flags, 0])).toBe('EEXIST');
    // Reading may name the flag as long as there is nothing to create.
    expect(guest.code('open', ['/var/task/index.js', create, 0o666])).toBe('ok');
  });

  test('nothing moves from one place to another', () => {
    const guest = new TestProcess({ files, links });
    guest.write('/tmp/a', 'x');
    expect(guest.code('rename', ['/tmp/a', '/opt/a'])).toBe('EXDEV');
    expect(guest.code('rename', ['/var/task/index.js', '/tmp/a'])).toBe('EXDEV');
    expect(guest.code('link', ['/var/task/index.js', '/tmp/b'])).toBe('EXDEV');
  });

  test('what Lambda does not have is not there', () => {
    const guest = new TestProcess();
    for (const path of ['/etc/passwd', '/proc/self/status', '/root/x', '/var/log']) {
      expect(guest.code('open', [path, 0, 0]), path).toBe('ENOENT');
    }
    expect(guest.names('/')).toEqual(
      expect.arrayContaining(['dev', 'etc', 'opt', 'proc', 'tmp', 'var']),
    );
  });

  test('what a guest reads is a copy', () => {
    const guest = new TestProcess({ files });
    const descriptor = guest.open('/var/task/index.js');
    (guest.call('read', [descriptor, 10, 0]) as Uint8Array).fill(0);
    expect(guest.read('/var/task/index.js')).toBe('code');
  });

  test('devices take and give', () => {
    const guest = new TestProcess();
    guest.write('/dev/null', 'gone');
    expect(guest.read('/dev/null')).toBe('');
    const random = guest.open('/dev/urandom');
    expect((guest.call('read', [random, 16, null]) as Uint8Array).byteLength).toBe(16);
  });
});

describe('errors', () => {
  test('read as Node prints them', () => {
    const guest = new TestProcess();
    const missing = errorOf(() => guest.call('open', ['/tmp/x', 0, 0]));
    expect(missing.message).toBe("ENOENT: no such file or directory, open '/tmp/x'");
    expect(missing.fields).toEqual({ errno: -2, code: 'ENOENT', syscall: 'open', path: '/tmp/x' });

    const moved = errorOf(() => guest.call('rename', ['/tmp/x', '/tmp/y']));
    expect(moved.message).toBe("ENOENT: no such file or directory, rename '/tmp/x' -> '/tmp/y'");
    expect(moved.fields).toEqual({
      errno: -2,
      code: 'ENOENT',
      syscall: 'rename',
      path: '/tmp/x',
      dest: '/tmp/y',
    });

    const closed = errorOf(() => guest.call('read', [77, 1, null]));
    expect(closed.message).toBe('EBADF: bad file descriptor, read');
    expect(closed.fields).toEqual({ errno: -9, code: 'EBADF', syscall: 'read' });
  });

  test('a link that leads to itself, names that are too long, an empty path', () => {
    const guest = new TestProcess();
    guest.call('symlink', ['loop', '/tmp/loop']);
    expect(guest.code('stat', ['/tmp/loop'])).toBe('ELOOP');
    expect(guest.code('stat', [`/tmp/${'n'.repeat(256)}`])).toBe('ENAMETOOLONG');
    expect(guest.code('stat', [`/tmp/${'ü'.repeat(128)}`])).toBe('ENAMETOOLONG');
    expect(guest.code('stat', ['/x'.repeat(2_048)])).toBe('ENAMETOOLONG');
    expect(guest.code('stat', [''])).toBe('ENOENT');
  });

  test('a chain of 40 links is followed, one more is not', () => {
    const guest = new TestProcess();
    guest.write('/tmp/0', 'end');
    for (let index = 1; index <= 41; index += 1) {
      guest.call('symlink', [`${index - 1}`, `/tmp/${index}`]);
    }
    expect(guest.read('/tmp/40')).toBe('end');
    expect(guest.code('stat', ['/tmp/41'])).toBe('ELOOP');
  });

  test.each([
    ['text that is no JSON', 'open', '{'],
    ['text that is no array', 'open', '{}'],
    ['a path that is no string', 'open', '[1,0,0]'],
    ['a path with a zero byte', 'open', '["/tmp/\\u0000",0,0]'],
    ['flags with a fraction', 'open', '["/tmp/x",0.5,0]'],
    ['a length beyond one transfer', 'read', '[3,4194305,null]'],
    ['a negative length', 'read', '[3,-1,null]'],
    ['a position that is no number', 'read', '[3,1,"0"]'],
    ['a write without bytes', 'write', '[3,null]'],
    ['a time that no date has', 'utime', '["/tmp",1e300,0]'],
  ])('%s is refused', (_what, name, text) => {
    const { service } = new TestProcess();
    expect(errorOf(() => service.calls[`fs.${name}`]?.(text, undefined)).code).toBe(
      'ERR_INVALID_ARG_VALUE',
    );
  });

  test('a question of megabytes is refused unread', () => {
    const { service } = new TestProcess();
    const text = JSON.stringify(['/x'.repeat(100_000), 0, 0]);
    expect(errorOf(() => service.calls['fs.open']?.(text, undefined)).code).toBe(
      'ERR_INVALID_ARG_VALUE',
    );
  });
});

describe('calls', () => {
  test('appending writes at the end wherever the position says', () => {
    const guest = new TestProcess();
    guest.write('/tmp/a', 'one');
    const descriptor = guest.open('/tmp/a', writeOnly | append);
    guest.call('write', [descriptor, 0], Buffer.from('two'));
    expect(guest.read('/tmp/a')).toBe('onetwo');
  });

  test('relative paths start at the working folder', () => {
    const guest = new TestProcess({ files: { '/var/task/data/x.txt': 'x' } });
    expect(guest.call('cwd', [])).toBe('/var/task');
    expect(guest.read('data/x.txt')).toBe('x');
    guest.call('chdir', ['data']);
    expect(guest.read('./x.txt')).toBe('x');
    expect(guest.call('cwd', [])).toBe('/var/task/data');
    expect(guest.code('chdir', ['x.txt'])).toBe('ENOTDIR');
  });

  test('a folder of many names is told in pieces', () => {
    const guest = new TestProcess({ quotaMb: 512 });
    for (let index = 0; index < 9_000; index += 1) {
      guest.call('mkdir', [`/tmp/${index}`, 0o777]);
    }
    const first = JSON.parse(guest.call('scandir', ['/tmp', 0]) as string) as {
      names: string[];
      kinds: string;
      next?: number;
    };
    expect([first.names.length, first.kinds.length, first.next]).toEqual([8_192, 8_192, 8_192]);
    const rest = JSON.parse(guest.call('scandir', ['/tmp', 8_192]) as string) as typeof first;
    expect([rest.names.length, rest.next]).toEqual([808, undefined]);
  });

  test('copyfile opens both and copies on in steps', () => {
    const guest = new TestProcess();
    guest.write('/tmp/a', 'x'.repeat(100));
    guest.call('chmod', ['/tmp/a', 0o600]);
    guest.write('/tmp/b', 'y'.repeat(500));
    const opened = guest.call('copyfile', ['/tmp/a', '/tmp/b', 0]);
    const [from, to] = JSON.parse(opened as string) as [number, number];
    expect(guest.call('copyOn', ['/tmp/a', '/tmp/b', from, to, 60])).toBe('60');
    expect(guest.call('copyOn', ['/tmp/a', '/tmp/b', from, to, 60])).toBe('40');
    expect(guest.call('copyOn', ['/tmp/a', '/tmp/b', from, to, 60])).toBe('0');
    expect(guest.read('/tmp/b')).toBe('x'.repeat(100));
    expect(guest.stat('/tmp/b')[1]).toBe(0o100_600);
    expect(guest.call('copyfile', ['/tmp/a', '/tmp/a', 0])).toBeUndefined();
    expect(guest.code('copyfile', ['/tmp/a', '/tmp/b', 1])).toBe('EEXIST');
  });

  test('a small file is read and written in one call, a large one is opened', () => {
    const guest = new TestProcess({ quotaMb: 8 });
    guest.call('writefile', ['/tmp/a', 0o1101, 0o666], Buffer.from('small'));
    const bytes = guest.call('readfile', ['/tmp/a', 0]) as Uint8Array;
    expect(Buffer.from(bytes).toString()).toBe('small');
    expect(guest.code('readfile', ['/tmp/none', 0])).toBe('ENOENT');
    expect(guest.call('readfile', ['/tmp', 0])).toBe('[3,4096]');

    const large = guest.open('/tmp/b', writeOnly | create);
    guest.call('ftruncate', [large, 5 * mb]);
    expect(guest.call('readfile', ['/tmp/b', 0])).toBe(`[5,${5 * mb}]`);
  });

  test('a write in one call that does not fit leaves what did', () => {
    const guest = new TestProcess({ quotaMb: 1 });
    const error = errorOf(() =>
      guest.call('writefile', ['/tmp/a', 0o1101, 0o666], new Uint8Array(2 * mb)),
    );
    expect(error.message).toBe('ENOSPC: no space left on device, write');
    expect(guest.stat('/tmp/a')[8]).toBe(mb - 4_096);
    expect(guest.open('/tmp/a')).toBe(3);
  });

  test('the standard streams are open and empty', () => {
    const guest = new TestProcess();
    expect((guest.call('read', [0, 10, null]) as Uint8Array).byteLength).toBe(0);
    expect(guest.code('fstat', [1])).toBe('ok');
  });

  test('folders nested deeper than a stack are removed', () => {
    const guest = new TestProcess();
    let inner = '/tmp/top';
    guest.call('mkdir', [inner, 0o777]);
    for (let index = 0; index < 20_000; index += 1) {
      // Each folder is made outside and moved around what is there already.
      guest.call('mkdir', ['/tmp/next', 0o777]);
      guest.call('rename', [inner, '/tmp/next/x']);
      inner = '/tmp/next';
      guest.call('rename', [inner, '/tmp/top']);
      inner = '/tmp/top';
    }
    guest.call('rm', ['/tmp/top']);
    expect(guest.storage.usedBytes).toBe(4_096);
  });

  test('mkdtemp makes a folder with six letters more', () => {
    const guest = new TestProcess();
    guest.call('mkdtemp', ['/tmp/prefix-']);
    const [name = ''] = guest.names('/tmp');
    expect(name).toMatch(/^prefix-[a-zA-Z0-9]{6}$/);
  });

  test('operations answer as calls do', async () => {
    const { service } = new TestProcess();
    const { signal } = new AbortController();
    await expect(
      service.operations['fs.open']?.('["/tmp/x",0,0]', undefined, signal),
    ).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(
      service.operations['fs.mkdirs']?.('["/tmp/x/y",511]', undefined, signal),
    ).resolves.toBe('/tmp/x');
  });
});

test('a folder with very many names goes in one piece, in time that grows with them alone', () => {
  const storage = new FileStorage(4_096);
  const process = new TestProcess({ storage });
  process.call('mkdir', ['/tmp/many', 0o777]);
  process.call('rm', ['/tmp/many']);
  const before = storage.usedBytes;
  process.call('mkdir', ['/tmp/many', 0o777]);
  for (let count = 0; count < 200_000; count += 1) {
    process.call('symlink', ['x', `/tmp/many/${count}`]);
  }
  process.call('rm', ['/tmp/many']);
  expect(() => process.call('stat', ['/tmp/many'])).toThrow(/ENOENT/);
  expect(storage.usedBytes).toBe(before);
});
