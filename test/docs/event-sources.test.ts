import { expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { bodiesOf } from '../brokers/one-message.ts';
import { examplesMissing } from './examples-of.ts';

/** The examples of docs/event-sources.md, word for word. */

test('orders are shipped, clicks are counted', async () => {
  const clock = new VirtualClock();
  await using lambda = new Lambda({ clock });

  const orders = lambda.createQueue('orders', { visibilityTimeoutMs: 60_000 });
  const ship = await lambda.createFunction({
    name: 'ship',
    code: {
      source: `exports.handler = async ({ Records }) => ({
        batchItemFailures: Records.filter(({ body }) => JSON.parse(body).address === undefined)
          .map(({ messageId }) => ({ itemIdentifier: messageId })),
      });`,
    },
  });
  const mapping = await lambda.createMapping({
    source: orders,
    target: ship,
    batchSize: 10,
    filters: [{ body: { kind: ['parcel'] } }],
    reportItemFailures: true,
  });

  await orders.send('{"kind":"parcel","address":"Main Street 1"}');
  await orders.send('{"kind":"letter","address":"Main Street 2"}');
  await orders.send('{"kind":"parcel"}');
  await clock.advance(0);
  expect(orders.counts).toMatchObject({ visible: 0, inFlight: 1 });
  await mapping.disable();
  await clock.advance(60_000);
  expect(await bodiesOf(orders)).toEqual(['{"kind":"parcel"}']);

  const count = await lambda.createFunction({
    name: 'count',
    code: { source: `exports.handler = async () => { throw new Error('no'); };` },
  });

  const clicks = lambda.createStream('clicks', { shards: 2 });
  const dropped = lambda.createBucket('dropped');
  await lambda.createMapping({
    source: clicks,
    target: count,
    startingPosition: 'TRIM_HORIZON',
    parallelizationFactor: 4,
    maxRetries: 2,
    bisectOnError: true,
    onFailure: dropped,
  });

  await clicks.putRecord({ partitionKey: 'ada', data: '{}' });
  await clock.advance(3_000);
  expect((await dropped.list()).objects).toHaveLength(1);
});

test('the document has these examples', () => {
  expect(examplesMissing('event-sources.md', import.meta.filename)).toEqual([]);
});
