import { expect, test as plainTest } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { AsyncHistory, FetchMock, sqsEvent, VirtualClock } from '../../src/testing/index.ts';
import { test } from '../../src/testing/vitest.ts';
import { examplesMissing } from './examples-of.ts';

/** The examples of docs/testing.md, word for word. */

test('a reminder goes out after a day', async ({ lambda, clock, web }) => {
  web.post('https://mail.example.com/send', { status: 202 });
  const remind = await lambda.createFunction<{ user: string }, number>({
    name: 'remind',
    code: {
      source: `exports.handler = async ({ user }) => {
        await new Promise((resolve) => setTimeout(resolve, 86_400_000));
        const body = JSON.stringify({ to: user });
        return (await fetch('https://mail.example.com/send', { method: 'POST', body })).status;
      };`,
    },
  });

  const reminder = remind.call({ user: 'ada' });
  await clock.advance(86_399_999);
  expect(web.calls).toHaveLength(0);
  await clock.advance(1);
  expect(web.calls[0]?.json()).toEqual({ to: 'ada' });
  expect(await reminder).toBe(202);
});

test('polling stops after an hour', async ({ lambda, clock }) => {
  const poll = await lambda.createFunction<object, number>({
    name: 'poll',
    code: {
      source: `exports.handler = async () => {
        const endMs = Date.now() + 3_600_000;
        let polls = 0;
        for (; Date.now() < endMs; polls += 1) await new Promise((r) => setTimeout(r, 30_000));
        return polls;
      };`,
    },
  });
  expect(await clock.runUntil(poll.call())).toBe(120);
});

test('a failing shop is asked again', async ({ lambda, clock, web }) => {
  web.get('https://shop.example.com/orders/:id', ({ params }) => ({ json: { id: params['id'] } }));
  web.get('https://shop.example.com/*', { status: 503, delayMs: 2_000 }, { times: 1 });
  web.get('https://shop.example.com/*', { error: 'ECONNRESET' }, { times: 1 });
  const read = await lambda.createFunction<object, { id: string }>({
    name: 'read',
    code: {
      source: `exports.handler = async () => {
        for (;;) {
          try {
            const response = await fetch('https://shop.example.com/orders/7');
            if (response.ok) return response.json();
          } catch {}
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }
      };`,
    },
  });
  expect(await clock.runUntil(read.call())).toEqual({ id: '7' });
  expect(web.callsTo('https://shop.example.com/orders/7')).toHaveLength(3);
});

test('an order that always fails ends as a dead letter', async ({ lambda, clock, history }) => {
  const letters = lambda.createQueue('orders-dead');
  const orders = await lambda.createFunction({
    name: 'orders',
    code: { source: `exports.handler = async () => { throw new Error('out of stock'); };` },
    deadLetter: letters,
  });

  const { requestId } = await orders.send({ id: 1 });
  await clock.advance(180_000); // AWS tries again after one minute, then after two more
  history.expectEndedIn(letters, requestId, { attempts: 3, condition: 'RetriesExhausted' });
  const [letter] = await letters.receive();
  expect(letter?.body).toBe('{"id":1}');
});

test('a batch reports the message that failed', async ({ lambda }) => {
  const orders = await lambda.createFunction({
    name: 'orders',
    code: {
      source: `exports.handler = async ({ Records }) => ({
        batchItemFailures: Records.filter(({ body }) => JSON.parse(body).total < 0)
          .map(({ messageId }) => ({ itemIdentifier: messageId })),
      });`,
    },
  });
  const event = sqsEvent([{ body: { total: 10 } }, { body: { total: -1 }, receiveCount: 2 }]);

  expect(await orders.call(event)).toEqual({
    batchItemFailures: [{ itemIdentifier: event.Records[1]?.messageId }],
  });
});

test('a cold start reads the configuration again', async ({ lambda }) => {
  const count = await lambda.createFunction<object, number>({
    name: 'count',
    code: { source: 'let calls = 0; exports.handler = async () => (calls += 1);' },
  });
  await count.call();
  expect(await count.call()).toBe(2);

  const outcome = await count.invoke({}, { cold: true });
  expect(outcome).toMatchObject({ status: 'ok', result: 1, report: { isCold: true } });
});

plainTest('the pieces fit without vitest', async () => {
  const clock = new VirtualClock();
  const web = new FetchMock();
  await using lambda = new Lambda({ clock, intercept: web });
  const history = new AsyncHistory(lambda);
  expect([lambda.clock, history.all(), web.calls]).toEqual([clock, [], []]);
});

plainTest('the document has these examples', () => {
  expect(examplesMissing('testing.md', import.meta.filename)).toEqual([]);
});
