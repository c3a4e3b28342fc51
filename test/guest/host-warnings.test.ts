import { expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';

// In a file of its own: Node warns once a process, and tables that compare with Node do so on purpose.
test('a short tag of a guest brings no warning to the host', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', listen);
  await using lambda = new Lambda({ blanks: 0 });
  const source = `exports.handler = () => {
    const crypto = require('node:crypto');
    const key = Buffer.alloc(16, 1); const iv = Buffer.alloc(12, 2);
    const cipher = crypto.createCipheriv('aes-128-gcm', key, iv).setAAD(Buffer.from('aad'));
    const data = Buffer.concat([cipher.update('secret'), cipher.final()]);
    const decipher = crypto.createDecipheriv('aes-128-gcm', key, iv).setAAD(Buffer.from('aad'));
    decipher.setAuthTag(cipher.getAuthTag().subarray(0, 12));
    return decipher.update(data, null, 'utf8') + decipher.final('utf8');
  }`;
  const probe = await lambda.createFunction({ name: 'probe', code: { source } });
  expect(await probe.call()).toBe('secret');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});
