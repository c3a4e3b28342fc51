import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { attemptTimes, deploy, failing, onVirtualTime, record, start } from './fixture.ts';

const sleeping = 'exports.handler = (ms) => new Promise((done) => setTimeout(done, ms));';

test('an event that comes due while a close waits for others stays as it is', async () => {
  const { lambda, clock } = onVirtualTime();
  const times = attemptTimes(lambda);
  const abandoned = record(lambda, 'async.abandoned');
  const orders = await deploy(lambda, failing);
  const slow = await deploy(lambda, sleeping, {
    name: 'slow',
    isolation: 'thread',
    timeoutMs: 900_000,
  });
  const { requestId } = await orders.send({});
  const running = slow.invoke(100_000);
  await clock.advance(0);

  const closing = lambda.close();
  await clock.advance(100_000);
  expect((await running).status).toBe('ok');
  await closing;
  expect(times).toEqual([0]);
  expect(abandoned).toMatchObject([{ requestId }]);
});

test('an attempt that closing cuts off counts for nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'isolambda-closing-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const storage = { file: join(folder, 'host.db') };
  const clock = new VirtualClock(start);
  const first = await Lambda.open({ storage, clock });
  const seen = record(first, 'async.retried', 'async.dropped');
  const slow = await deploy(first, sleeping, { isolation: 'thread', timeoutMs: 900_000 });
  // By the next backoff it would be too old.
  await slow.configureAsync({ maxEventAgeMs: 60_000, maxRetries: 0 });
  await slow.send(500_000);
  await clock.advance(59_500);
  await first.close({ drainMs: 0 });
  expect(seen).toEqual([]);

  const second = await Lambda.open({ storage, clock });
  const times = attemptTimes(second);
  expect(second.stats().queuedEvents).toBe(1);
  await clock.advance(0);
  expect(times).toEqual([59_500]);
  await second.close({ drainMs: 0 });
});
