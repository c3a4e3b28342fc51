import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test as base, describe, expect } from 'vitest';
import {
  ClosedError,
  InvalidOptionError,
  Lambda,
  type Isolation,
  type LambdaOptions,
  type VersionInfo,
} from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { folderOf } from '../functions/code/fixture.ts';

interface Fixture {
  /** Path of a database that nobody has opened yet. */
  file: string;
  /** Opens it; closed after the test. */
  open: (options?: LambdaOptions) => Promise<Lambda>;
}

const test = base.extend<Fixture>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of fixtures from the pattern
  file: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'isolambda-restart-'));
    await use(join(folder, 'lambda.db'));
    await rm(folder, { recursive: true, force: true });
  },
  open: async ({ file }, use) => {
    const opened: Lambda[] = [];
    await use(async (options = {}) => {
      const lambda = await Lambda.open({ ...options, storage: { file } });
      opened.push(lambda);
      return lambda;
    });
    await Promise.all(opened.map((lambda) => lambda.close()));
  },
});

const answer = (text: string) => ({ source: `exports.handler = async () => '${text}'` });

/** All that a user sees of the functions of a `Lambda`, as plain data. */
function seen(lambda: Lambda): object {
  return lambda.listFunctions().map((fn) => ({
    name: fn.name,
    arn: fn.arn,
    tags: fn.tags,
    versions: fn.listVersions(),
    aliases: fn.listAliases(),
  }));
}

test('a host that is opened again shows and runs what the one before had', async ({ open }) => {
  await using folder = await folderOf({
    'index.js': "exports.handler = async () => [require('./lib'), require('shared')]",
    'lib.js': '-> real.js',
    'real.js': "module.exports = 'lib'",
  });
  await using layer = await folderOf({
    'nodejs/node_modules/shared/index.js': "module.exports = 'shared'",
  });
  const first = await open();
  const tools = await first.publishLayer({ name: 'tools', code: { dir: layer.path } });
  const orders = await first.createFunction({
    name: 'orders',
    code: { dir: folder.path },
    layers: [tools],
    tags: { team: 'a' },
  });
  await orders.publishVersion({ description: 'first' });
  await orders.update({ code: answer('second'), isolation: 'inline', layers: [] });
  await orders.publishVersion();
  await orders.createAlias('live', { version: '1' });
  await orders.createAlias('both', { version: '2', weights: { 1: 0 } });
  const gone = await first.createFunction({ name: 'gone', code: answer('gone') });
  await gone.delete();
  const before = seen(first);
  await first.close();

  const second = await open();
  expect(seen(second)).toEqual(before);
  expect(second.restored).toMatchObject({ functions: 1, versions: 2, aliases: 2, layers: 1 });
  expect(await second.call('orders')).toBe('second');
  expect(await second.call('orders:live')).toEqual(['lib', 'shared']);
  expect(await second.call('orders:both')).toBe('second');
  const more = await second.createFunction({
    name: 'more',
    code: { source: "exports.handler = async () => require('shared')" },
    layers: [tools],
  });
  expect(await more.call()).toBe('shared');
  expect((await second.publishLayer({ name: 'tools', code: { dir: layer.path } })).version).toBe(2);
});

test('versions, revisions and numbers go on where they stopped', async ({ open }) => {
  const first = await open();
  const orders = await first.createFunction({ name: 'orders', code: answer('one') });
  const { info } = await orders.publishVersion();
  const { revisionId } = orders.latest;
  await first.close();

  const second = await open();
  const again = second.getFunction('orders');
  expect((await again?.publishVersion())?.info).toEqual(info);
  await again?.update({ memoryMb: 256 }, { revisionId });
  expect((await again?.publishVersion())?.version).toBe('2');
  await again?.getVersion('2').delete();
  await second.close();

  const third = await open();
  const last = third.getFunction('orders');
  await last?.update({ memoryMb: 512 });
  expect((await last?.publishVersion())?.version).toBe('3');
});

describe.each<Isolation>(['inline', 'thread'])('in the tier %s', (isolation) => {
  test('the first call after a restart reads the code, and later ones are warm', async ({
    open,
  }) => {
    const first = await open();
    const code = { source: 'let n = 0; exports.handler = async () => ++n' };
    await (await first.createFunction({ name: 'count', code, isolation })).publishVersion();
    await first.close();

    const second = await open();
    const count = second.getFunction('count:1');
    const outcomes = [await count?.invoke(), await count?.invoke()];
    expect(outcomes.map((outcome) => outcome?.report.isCold)).toEqual([true, false]);
    expect(await count?.call()).toBe(3);
    expect(await Promise.all([second.call('count'), second.call('count')])).toEqual([1, 1]);
  });
});

test('virtual time waits while code is read after a restart', async ({ open }) => {
  const first = await open();
  const code = { source: 'exports.handler = async () => Date.now()' };
  await first.createFunction({ name: 'now', code, isolation: 'inline' });
  await first.close();

  const clock = new VirtualClock();
  const second = await open({ clock });
  const startedAt = clock.now();
  const calling = second.call('now');
  await clock.advance(60_000);
  expect(await calling).toBe(startedAt);
});

test('restoring emits no events, and later changes do', async ({ open }) => {
  const first = await open();
  await first.createFunction({ name: 'orders', code: answer('one') });
  await first.close();
  const second = await open();
  const names: string[] = [];
  second.on('function.created', ({ functionName }) => names.push(functionName));
  await new Promise((resolve) => setImmediate(resolve));
  await second.createFunction({ name: 'mails', code: answer('two') });
  expect(names).toEqual(['mails']);
});

test('a function that debuggers reach is reached again', async ({ open }) => {
  const first = await open();
  await first.createFunction({ name: 'seen', code: answer('x'), inspect: { port: 0 } });
  await first.close();
  const second = await open();
  const waiting = Promise.withResolvers<string>();
  second.on('inspector.target', ({ webSocketUrl }) => waiting.resolve(webSocketUrl));
  await second.call('seen');
  expect(await waiting.promise).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\//);
});

describe('with a seed', () => {
  test('each opening draws other ids, the same on every run', async ({ open }) => {
    const revisionOf = async (name: string): Promise<string> => {
      const lambda = await open({ seed: 7 });
      const { latest } = await lambda.createFunction({ name, code: answer(name) });
      await lambda.close();
      return latest.revisionId;
    };
    const ids = [await revisionOf('a'), await revisionOf('b'), await revisionOf('c')];
    expect(new Set(ids).size).toBe(3);
    const inMemory = new Lambda({ seed: 7 });
    const { latest } = await inMemory.createFunction({ name: 'a', code: answer('a') });
    expect(latest.revisionId).toBe(ids[0]);
    await inMemory.close();
  });
});

describe('refused', () => {
  test('is a file in the constructor, with the way to open it', ({ file }) => {
    const make = () => new Lambda({ storage: { file } });
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow('`storage` to be "memory" in `new Lambda(options)`');
    expect(make).toThrow('use `await Lambda.open(options)`');
  });

  test.each([
    ['disk', '`storage` to be "memory" or { file }, got "disk"'],
    [{ path: 'x' }, 'There is no option `path`'],
    [{ file: '' }, '`storage.file` to be a path or a file: URL, got ""'],
    [{ file: new URL('http://host/x') }, '`storage.file` to be a path or a file: URL'],
    [null, '`storage` to be an object, got null'],
  ])('is the storage %j', async (storage, message) => {
    const options = { storage } as LambdaOptions;
    await expect(Lambda.open(options)).rejects.toThrow(InvalidOptionError);
    await expect(Lambda.open(options)).rejects.toThrow(message);
  });

  test('is a file of another region or account', async ({ open }) => {
    const first = await open({ region: 'eu-central-1' });
    await first.close();
    const elsewhere = open({ region: 'us-east-1' });
    await expect(elsewhere).rejects.toThrow(InvalidOptionError);
    await expect(elsewhere).rejects.toThrow(
      'Expected `region` to be "eu-central-1", as in the file of `storage`, got "us-east-1"',
    );
    await expect(open({ region: 'eu-central-1', accountId: '999999999999' })).rejects.toThrow(
      '`accountId` to be "123456789012"',
    );
    expect((await open({ region: 'eu-central-1' })).listFunctions()).toEqual([]);
  });

  test('is every change after closing, also one whose code was still being read', async ({
    open,
  }) => {
    const first = await open();
    const creating = first.createFunction({ name: 'late', code: answer('late') });
    const closing = first.close();
    await expect(creating).rejects.toThrow(ClosedError);
    await closing;
    expect((await open()).listFunctions()).toEqual([]);
  });
});

test('opening works with memory, too, and with a file: URL', async ({ file }) => {
  await using inMemory = await Lambda.open();
  expect(inMemory.restored).toBeUndefined();
  const hello = await inMemory.createFunction({ name: 'hello', code: answer('hello') });
  expect(await hello.call()).toBe('hello');
  await using inFile = await Lambda.open({ storage: { file: pathToFileURL(file) } });
  expect(inFile.restored).toMatchObject({ functions: 0, versions: 0, aliases: 0, layers: 0 });
});

describe('what cannot be used', () => {
  const damage = (file: string, sql: string): void => {
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
  };

  test('of the documents is named when the file is opened, which is then free again', async ({
    file,
    open,
  }) => {
    const first = await open();
    await first.createFunction({ name: 'orders', code: answer('one') });
    await first.close();
    const rename = (from: string, to: string): void =>
      damage(file, `UPDATE documents SET json = replace(json, '${from}', '${to}')`);

    rename('"memoryMb":128', '"memoryMb":"much"');
    await expect(open()).rejects.toThrow(
      '"function/orders" in the storage cannot be used: Expected `memoryMb` to be an integer from 8 to 10240, got "much"',
    );
    rename('"memoryMb":"much"', '"memoryMb":128');
    expect(await (await open()).call('orders')).toBe('one');
  });

  test('of the code is named by the call that needs it; the rest of the host works', async ({
    file,
    open,
  }) => {
    const first = await open();
    await first.createFunction({ name: 'orders', code: answer('one') });
    await first.createFunction({ name: 'mails', code: answer('two') });
    const hash = first.getFunction('orders')?.latest.codeSha256;
    await first.close();
    damage(file, `UPDATE blobs SET bytes = x'00' WHERE hash = '${hash}'`);

    const second = await open({ concurrency: 1 });
    const orders = second.getFunction('orders');
    for (let time = 0; time < 2; time++) {
      await expect(orders?.invoke()).rejects.toThrow(
        `"function/orders" in the storage cannot be used: its package ${hash} is damaged`,
      );
    }
    expect(await second.call('mails')).toBe('two');
    await orders?.update({ code: answer('three') });
    expect(await second.call('orders')).toBe('three');
  });

  test('is a file that another host has open', async ({ open }) => {
    const first = await open();
    await first.createFunction({ name: 'orders', code: answer('one') });
    await expect(open()).rejects.toMatchObject({ code: 'ERR_STORAGE', problem: 'in-use' });
    expect(await first.call('orders')).toBe('one');
  });
});

describe('a host that is killed', () => {
  const script = fileURLToPath(new URL('../fixtures/restart-child.ts', import.meta.url));

  /** Runs a host that changes functions and says what was accepted, and kills it in the middle. */
  async function killed(file: string, round: number): Promise<readonly VersionInfo[]> {
    const child = spawn(process.execPath, [script, file, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] },
    });
    const accepted: VersionInfo[] = [];
    let text = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      const lines = (text + String(chunk)).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) accepted.push(JSON.parse(line) as VersionInfo);
      if (accepted.length >= 5 + round * 3) child.kill('SIGKILL');
    }
    return accepted;
  }

  test('has every change that was accepted when it is opened again', async ({ file, open }) => {
    const accepted: VersionInfo[] = [];
    for (let round = 0; round < 3; round++) {
      accepted.push(...(await killed(file, round)));
      const lambda = await open();
      for (const info of accepted) {
        const found = lambda.getFunction(info.functionName)?.getVersion(info.version);
        expect(found?.info).toEqual(info);
      }
      const last = accepted.at(-1);
      const name = `${last?.functionName}:${last?.version}`;
      expect(await lambda.call(name)).toBe(last?.description);
      await lambda.close();
    }
    expect(accepted.length).toBeGreaterThanOrEqual(5 + 8 + 11);
  });
});
