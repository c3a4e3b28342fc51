import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Lambda } from '../../src/index.ts';

function fileOfThisTest(): { readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'isolambda-queues-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { file: join(folder, 'host.db') };
}

test('a queue that was destroyed can be made again, with other options too', async () => {
  await using lambda = new Lambda();
  const before = lambda.createQueue('orders');
  await before.send('lost with it');
  await before.destroy();
  expect(lambda.getQueue('orders')).toBeUndefined();

  const after = lambda.createQueue('orders', { visibilityTimeoutMs: 1_000 });
  await after.send('kept');
  expect(after.size).toBe(1);
  expect(lambda.getQueue('orders')).toBe(after);
});

test('a queue that was destroyed is not there after a restart', async () => {
  const storage = fileOfThisTest();
  const first = await Lambda.open({ storage });
  await first.createQueue('orders').destroy();
  first.createQueue('letters');
  await first.close();

  await using second = await Lambda.open({ storage });
  expect(second.getQueue('orders')).toBeUndefined();
  expect(second.getQueue('letters')).toBeDefined();
});

test('what configure changed is there after a restart', async () => {
  const storage = fileOfThisTest();
  const first = await Lambda.open({ storage });
  const target = first.createQueue('letters');
  const orders = first.createQueue('orders');
  orders.configure({ visibilityTimeoutMs: 1_000, redrive: { target, maxReceives: 3 } });
  await first.close();

  await using second = await Lambda.open({ storage });
  const again = second.getQueue('orders');
  expect(again?.settings).toMatchObject({ visibilityTimeoutMs: 1_000 });
  expect(again?.settings.redrive?.target).toBe(second.getQueue('letters'));
  expect(again?.settings.redrive?.maxReceives).toBe(3);
});
