import { describe, expect } from 'vitest';
import type { FunctionOptions, LambdaFunction } from '../../src/index.ts';
import { zipSync } from 'fflate';
import { test, tiers } from './tiers.ts';

const utf8 = new TextEncoder();

/** A handler that does what the event says and answers with what it found. */
const source = `
  const fs = require('fs');
  let count = 0;
  exports.handler = async ({ run, hang }) => {
    count += 1;
    const found = await new Function('fs', 'require', 'return (async () => {' + run + '})()')(fs, require);
    if (hang) for (;;);
    return found === undefined ? null : found;
  };
`;

describe.each(tiers)('files, %s', (isolation) => {
  const said = `const said = (run) => { try { return run(); } catch (e) { return e.message; } };`;

  async function deploy(
    lambda: { createFunction(options: FunctionOptions): Promise<LambdaFunction> },
    options: Partial<FunctionOptions> = {},
  ): Promise<(run: string) => Promise<unknown>> {
    const deployed = await lambda.createFunction({
      name: 'files',
      code: { source },
      isolation,
      ...options,
    });
    return (run) => deployed.call({ run: said + run });
  }

  test('/tmp stays from one invocation to the next', async ({ lambda }) => {
    const run = await deploy(lambda);
    await run(`fs.writeFileSync('/tmp/note', 'kept')`);
    expect(await run(`return fs.readFileSync('/tmp/note', 'utf8')`)).toBe('kept');
  });

  test('environments do not share /tmp', async ({ lambda }) => {
    const deployed = await lambda.createFunction({ name: 'files', code: { source }, isolation });
    await deployed.call({ run: `fs.writeFileSync('/tmp/note', 'kept')` });
    const fresh = await deployed.invoke(
      { run: `return fs.existsSync('/tmp/note')` },
      { cold: true },
    );
    expect(fresh).toMatchObject({ status: 'ok', result: false });
  });

  test('/tmp stays over a timeout, module state does not', async ({ lambda }) => {
    const deployed = await lambda.createFunction({
      name: 'files',
      code: { source },
      isolation,
      timeoutMs: 300,
    });
    const late = await deployed.invoke({
      run: `fs.writeFileSync('/tmp/note', 'kept')`,
      hang: true,
    });
    expect(late).toMatchObject({ status: 'error', error: { errorType: 'Sandbox.Timedout' } });
    const after = await deployed.call({ run: `return fs.readFileSync('/tmp/note', 'utf8')` });
    expect(after).toBe('kept');
    expect(lambda.stats().environments).toBe(1);
  });

  test('/tmp stays over an exit, and goes with an update', async ({ lambda }) => {
    const deployed = await lambda.createFunction({ name: 'files', code: { source }, isolation });
    const exited = await deployed.invoke({
      run: `fs.writeFileSync('/tmp/note', 'kept'); process.exit(1)`,
    });
    expect(exited).toMatchObject({ status: 'error' });
    expect(await deployed.call({ run: `return fs.readFileSync('/tmp/note', 'utf8')` })).toBe(
      'kept',
    );

    await deployed.update({ timeoutMs: 4_000 });
    expect(await deployed.call({ run: `return fs.existsSync('/tmp/note')` })).toBe(false);
  });

  test('/var/task and /opt can be read, not written', async ({ lambda }) => {
    const layer = { zip: zipSync({ 'data/layer.txt': utf8.encode('from a layer') }) };
    const run = await deploy(lambda, { layers: [layer] });
    expect(
      await run(`return [
        fs.readFileSync('/var/task/index.js', 'utf8').includes('handler'),
        fs.readFileSync('/opt/data/layer.txt', 'utf8'),
        fs.readdirSync('/opt'),
        said(() => fs.writeFileSync('/var/task/x', '')),
        said(() => fs.unlinkSync('/opt/data/layer.txt')),
        said(() => fs.mkdirSync('/somewhere')),
        await fs.promises.writeFile('/opt/x', '').catch((e) => e.code),
      ]`),
    ).toEqual([
      true,
      'from a layer',
      ['data'],
      "EROFS: read-only file system, open '/var/task/x'",
      "EROFS: read-only file system, unlink '/opt/data/layer.txt'",
      "EROFS: read-only file system, mkdir '/somewhere'",
      'EROFS',
    ]);
  });

  test('descriptors 1 and 2 are the log', async ({ lambda }) => {
    const run = await deploy(lambda);
    await run(`fs.writeSync(1, 'straight out\\n'); fs.writeFileSync(2, 'and err\\n')`);
    const lines = lambda.readLogs().map(({ message }) => message.trim());
    expect(lines).toEqual(expect.arrayContaining(['straight out', 'and err']));
  });

  test('a failed call looks as in Node', async ({ lambda }) => {
    const run = await deploy(lambda);
    const found = await run(`
      const error = await fs.promises.readFile('/tmp/none').catch((e) => e);
      return [JSON.stringify(error), error instanceof Error, String(error)];
    `);
    expect(found).toEqual([
      '{"errno":-2,"code":"ENOENT","syscall":"open","path":"/tmp/none"}',
      true,
      "Error: ENOENT: no such file or directory, open '/tmp/none'",
    ]);
  });

  test('relative paths start in /var/task, a watcher is refused', async ({ lambda }) => {
    const run = await deploy(lambda);
    expect(
      await run(`return [
        fs.existsSync('index.js'),
        fs.realpathSync('./index.js'),
        (() => { try { fs.watch('/tmp'); } catch (e) { return e.code; } })(),
      ]`),
    ).toEqual([true, '/var/task/index.js', 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM']);
  });
});

test('what does not fit into /tmp ends in ENOSPC', async ({ lambda }) => {
  const deployed = await lambda.createFunction({
    name: 'files',
    code: { source },
    isolation: 'inline',
    memoryMb: 256,
    timeoutMs: 30_000,
    cpuMs: 30_000,
  });
  const run = (text: string): Promise<unknown> => deployed.call({ run: text });
  const end = await run(`
    const fd = fs.openSync('/tmp/large', 'w');
    const piece = Buffer.alloc(4 * 1024 * 1024);
    let written = 0;
    try { for (;;) written += fs.writeSync(fd, piece); }
    catch (e) { return [written, e.message, e.errno]; }
    finally { fs.closeSync(fd); }
  `);
  // One page is the folder itself.
  const room = 512 * 1_048_576 - 4_096;
  expect(end).toEqual([room, 'ENOSPC: no space left on device, write', -28]);
  expect(await run(`return fs.promises.writeFile('/tmp/b', 'x').catch((e) => e.code)`)).toBe(
    'ENOSPC',
  );
  expect(await run(`fs.rmSync('/tmp/large'); fs.writeFileSync('/tmp/b', 'x')`)).toBeNull();
});
