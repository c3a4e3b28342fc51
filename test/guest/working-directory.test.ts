import { expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';

test('the working directory is /var/task, and process.chdir changes what relative paths mean', async () => {
  await using lambda = new Lambda();
  const fn = await lambda.createFunction({
    name: 'where',
    code: {
      source: `
        const fs = require('node:fs');
        const path = require('node:path');
        const { cwd } = process;
        exports.handler = async () => {
          const before = [cwd(), fs.existsSync('index.js'), path.resolve('x')];
          process.chdir('/tmp');
          fs.writeFileSync('note', 'here');
          const after = [cwd(), fs.readFileSync('/tmp/note', 'utf8'), path.resolve('x')];
          let refusal;
          try { process.chdir('/nowhere'); } catch (error) { refusal = [error.code, error.message]; }
          process.chdir('/var/task');
          return { before, after, refusal };
        };`,
    },
  });
  expect(await fn.call()).toEqual({
    before: ['/var/task', true, '/var/task/x'],
    after: ['/tmp', 'here', '/tmp/x'],
    refusal: ['ENOENT', expect.stringContaining("chdir '/tmp' -> '/nowhere'")],
  });
});
