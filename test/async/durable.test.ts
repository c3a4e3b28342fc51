import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Lambda, type InvocationRecord } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { attemptTimes, deploy, echo, failing, record, start } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'isolambda-async-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A file of its own, and hosts that follow each other on it. */
function onFile(): { open: (clock: VirtualClock) => Promise<Lambda> } {
  files += 1;
  const file = join(folder, `${files}.db`);
  return { open: (clock) => Lambda.open({ storage: { file }, clock, seed: 7 }) };
}

describe('a host that was closed and opened again', () => {
  test('goes on with retries where it was', async () => {
    const host = onFile();
    const clock = new VirtualClock(start);
    const first = await host.open(clock);
    const orders = await deploy(first, failing);
    const letters = first.createQueue('letters');
    await orders.update({ deadLetter: letters });
    await orders.configureAsync({ maxRetries: 1, onFailure: letters });
    const { requestId } = await orders.send({ id: 1 });
    await clock.advance(30_000);
    await first.close();

    const second = await host.open(clock);
    const times = attemptTimes(second);
    await clock.advance(29_999);
    expect(times).toEqual([]);
    await clock.advance(1);
    expect(times).toEqual([60_000]);

    const messages = (await second.getQueue('letters')?.receive({ max: 10 })) ?? [];
    expect(messages.map(({ body }) => JSON.parse(body) as object)).toEqual(
      expect.arrayContaining([
        { id: 1 },
        expect.objectContaining({
          requestContext: expect.objectContaining({
            requestId,
            condition: 'RetriesExhausted',
            approximateInvokeCount: 2,
          }) as object,
        }),
      ]),
    );
    await second.close();
  });

  test('gives up what has become too old meanwhile', async () => {
    const host = onFile();
    const clock = new VirtualClock(start);
    const first = await host.open(clock);
    const orders = await deploy(first, failing);
    await orders.send({ id: 1 });
    await clock.advance(1);
    await first.close();

    await clock.advance(7 * 60 * 60_000);
    const second = await host.open(clock);
    const dropped = record(second, 'async.dropped');
    await clock.advance(0);
    expect(dropped).toMatchObject([{ condition: 'EventAgeExceeded', invokeCount: 1 }]);
    await second.close();
  });

  test('waits for a callback to be configured again', async () => {
    const host = onFile();
    const clock = new VirtualClock(start);
    const first = await host.open(clock);
    const orders = await deploy(
      first,
      `exports.handler = async ({ fineAfter }) => {
        if (Date.now() < fineAfter) throw new Error('not yet');
      };`,
    );
    await orders.configureAsync({ onSuccess: () => {} });
    await orders.send({ fineAfter: clock.now() + 10_000 });
    await clock.advance(0);
    await first.close();

    const second = await host.open(clock);
    await clock.advance(62_000);
    const records: InvocationRecord[] = [];
    await second
      .getFunction('orders')
      ?.configureAsync({ onSuccess: (given) => void records.push(given) });
    await clock.advance(60_000);
    expect(records).toMatchObject([{ requestContext: { condition: 'Success' } }]);
    await second.close();
  });

  test('has its queues with their messages and settings', async () => {
    const host = onFile();
    const clock = new VirtualClock(start);
    const first = await host.open(clock);
    const dead = first.createQueue('dead');
    const work = first.createQueue('work', { redrive: { target: dead, maxReceives: 1 } });
    await work.send('one', { attributes: { kind: 'book' } });
    await first.close();

    const second = await host.open(clock);
    const again = second.createQueue('work', {
      redrive: { target: second.createQueue('dead'), maxReceives: 1 },
    });
    const [message] = await again.receive();
    expect(message).toMatchObject({ body: 'one', attributes: { kind: 'book' } });
    await clock.advance(30_000);
    expect(await again.receive()).toEqual([]);
    expect(second.getQueue('dead')?.size).toBe(1);
    expect(() => second.createQueue('dead', { delayMs: 1_000 })).toThrow('with other options');
    await second.close();
  });

  test('knows its functions, their reserves and configurations', async () => {
    const host = onFile();
    const clock = new VirtualClock(start);
    const first = await host.open(clock);
    const orders = await deploy(first, echo, { reservedConcurrency: 0 });
    const live = await orders.createAlias('live', {
      version: (await orders.publishVersion()).version,
    });
    await live.configureAsync({ maxRetries: 1 });
    await orders.configureAsync({ maxEventAgeMs: 60_000 });
    await orders.deleteAlias('live');
    await first.close();

    const second = await host.open(clock);
    const found = second.getFunction('orders');
    expect(found?.asyncOptions).toEqual({ maxRetries: 2, maxEventAgeMs: 60_000 });
    await expect(found?.call({})).rejects.toMatchObject({
      reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    });
    await second.close();
  });
});
