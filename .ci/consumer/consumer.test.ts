/** A test as a user of the package writes it; `.ci/check-package.ts` compiles and runs it outside of the repository. */
import { test } from 'isolambda/vitest';
import { expect } from 'vitest';

test('a reminder takes a day', async ({ lambda, clock, web }) => {
  web.post('https://mail.example.com/send', { status: 202 });
  const remind = await lambda.createFunction<object, number>({
    name: 'remind',
    code: {
      source: `exports.handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 86_400_000));
        const { status } = await fetch('https://mail.example.com/send', { method: 'POST' });
        return status;
      };`,
    },
  });
  const reminder = remind.call();
  await clock.advance(86_399_999);
  expect(web.calls).toHaveLength(0);
  await clock.advance(1);
  expect(await reminder).toBe(202);
});
