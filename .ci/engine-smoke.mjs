/**
 * What the engine must do on every Node that isolambda supports. Plain JavaScript that imports the package
 * by its name, so that it can be copied beside an installed one.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lambda } from 'isolambda';

const handlers = {
  echo: 'exports.handler = async (event) => event;',
  sync: 'exports.handler = (event) => event.a + event.b;',
  timer: 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 5, "late"));',
  module: 'const ready = await Promise.resolve("ready"); export const handler = async () => ready;',
  throws: 'exports.handler = async () => { throw new RangeError("too far"); };',
  loop: 'exports.handler = () => { for (;;); };',
  // Optimised code of some V8 versions looks for no interrupt in a loop like this.
  unrolled:
    'exports.handler = () => { const a = []; for (let i = 0; ; i++) a[i % 100] = new Array(1000); };',
  microtasks: 'exports.handler = async () => { for (;;) await null; };',
  never: 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));',
  hog: 'const kept = []; exports.handler = () => { for (;;) kept.push({ text: "x" + kept.length }); };',
  exits: 'exports.handler = () => process.exit(3);',
};

/** Handler to the error type that it ends with. */
const failures = {
  throws: 'RangeError',
  loop: 'Sandbox.Timedout',
  unrolled: 'Sandbox.Timedout',
  microtasks: 'Sandbox.Timedout',
  never: 'Sandbox.Timedout',
  hog: 'Runtime.OutOfMemory',
  exits: 'Runtime.ExitError',
};

const lambda = new Lambda();
for (const isolation of ['inline', 'thread']) {
  const deploy = (name) =>
    lambda.createFunction({
      name: `${name}-${isolation}`,
      code: { source: handlers[name] },
      isolation,
      // The loops have little time, the leak little memory.
      ...(name === 'hog'
        ? { memoryMb: 32, timeoutMs: 20_000, cpuMs: 20_000 }
        : { timeoutMs: 300, cpuMs: 200 }),
    });

  const echo = await deploy('echo');
  const first = await echo.invoke({ order: 1 });
  const second = await echo.invoke({ order: 2 });
  const third = await echo.invoke({ order: 3 }, { cold: true });
  assert.deepEqual([first.result, second.result], [{ order: 1 }, { order: 2 }]);
  assert.deepEqual(
    [first, second, third].map(({ report }) => report.isCold),
    [true, false, true],
  );
  assert.equal(await (await deploy('sync')).call({ a: 1, b: 2 }), 3);
  assert.equal(await (await deploy('timer')).call(), 'late');
  assert.equal(await (await deploy('module')).call(), 'ready');

  for (const [name, errorType] of Object.entries(failures)) {
    const failing = await deploy(name);
    const startedMs = performance.now();
    const outcome = await failing.invoke();
    const tookMs = Math.round(performance.now() - startedMs);
    assert.equal(outcome.error?.errorType, errorType, `${name} in ${isolation}`);
    assert.deepEqual(await echo.call({ after: name }), { after: name });
    console.log(`  ${isolation} ${name}: ${errorType} after ${tookMs} ms`);
  }
}

assert.equal(lambda.stats().zombies, 0);
await lambda.close();
assert.equal(lambda.stats().environments, 0);

// What was accepted is in the file, and the next host goes on with it.
const folder = mkdtempSync(join(tmpdir(), 'isolambda-smoke-'));
const storage = { file: join(folder, 'smoke.db') };
const before = await Lambda.open({ storage });
before.createQueue('done');
await before.createFunction({ name: 'echo', code: { source: handlers.echo } });
await before.getFunction('echo').configureAsync({ onSuccess: before.getQueue('done') });
await before.send('echo', { order: 4 });
await before.close();
const after = await Lambda.open({ storage });
const [message] = await after.getQueue('done').receive({ waitMs: 10_000 });
assert.deepEqual(JSON.parse(message.body).responsePayload, { order: 4 });
assert.deepEqual(await after.call('echo', { order: 5 }), { order: 5 });
await after.close();
rmSync(folder, { recursive: true });
console.log('  a file: an event and a function survived a restart');

// After close() nothing may keep the process alive, so this timer must never fire.
setTimeout(() => {
  console.error('Something keeps the process alive after close()');
  process.exit(1);
}, 5_000).unref();
const { node, v8 } = process.versions;
console.log(`  all well on Node ${node}, V8 ${v8}`);
