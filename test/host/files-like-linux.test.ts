import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestProcess } from './file-fixture.ts';

/** One call as both worlds make it: paths are below a folder of their own. */
interface Step {
  readonly name: string;
  run(world: World): unknown;
}

/** The same few system calls, on a disk of this machine or in memory. Failures throw an error with a code. */
interface World {
  open(path: string, flags: number): void;
  close(slot: number): void;
  read(slot: number, length: number, position: number | null): string;
  write(slot: number, text: string, position: number | null): number;
  ftruncate(slot: number, size: number): void;
  mkdir(path: string): void;
  mkdirs(path: string): boolean;
  rmdir(path: string): void;
  unlink(path: string): void;
  rm(path: string): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  symlink(target: string, path: string): void;
  readlink(path: string): string;
  realpath(path: string): string;
  list(path: string): readonly string[];
  stat(path: string, follow: boolean): readonly (number | string)[];
  fstat(slot: number): readonly (number | string)[];
  copy(from: string, to: string, mode: number): void;
  access(path: string): void;
}

class Disk implements World {
  readonly #root: string;
  readonly #open: number[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  #at(path: string): string {
    return `${this.#root}/${path}`;
  }

  #descriptor(slot: number): number {
    return this.#open[slot % 8] ?? 99_999;
  }

  open(path: string, flags: number): void {
    this.#open.push(fs.openSync(this.#at(path), flags, 0o666));
  }

  close(slot: number): void {
    fs.closeSync(this.#descriptor(slot));
    this.#open.splice(slot % 8, 1);
  }

  closeAll(): void {
    for (const descriptor of this.#open) fs.closeSync(descriptor);
  }

  read(slot: number, length: number, position: number | null): string {
    const bytes = Buffer.alloc(length);
    const count = fs.readSync(this.#descriptor(slot), bytes, 0, length, position);
    return bytes.toString('latin1', 0, count);
  }

  write(slot: number, text: string, position: number | null): number {
    return fs.writeSync(this.#descriptor(slot), text, position);
  }

  ftruncate(slot: number, size: number): void {
    fs.ftruncateSync(this.#descriptor(slot), size);
  }

  mkdir(path: string): void {
    fs.mkdirSync(this.#at(path));
  }

  mkdirs(path: string): boolean {
    return fs.mkdirSync(this.#at(path), { recursive: true }) !== undefined;
  }

  rmdir(path: string): void {
    fs.rmdirSync(this.#at(path));
  }

  unlink(path: string): void {
    fs.unlinkSync(this.#at(path));
  }

  rm(path: string): void {
    fs.rmSync(this.#at(path), { recursive: true });
  }

  rename(from: string, to: string): void {
    fs.renameSync(this.#at(from), this.#at(to));
  }

  link(from: string, to: string): void {
    fs.linkSync(this.#at(from), this.#at(to));
  }

  symlink(target: string, path: string): void {
    fs.symlinkSync(target, this.#at(path));
  }

  readlink(path: string): string {
    return fs.readlinkSync(this.#at(path));
  }

  realpath(path: string): string {
    return fs.realpathSync.native(this.#at(path)).slice(this.#root.length);
  }

  list(path: string): readonly string[] {
    return fs
      .readdirSync(this.#at(path), { withFileTypes: true })
      .map((entry) => `${entry.name}${kindOf(entry)}`);
  }

  stat(path: string, follow: boolean): readonly (number | string)[] {
    return figures(follow ? fs.statSync(this.#at(path)) : fs.lstatSync(this.#at(path)));
  }

  fstat(slot: number): readonly (number | string)[] {
    return figures(fs.fstatSync(this.#descriptor(slot)));
  }

  copy(from: string, to: string, mode: number): void {
    fs.copyFileSync(this.#at(from), this.#at(to), mode);
  }

  access(path: string): void {
    fs.accessSync(this.#at(path));
  }
}

function kindOf(node: fs.Stats | fs.Dirent): string {
  if (node.isDirectory()) return 'd';
  return node.isSymbolicLink() ? 'l' : 'f';
}

/** What does not depend on the disk: the sizes of folders and how they count links do. */
function figures(stats: fs.Stats): readonly (number | string)[] {
  return stats.isDirectory() ? ['d'] : [kindOf(stats), stats.nlink, stats.size];
}

class Memory implements World {
  readonly guest = new TestProcess();
  readonly #open: number[] = [];

  constructor() {
    this.guest.call('mkdirs', [root, 0o777]);
  }

  #at(path: string): string {
    return `${root}/${path}`;
  }

  #descriptor(slot: number): number {
    return this.#open[slot % 8] ?? 99_999;
  }

  open(path: string, flags: number): void {
    this.#open.push(this.guest.open(this.#at(path), flags));
  }

  close(slot: number): void {
    this.guest.call('close', [this.#descriptor(slot)]);
    this.#open.splice(slot % 8, 1);
  }

  read(slot: number, length: number, position: number | null): string {
    const bytes = this.guest.call('read', [this.#descriptor(slot), length, position]);
    return Buffer.from(bytes as Uint8Array).toString('latin1');
  }

  write(slot: number, text: string, position: number | null): number {
    const args = [this.#descriptor(slot), position];
    return Number(this.guest.call('write', args, Buffer.from(text)));
  }

  ftruncate(slot: number, size: number): void {
    this.guest.call('ftruncate', [this.#descriptor(slot), size]);
  }

  mkdir(path: string): void {
    this.guest.call('mkdir', [this.#at(path), 0o777]);
  }

  mkdirs(path: string): boolean {
    return this.guest.call('mkdirs', [this.#at(path), 0o777]) !== undefined;
  }

  rmdir(path: string): void {
    this.guest.call('rmdir', [this.#at(path)]);
  }

  unlink(path: string): void {
    this.guest.call('unlink', [this.#at(path)]);
  }

  rm(path: string): void {
    // As `fs.rm` does: a look first.
    this.guest.call('lstat', [this.#at(path)]);
    this.guest.call('rm', [this.#at(path)]);
  }

  rename(from: string, to: string): void {
    this.guest.call('rename', [this.#at(from), this.#at(to)]);
  }

  link(from: string, to: string): void {
    this.guest.call('link', [this.#at(from), this.#at(to)]);
  }

  symlink(target: string, path: string): void {
    this.guest.call('symlink', [target, this.#at(path)]);
  }

  readlink(path: string): string {
    return this.guest.call('readlink', [this.#at(path)]) as string;
  }

  realpath(path: string): string {
    return (this.guest.call('realpath', [this.#at(path)]) as string).slice(root.length);
  }

  list(path: string): readonly string[] {
    const listed = JSON.parse(this.guest.call('scandir', [this.#at(path), 0]) as string) as {
      names: string[];
      kinds: string;
    };
    return listed.names.map((name, index) => `${name}${listed.kinds[index]}`).sort();
  }

  stat(path: string, follow: boolean): readonly (number | string)[] {
    return this.#figures(this.guest.stat(this.#at(path), follow ? 'stat' : 'lstat'));
  }

  fstat(slot: number): readonly (number | string)[] {
    const answer = this.guest.call('fstat', [this.#descriptor(slot)]);
    return this.#figures(JSON.parse(answer as string) as number[]);
  }

  #figures(numbers: readonly number[]): readonly (number | string)[] {
    const [, mode = 0, nlink = 0, , , , , , size = 0] = numbers;
    const kind = { 0o040_000: 'd', 0o120_000: 'l' }[mode & 0o170_000] ?? 'f';
    return kind === 'd' ? ['d'] : [kind, nlink, size];
  }

  copy(from: string, to: string, mode: number): void {
    const paths = [this.#at(from), this.#at(to)];
    const opened = this.guest.call('copyfile', [...paths, mode]);
    if (opened === undefined) return;
    const [source, target] = JSON.parse(opened as string) as [number, number];
    while (this.guest.call('copyOn', [...paths, source, target, 1_000]) !== '0');
    this.guest.call('close', [source]);
    this.guest.call('close', [target]);
  }

  access(path: string): void {
    this.guest.call('access', [this.#at(path), 0]);
  }
}

/** Paths may climb out of the root; so deep, they do not climb out of what belongs to the test. */
const depth = 'd/d/d/d/d/d';
const root = `/tmp/${depth}`;

const name = fc.constantFrom('a', 'b', 'l', 'm');
const plainPath = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const path = fc.oneof(
  { weight: 8, arbitrary: plainPath },
  { weight: 1, arbitrary: plainPath.map((plain) => `${plain}/`) },
  { weight: 1, arbitrary: plainPath.map((plain) => `${plain}/.`) },
  { weight: 1, arbitrary: plainPath.map((plain) => `${plain}/../${plain}`) },
);
const target = fc.constantFrom('a', 'b', 'a/b', 'l', '../a', '.', 'nowhere', 'a/', 'b/a/');
const slot = fc.nat(9);
const position = fc.option(fc.nat(20_000), { nil: null });
const C = fs.constants;
const flags = fc
  .tuple(
    fc.constantFrom(C.O_RDONLY, C.O_WRONLY, C.O_RDWR),
    fc.subarray([C.O_CREAT, C.O_EXCL, C.O_TRUNC, C.O_APPEND, C.O_DIRECTORY, C.O_NOFOLLOW]),
  )
  // Linux leaves open what a new file that must be a folder is, and whether reading truncates.
  .filter(([, more]) => !(more.includes(C.O_DIRECTORY) && more.includes(C.O_CREAT)))
  .filter(([access, more]) => !(access === C.O_RDONLY && more.includes(C.O_TRUNC)))
  .filter(([, more]) => !more.includes(C.O_EXCL) || more.includes(C.O_CREAT))
  .map(([access, more]) => more.reduce((all, flag) => all | flag, access));

const onPath = (call: 'mkdir' | 'rmdir' | 'unlink' | 'readlink' | 'realpath' | 'access' | 'list') =>
  path.map((at): Step => ({ name: `${call} ${at}`, run: (world) => world[call](at) }));
const onPaths = (call: 'rename' | 'link') =>
  fc
    .tuple(path, path)
    .map(([a, b]): Step => ({ name: `${call} ${a} ${b}`, run: (world) => world[call](a, b) }));

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(path, flags).map(([at, bits]): Step => ({
    name: `open ${at} ${bits.toString(8)}`,
    run: (world) => world.open(at, bits),
  })),
  plainPath.map((at): Step => ({
    name: `create ${at}`,
    run: (world) => world.open(at, C.O_RDWR | C.O_CREAT),
  })),
  slot.map((at): Step => ({ name: `close ${at}`, run: (world) => world.close(at) })),
  fc.tuple(slot, fc.integer({ min: 1, max: 20_000 }), position).map(([at, length, from]): Step => ({
    name: `read ${at} ${length} ${from}`,
    run: (world) => world.read(at, length, from),
  })),
  fc.tuple(slot, fc.integer({ min: 1, max: 9_000 }), position).map(([at, length, from]): Step => ({
    name: `write ${at} ${length} ${from}`,
    run: (world) => world.write(at, String.fromCodePoint(65 + (length % 26)).repeat(length), from),
  })),
  fc.tuple(slot, fc.nat(70_000)).map(([at, size]): Step => ({
    name: `ftruncate ${at} ${size}`,
    run: (world) => world.ftruncate(at, size),
  })),
  onPath('mkdir'),
  plainPath.map((at): Step => ({ name: `mkdirs ${at}`, run: (world) => world.mkdirs(at) })),
  onPath('rmdir'),
  onPath('unlink'),
  plainPath.map((at): Step => ({ name: `rm ${at}`, run: (world) => world.rm(at) })),
  onPaths('rename'),
  onPaths('link'),
  fc.tuple(target, path).map(([to, at]): Step => ({
    name: `symlink ${to} ${at}`,
    run: (world) => world.symlink(to, at),
  })),
  onPath('readlink'),
  onPath('realpath'),
  onPath('access'),
  onPath('list'),
  fc.tuple(path, fc.boolean()).map(([at, follow]): Step => ({
    name: `stat ${at} ${follow}`,
    run: (world) => world.stat(at, follow),
  })),
  slot.map((at): Step => ({ name: `fstat ${at}`, run: (world) => world.fstat(at) })),
  fc.tuple(plainPath, plainPath, fc.constantFrom(0, 1)).map(([from, to, mode]): Step => ({
    name: `copy ${from} ${to} ${mode}`,
    run: (world) => world.copy(from, to, mode),
  })),
);

function outcome(run: Step, world: World): unknown {
  try {
    return run.run(world) ?? 'ok';
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}

test.runIf(process.platform === 'linux')(
  'any calls in any order end as they do on a disk of Linux',
  () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'files-')));
        fs.mkdirSync(join(folder, depth), { recursive: true });
        const disk = new Disk(join(folder, depth));
        const memory = new Memory();
        try {
          for (const each of steps) {
            expect([each.name, outcome(each, memory)]).toEqual([each.name, outcome(each, disk)]);
          }
        } finally {
          disk.closeAll();
          fs.rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 150 },
    );
  },
);

test('when everything is removed and closed, everything that was taken is free again', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const memory = new Memory();
      for (const each of steps) outcome(each, memory);
      for (const left of memory.guest.names('/tmp')) memory.guest.call('rm', [`/tmp/${left}`]);
      memory.guest.service.close();

      const volume = JSON.parse(memory.guest.call('statfs', ['/tmp']) as string) as number[];
      const [, , , blocks = 0, free, , names, freeNames] = volume;
      expect([free, freeNames]).toEqual([blocks - 1, names]);
    }),
  );
});
