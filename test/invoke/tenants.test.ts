import { describe, expect } from 'vitest';
import type { LambdaOptions } from '../../src/index.ts';
import { test } from '../../src/testing/vitest.ts';

/** Leaves a mark wherever one tenant could find what another left. */
const source = `
  const fs = require('node:fs');
  const seen = [];
  exports.handler = async (mark, { tenantId }) => {
    console.log('for', tenantId);
    if (mark === 'crash') process.exit(1);
    const files = fs.existsSync('/tmp/marks') ? fs.readFileSync('/tmp/marks', 'utf8') : '';
    const before = { module: [...seen], global: globalThis.mark, env: process.env.MARK, files };
    seen.push(mark);
    globalThis.mark = mark;
    process.env.MARK = mark;
    fs.appendFileSync('/tmp/marks', mark);
    return before;
  };`;

interface Found {
  readonly module: readonly string[];
  readonly global?: string;
  readonly env?: string;
  readonly files: string;
}

const few = test.extend<{ lambdaOptions: LambdaOptions }>({ lambdaOptions: { concurrency: 2 } });

describe('tenants of a function', () => {
  test('find what they left themselves, and nothing of another', async ({ lambda }) => {
    const shop = await lambda.createFunction<string, Found>({
      name: 'shop',
      code: { source },
      perTenant: true,
    });
    const environments = new Map<string, Set<string | undefined>>();
    lambda.on('invocation.started', ({ environment }) => {
      const tenants = environments.get(environment.environmentId) ?? new Set();
      environments.set(environment.environmentId, tenants.add(environment.tenantId));
    });
    const nothing = { module: [], files: '' };

    expect(await shop.call('r', { tenantId: 'red' })).toEqual(nothing);
    expect(await shop.call('b', { tenantId: 'blue' })).toEqual(nothing);
    const ofRed = { module: ['r'], global: 'r', env: 'r', files: 'r' };
    expect(await shop.call('R', { tenantId: 'red' })).toEqual(ofRed);

    // A reset leaves /tmp to the next environment, of the same tenant only.
    await shop.invoke('crash', { tenantId: 'red' });
    expect(await shop.call('g', { tenantId: 'green' })).toEqual(nothing);
    expect(await shop.call('b', { tenantId: 'blue' })).toMatchObject({ files: 'b' });
    expect(await shop.call('r', { tenantId: 'red' })).toEqual({ module: [], files: 'rR' });
    for (const tenants of environments.values()) expect(tenants.size).toBe(1);
  });

  test('are named in lines of JSON logs', async ({ lambda }) => {
    const shop = await lambda.createFunction<string, Found>({
      name: 'shop',
      code: { source },
      perTenant: true,
      logging: { format: 'JSON' },
    });
    await shop.call('r', { tenantId: 'red @ 1' });
    const messages = lambda.readLogs({ functionName: 'shop' }).map(({ message }) => message);
    expect(messages.map((message) => JSON.parse(message) as unknown)).toMatchObject([
      { type: 'platform.initStart' },
      { type: 'platform.start', record: { tenantId: 'red @ 1' } },
      { message: 'for red @ 1', tenantId: 'red @ 1' },
      { type: 'platform.report', record: { tenantId: 'red @ 1' } },
    ]);
    expect(messages[0]).not.toContain('red');
  });

  test('have names of 1 to 256 characters that AWS takes', async ({ lambda }) => {
    const shop = await lambda.createFunction<string, Found>({
      name: 'shop',
      code: { source },
      perTenant: true,
    });
    for (const tenantId of ['', 'a'.repeat(257), 'a,b', 'ä', 'a\n', 'a#']) {
      await expect(shop.call('r', { tenantId })).rejects.toThrow('1 to 256 letters');
    }
    for (const tenantId of ['a'.repeat(256), 'aZ0._:/=+-@ ']) {
      expect(await shop.call('r', { tenantId })).toMatchObject({ files: '' });
    }
  });

  few(
    'have 2.5 environments for each unit of concurrency, idle ones included',
    async ({ lambda, clock }) => {
      const shop = await lambda.createFunction<string, Found>({
        name: 'shop',
        code: { source },
        perTenant: true,
      });
      const plain = await lambda.createFunction({
        name: 'plain',
        code: { source: 'exports.handler = async () => {}' },
      });
      for (let count = 0; count < 5; count += 1)
        await shop.call('x', { tenantId: `tenant ${count}` });

      await expect(shop.call('x', { tenantId: 'one more' })).rejects.toMatchObject({
        reason: 'ConcurrentInvocationLimitExceeded',
        limit: 5,
        message: expect.stringContaining('5 environments for tenants'),
      });
      expect(await shop.call('x', { tenantId: 'tenant 3' })).toMatchObject({ files: 'x' });
      await plain.call();
      expect(lambda.stats().running).toBe(0);

      await clock.advance(300_000);
      await shop.call('x', { tenantId: 'one more' });
    },
  );
});
