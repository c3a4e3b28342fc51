import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { bodiesOf, oneMessage } from '../brokers/one-message.ts';
import { examplesMissing } from './examples-of.ts';

/** The examples of docs/asynchronous.md, word for word. */

test('an order is charged, a letter is sent again, brokers hand things on', async () => {
  const clock = new VirtualClock();
  await using lambda = new Lambda({ clock });
  const page = vi.fn();

  const paid = lambda.createQueue('paid');
  const letters = lambda.createQueue('letters');
  const charge = await lambda.createFunction<{ order: number; card?: string }>({
    name: 'charge',
    code: {
      source: `exports.handler = async ({ order, card }) => {
        if (card === undefined) throw new TypeError('no card');
        return { receipt: 'R-' + order };
      };`,
    },
    deadLetter: letters,
  });
  await charge.configureAsync({
    maxRetries: 2,
    maxEventAgeMs: 3_600_000,
    onSuccess: paid,
    onFailure: (record) => page(record.requestContext.condition),
  });

  const { requestId } = await charge.send({ order: 1 });

  await clock.advance(180_000);
  expect(page.mock.calls).toEqual([['RetriesExhausted']]);
  const [letter] = await letters.receive({ visibilityMs: 0 });
  expect(letter?.attributes['RequestID']).toBe(requestId);

  for (const { body, receiptHandle } of await letters.receive({ max: 10 })) {
    await charge.send({ ...JSON.parse(body), card: '4111' });
    await letters.delete(receiptHandle);
  }

  await clock.advance(0);
  expect((await oneMessage(paid)).body).toContain('"receipt":"R-1"');
  expect([paid.size, letters.size]).toEqual([1, 0]);

  const books = lambda.createQueue('books', { redrive: { target: letters, maxReceives: 3 } });
  const news = lambda.createTopic('news');
  news.subscribe(books, { raw: true, filterPolicy: { kind: ['book'] }, deadLetter: letters });
  await news.publish('a new book', { attributes: { kind: 'book' } });

  const shop = lambda.createEventBus('shop');
  shop.createRule('large', {
    pattern: { detail: { total: [{ numeric: ['>', 100] }] } },
    targets: [{ target: charge, inputPath: '$.detail', deadLetterQueue: letters }],
  });
  await shop.put([{ source: 'web', detailType: 'order', detail: { order: 2, total: 120 } }]);

  const uploads = lambda.createBucket('uploads');
  await uploads.notify({ events: ['s3:ObjectCreated:*'], suffix: '.jpg', target: charge });

  await uploads.put('cat.jpg', 'miaow');
  await uploads.put('cat.txt', 'miaow');
  await clock.advance(180_000);
  expect(await bodiesOf(books)).toEqual(['a new book']);
  expect((await bodiesOf(letters)).toSorted()).toEqual([
    expect.stringContaining('"key":"cat.jpg"'),
    '{"order":2,"total":120}',
  ]);
});

test('a file is opened', async ({ onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), 'isolambda-'));
  const before = process.cwd();
  onTestFinished(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true });
  });
  process.chdir(folder);

  await using lambda = await Lambda.open({ storage: { file: 'isolambda.db' } });

  expect(lambda.restored).toMatchObject({ functions: 0 });
});

test('trouble comes on purpose', async () => {
  const clock = new VirtualClock();

  const lambda = new Lambda({
    clock,
    seed: 7,
    faultInjection: { duplicateRate: 0.1, delayRate: 0.2, maxDelayMs: 30_000, failureRate: 0.05 },
  });

  const queue = lambda.createQueue('q');
  for (let sent = 0; sent < 50; sent += 1) await queue.send(String(sent));
  expect(queue.counts.delayed).toBeGreaterThan(0);
  await lambda.close();
});

test('the document has these examples', () => {
  expect(examplesMissing('asynchronous.md', import.meta.filename)).toEqual([]);
});
