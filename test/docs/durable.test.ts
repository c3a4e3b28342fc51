import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { test as plainTest } from 'vitest';
import { test } from '../../src/testing/vitest.ts';
import { examplesMissing } from './examples-of.ts';

/** The examples of docs/durable.md, word for word. */

test('an order waits for a day, and for somebody to approve', async ({ lambda, clock }) => {
  await lambda.createFunction({
    name: 'order',
    code: { file: 'examples/durable/order.ts' },
    durable: { executionTimeoutMs: 30 * 86_400_000, retentionDays: 7 },
    timeoutMs: 60_000, // of one invocation, as always
  });
  const order = lambda.getFunction<{ id: number }>('order:$LATEST'); // or a version, or an alias
  const execution = await order!.startExecution({ id: 7 }, { name: 'order-7' });

  await clock.advance(86_400_000 + 1_000); // nothing runs meanwhile
  const approval = execution.operations().find(({ type }) => type === 'CALLBACK');
  await lambda.completeCallback(approval!.callback!.id, 'yes'); // or failCallback, heartbeatCallback
  await clock.advance(1_000);

  expect(await execution.result()).toEqual({ paid: 'p-7', approval: 'yes' });
  expect(execution.history().map(({ type }) => type)).toContain('WaitSucceeded');
});

plainTest('every example of the document is here', () => {
  expect(examplesMissing('durable.md', fileURLToPath(import.meta.url))).toEqual([]);
});
