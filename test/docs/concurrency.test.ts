import { expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { examplesMissing } from './examples-of.ts';

/** The example of docs/concurrency.md, word for word. */

test('an alias keeps five environments ready', async () => {
  const lambda = new Lambda({ concurrency: 1_000 });
  const orders = await lambda.createFunction({
    name: 'orders',
    code: { source: 'exports.handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE' },
    reservedConcurrency: 20, // kept for it alone, and the most it may run
  });
  const version = await orders.publishVersion();
  const live = await orders.createAlias('live', { version: version.version });

  // Without `untilReady` it resolves as soon as the number is kept.
  const { status, allocated, available } = await live.provision(5, { untilReady: true });
  const first = await live.call(); // 'provisioned-concurrency': no cold start
  const other = await orders.call(); // 'on-demand'

  const all = orders.listProvisioned(); // of versions and aliases; `live.provisioned` is one of them
  await live.unprovision();

  expect({ status, allocated, available }).toEqual({ status: 'READY', allocated: 5, available: 5 });
  expect([first, other]).toEqual(['provisioned-concurrency', 'on-demand']);
  expect(all).toMatchObject([{ qualifier: 'live', requested: 5 }]);
  expect(live.provisioned).toBeUndefined();
  await lambda.close();
});

test('the document has this example', () => {
  expect(examplesMissing('concurrency.md', import.meta.filename)).toEqual([]);
});
