import { afterEach, describe, expect, test, vi } from 'vitest';
import { InvalidOptionError, type InvocationRecord } from '../../src/index.ts';
import { deploy, echo, failing, onVirtualTime, record } from './fixture.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('a record that could not be delivered yet', () => {
  /** An event that is done, and whose record a queue refuses for now. */
  async function withRecordOnItsWay() {
    const setup = onVirtualTime();
    const { lambda, clock } = setup;
    const outbox = lambda.createQueue('outbox');
    const letters = lambda.createQueue('letters');
    const refusing = vi.spyOn(outbox, 'send').mockRejectedValueOnce(new Error('not now'));
    vi.spyOn(letters, 'send').mockRejectedValueOnce(new Error('not now'));
    const orders = await deploy(lambda, failing, { deadLetter: letters });
    await orders.configureAsync({ onFailure: outbox, maxRetries: 0 });
    await orders.send({ id: 1 });
    await clock.advance(0);
    expect(refusing).toHaveBeenCalledTimes(1);
    expect([outbox.size, letters.size]).toEqual([0, 0]);
    return { ...setup, setup, orders, outbox, letters };
  }

  test('goes where it was to go when the function is deleted', async () => {
    const { clock, orders, outbox, letters, setup } = await withRecordOnItsWay();
    await using _ = setup;
    await orders.delete();
    await clock.advance(60_000);
    expect([outbox.size, letters.size]).toEqual([1, 1]);
  });

  test('goes where it was to go when the configuration is taken back', async () => {
    const { clock, orders, outbox, letters, setup } = await withRecordOnItsWay();
    await using _ = setup;
    await orders.resetAsync();
    await orders.update({ deadLetter: null });
    await clock.advance(60_000);
    expect([outbox.size, letters.size]).toEqual([1, 1]);
  });

  test('goes where the configuration says by then', async () => {
    const { clock, lambda, orders, outbox, letters, setup } = await withRecordOnItsWay();
    await using _ = setup;
    const other = lambda.createQueue('other');
    await orders.configureAsync({ onFailure: other });
    await orders.update({ deadLetter: other });
    await clock.advance(60_000);
    expect([outbox.size, letters.size, other.size]).toEqual([0, 0, 2]);
  });

  test('is reported when its target is destroyed', async () => {
    const { clock, lambda, outbox, letters, setup } = await withRecordOnItsWay();
    await using _ = setup;
    const failed = record(lambda, 'destination.failed', 'deadLetter.failed');
    await outbox.destroy();
    await letters.destroy();
    await clock.advance(3_600_000);
    expect(failed.map(({ to }) => to).sort()).toEqual([letters.arn, outbox.arn]);
  });

  test('to a callback that was taken away is reported with its body', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo);
    const failed = record(lambda, 'destination.failed');
    await orders.configureAsync({ onSuccess: () => Promise.reject(new Error('not now')) });
    await orders.send({ id: 1 });
    await clock.advance(0);
    await orders.resetAsync();
    await clock.advance(3_600_000);
    expect(failed).toMatchObject([
      { to: 'callback', body: expect.stringContaining('"requestPayload":{"id":1}') as string },
    ]);
  });
});

describe('a callback', () => {
  test('that never answers gives its place back after a minute and is called again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo, { reservedConcurrency: 1 });
    const calls: unknown[] = [];
    await orders.configureAsync({
      onSuccess: ({ requestPayload }) => {
        calls.push(requestPayload);
        return calls.length === 1 ? new Promise(() => {}) : undefined;
      },
    });
    await orders.send(1);
    await orders.send(2);
    await clock.advance(0);
    expect(calls).toEqual([1]);
    await vi.advanceTimersByTimeAsync(60_000);
    await clock.advance(0);
    expect(calls).toEqual([1, 2]);
    await clock.advance(1_000);
    expect(calls).toEqual([1, 2, 1]);
    vi.useRealTimers();
  });

  test('is called again whatever it threw', async () => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo);
    const records: InvocationRecord[] = [];
    let calls = 0;
    await orders.configureAsync({
      onSuccess: (given) => {
        calls += 1;
        if (calls === 1) throw new InvalidOptionError('body', 'a string', 7);
        records.push(given);
      },
    });
    await orders.send({});
    await clock.advance(1_000);
    expect(records).toHaveLength(1);
  });
});

describe('a dead letter', () => {
  test.each([
    ['\\u001b[31mred', '\uFFFD[31mred'],
    ['half \\ud800 a pair', 'half \uFFFD a pair'],
    [`${'x'.repeat(1_023)}\\u{1f600}`, 'x'.repeat(1_023)],
  ])('goes out although its error says %j', async (message, shown) => {
    await using setup = onVirtualTime();
    const { lambda, clock } = setup;
    const letters = lambda.createQueue('letters');
    const source = `exports.handler = async () => { throw new Error("${message}") };`;
    const orders = await deploy(lambda, source, { deadLetter: letters });
    await orders.configureAsync({ maxRetries: 0 });

    await orders.send({ id: 1 });
    await clock.advance(0);
    const [letter] = await letters.receive();
    expect(letter?.attributes['ErrorMessage']).toBe(shown);
  });
});

describe('duplicates on purpose', () => {
  test('are duplicates, and no lost leases', async () => {
    await using setup = onVirtualTime({ faultInjection: { duplicateRate: 1, maxDelayMs: 1 } });
    const { lambda, clock } = setup;
    const orders = await deploy(lambda, echo);
    const seen = record(lambda, 'async.succeeded', 'async.retried');
    await orders.send({});
    await clock.advance(3);
    expect(seen.map(({ type }) => type)).toEqual(Array(4).fill('async.succeeded'));
  });
});

test('options of send that are no object are refused by name', async () => {
  await using setup = onVirtualTime();
  const orders = await deploy(setup.lambda, echo);
  await expect(orders.send({}, null as never)).rejects.toThrow(
    'Expected `options` to be an object, got null',
  );
});

test('a configuration on its way does not outlive its function', async () => {
  await using setup = onVirtualTime();
  const { lambda } = setup;
  const orders = await deploy(lambda, echo);
  const deleting = orders.delete();
  await expect(orders.configureAsync({ maxRetries: 0 })).rejects.toThrow('Function not found');
  await deleting;
  const again = await deploy(lambda, echo);
  expect(again.asyncOptions).toBeUndefined();
});

test('a trace that no header can carry is refused', async () => {
  await using setup = onVirtualTime();
  const orders = await deploy(setup.lambda, echo);
  await expect(orders.send({}, { traceId: 'Root=1-5-a\r\nX: y' })).rejects.toThrow('traceId');
});

test('functions that are created at once cannot reserve more than there is', async () => {
  await using setup = onVirtualTime();
  const { lambda } = setup;
  const made = await Promise.allSettled(
    ['a', 'b'].map((name) => deploy(lambda, echo, { name, reservedConcurrency: 900 })),
  );
  expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const others = await deploy(lambda, echo);
  expect((await others.invoke()).status).toBe('ok');
});
