import { expect, test } from 'vitest';
import { contractOf } from '../../src/functions/runtimes.ts';
import { Lambda } from '../../src/lambda.ts';

test('Node 20 has the contract of Node 22, under its own name', async () => {
  expect(contractOf('nodejs20.x')).toBe('nodejs22.x');
  await using lambda = new Lambda({ blanks: 0 });
  const f = await lambda.createFunction({
    name: 'f',
    runtime: 'nodejs20.x',
    cpuMs: 2_000,
    code: {
      // A callback, which Node 24's client refuses.
      source: `exports.handler = (event, context, callback) => callback(null, process.env.AWS_EXECUTION_ENV)`,
    },
  });
  expect(await f.call()).toBe('AWS_Lambda_nodejs20.x');
  expect(f.latest.settings.runtime).toBe('nodejs20.x');
});

test.each(['nodejs18.x', 'python3.13'])('%s is refused with what runs instead', async (runtime) => {
  await using lambda = new Lambda({ blanks: 0 });
  const creation = lambda.createFunction({
    name: 'f',
    runtime: runtime as 'nodejs22.x',
    code: { source: '' },
  });
  await expect(creation).rejects.toThrow(
    `AWS knows the runtime ${runtime}, but isolambda runs Node.js only: nodejs20.x, nodejs22.x, nodejs24.x.`,
  );
});
