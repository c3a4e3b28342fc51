import { withDurableExecution } from '@aws/durable-execution-sdk-js';

/** An order that is paid, waits for a day, and is shipped when somebody approves. */
export const handler = withDurableExecution(async (event: { id: number }, context) => {
  const paid = await context.step('pay', async () => `p-${event.id}`);
  await context.wait('regret', { days: 1 });
  const approval = await context.waitForCallback(
    'approval',
    async (callbackId) => console.log(`POST /approvals ${callbackId}`),
    { timeout: { days: 7 } },
  );
  return { paid, approval };
});
