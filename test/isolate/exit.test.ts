import { describe, expect, test } from 'vitest';
import {
  attack,
  deployHostile,
  expectFreshEnvironment,
  handler,
  tiers,
} from './hostile-fixture.ts';

const silent = 'Runtime exited without providing a reason';
const status = (code: number): string => `Runtime exited with error: exit status ${code}`;

const exits: Record<string, { body: string; says: string }> = {
  'process.exit()': { body: 'process.exit();', says: silent },
  'process.exit(0)': { body: 'process.exit(0);', says: silent },
  'process.exit(3)': { body: 'process.exit(3);', says: status(3) },
  'process.exit(259)': { body: 'process.exit(259);', says: status(3) },
  'process.exitCode, then exit()': {
    body: 'process.exitCode = 7; process.exit();',
    says: status(7),
  },
  'process.abort()': { body: 'process.abort();', says: status(134) },
  'process.exit(3) in try, with a loop in finally': {
    body: 'try { process.exit(3); } finally { for (;;); }',
    says: status(3),
  },
  'process.exit(3) in a loop that catches everything': {
    body: 'for (;;) try { process.exit(3); } catch {}',
    says: status(3),
  },
  'process.exit(3) in a timer': {
    body: 'setTimeout(() => process.exit(3), 1); await new Promise(() => {});',
    says: status(3),
  },
  'process.exit(3) after an await': { body: 'await null; process.exit(3);', says: status(3) },
  'an error in a timer that nobody catches': {
    body: "setTimeout(() => { throw new Error('x'); }, 1); await new Promise((r) => setTimeout(r, 100));",
    says: status(1),
  },
  'a rejection that nobody handles': {
    body: "(async () => { throw new Error('x'); })(); await new Promise((r) => setTimeout(r, 100));",
    says: status(1),
  },
};

describe.each(tiers)('in the tier %s', (tier) => {
  test.each(Object.entries(exits))(
    '%s ends the environment, not the host',
    async (_name, { body, says }) => {
      await using hostile = await deployHostile(tier, handler(body));

      const outcome = await attack(hostile);

      expect(outcome).toMatchObject({
        error: {
          errorType: 'Runtime.ExitError',
          errorMessage: `RequestId: ${outcome.requestId} Error: ${says}`,
        },
        report: { status: 'failure', errorType: 'Runtime.ExitError' },
      });
      expect(hostile.stops).toHaveLength(1);
      await expectFreshEnvironment(hostile);
    },
  );

  test.each(['commonjs', 'module'] as const)(
    'process.exit(3) at the top level of %s fails the init and the invocation',
    async (format) => {
      const source = 'process.exit(3);';
      await using hostile = await deployHostile(tier, source, { format });

      expect(await attack(hostile)).toMatchObject({
        error: { errorMessage: expect.stringContaining(status(3)) },
      });
      expect(hostile.stops).toEqual(['init-failed', 'init-failed']);
    },
  );
});
