import { expect, test } from 'vitest';
import { Lambda } from '../../src/lambda.ts';
import { sameAsNode } from './node-table.ts';

/** What packages that carry contexts along do: remember at `init`, restore at `before`, leave at `after`. */
const carrier = `
  const { createHook, executionAsyncId } = require('async_hooks');
  let active; const entered = []; const contexts = new Map();
  const hook = createHook({
    init(id) { if (active !== undefined) contexts.set(id, active); },
    before(id) { entered.push(active); active = contexts.get(id); },
    after() { active = entered.pop(); },
    destroy(id) { contexts.delete(id); },
  }).enable();
  const run = async (value, callback) => {
    const outer = active; active = value;
    try { return await callback(); } finally { if (active === value) active = outer; }
  };`;

async function call(body: string): Promise<unknown> {
  await using lambda = new Lambda({ blanks: 0 });
  const source = `${carrier}\nexports.handler = async () => { ${body} };`;
  return await (await lambda.createFunction({ name: 'probe', code: { source } })).call();
}

const waits: readonly string[] = [
  'await null',
  'await Promise.resolve()',
  'await new Promise((r) => setTimeout(r, 1))',
  'await new Promise((r) => setImmediate(r))',
  'await new Promise((r) => process.nextTick(r))',
  'await (async () => { await null; await 1; })()',
  'await { then(done) { done(); } }',
];

test.each(waits)('hooks carry a context over %s in parallel flows', async (wait) => {
  const flow = `async (n) => { const seen = []; for (let i = 0; i < 3; i++) { ${wait}; seen.push(active); } return seen; }`;
  const flows = await call(
    `const flow = ${flow}; return Promise.all([1, 2, 3].map((n) => run(n, () => flow(n))))`,
  );
  expect(flows).toEqual([1, 2, 3].map((n) => [n, n, n]));
});

test('every wait that ended is destroyed, and after follows before', async () => {
  const counts = await call(`
    hook.disable();
    const count = { init: 0, before: 0, after: 0, destroy: 0 };
    const tally = Object.fromEntries(Object.keys(count).map((name) => [name, () => { count[name] += 1; }]));
    const counting = createHook(tally).enable();
    for (let i = 0; i < 100; i++) await null;
    counting.disable();
    return count`);
  // The runtime itself waits for the handler.
  expect(counts).toEqual({ init: 101, before: 100, after: 99, destroy: 99 });
});

test('a resource of its own has an id, and its hooks run around what runs in it', async () => {
  const seen = await call(`
    hook.disable();
    const { AsyncResource } = require('async_hooks');
    const log = [];
    let mine;
    createHook({
      init: (id, type) => { if (type === 'MINE') { mine = id; log.push('init'); } },
      before: (id) => { if (id === mine) log.push('before'); },
      after: (id) => { if (id === mine) log.push('after'); },
      destroy: (id) => { if (id === mine) log.push('destroy'); },
    }).enable();
    const resource = new AsyncResource('MINE');
    resource.runInAsyncScope(() => log.push(executionAsyncId() === resource.asyncId()));
    resource.emitDestroy();
    return log`);
  expect(seen).toEqual(['init', 'before', true, 'after', 'destroy']);
});

sameAsNode('createHook', [
  `(()=>{const h=require('async_hooks');return [thrown(()=>h.createHook({init:5})),typeof h.createHook({}).enable().disable,h.executionAsyncId()>=0]})()`,
]);
