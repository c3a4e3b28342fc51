import { describe, expect, test } from 'vitest';
import { loadTree } from './fixture.ts';

describe('the handler option names', () => {
  test.each([
    ['index.handler', { 'index.js': '' }, 'index.js', 'commonjs', ['handler']],
    ['index.a.b.c', { 'index.js': '' }, 'index.js', 'commonjs', ['a', 'b', 'c']],
    ['src/app.handler', { 'src/app.mjs': '' }, 'src/app.mjs', 'module', ['handler']],
    ['/var/task/src/app.handler', { 'src/app.cjs': '' }, 'src/app.cjs', 'commonjs', ['handler']],
    ['index.handler', { index: '', 'index.js': '' }, 'index', 'commonjs', ['handler']],
    ['index.handler', { 'index.mjs': '', 'index.js': '' }, 'index.js', 'commonjs', ['handler']],
    ['index.handler', { 'index.mjs': '', 'index.cjs': '' }, 'index.mjs', 'module', ['handler']],
    ['index.handler', { 'index.js': 'export {}' }, 'index.js', 'module', ['handler']],
    ['app.handler', { 'app/index.js': '' }, 'app/index.js', 'commonjs', ['handler']],
    [
      'index.handler',
      { 'index.js': '', 'package.json': '{"type":"module"}' },
      'index.js',
      'module',
      ['handler'],
    ],
    [
      'dep.handler',
      { 'node_modules/dep/package.json': '{"main":"x.js"}', 'node_modules/dep/x.js': '' },
      'node_modules/dep/x.js',
      'commonjs',
      ['handler'],
    ],
  ] as const)('%s with %j: %s (%s)', async (handler, tree, path, format, exportPath) => {
    const code = await loadTree(tree, handler);
    expect(code.program(handler).entry).toEqual({
      kind: 'found',
      path: `/var/task/${path}`,
      format,
      exportPath,
    });
  });
});

const malformed = 'Runtime.MalformedHandlerName';

describe('a handler that cannot be found fails as on AWS', () => {
  test.each([
    ['index', malformed, 'Bad handler'],
    ['src.d/index', malformed, 'Bad handler'],
    [
      '../index.handler',
      malformed,
      "'../index.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
    ],
    [
      'gone.handler',
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'gone'\nRequire stack:\n- /var/runtime/index.mjs",
    ],
    [
      'src/gone.handler',
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'gone'\nRequire stack:\n- /var/runtime/index.mjs",
    ],
    ['data.handler', 'Runtime.HandlerNotFound', 'data.handler is undefined or not exported'],
    ['fs.readFile', 'Runtime.HandlerNotFound', 'fs.readFile is undefined or not exported'],
    ['bad/x.handler', 'Error', 'Invalid package config /var/task/bad/package.json.'],
  ])('%s: %s', async (handler, errorType, errorMessage) => {
    const code = await loadTree({
      'index.js': '',
      'data.json': '{}',
      'bad/package.json': '{',
      'bad/x.js': '',
    });
    const { entry, modules } = code.program(handler);
    expect(entry).toMatchObject({ kind: 'failed', errorType, errorMessage });
    expect(entry).toHaveProperty('trace.0', `${errorType}: ${errorMessage.split('\n')[0]}`);
    expect(modules).toEqual([]);
  });
});

test('another handler makes another program of the same code', async () => {
  const code = await loadTree({ 'one.js': '', 'two.js': '' }, 'one.handler');
  const one = code.program('one.handler');
  const two = code.program('two.handler');
  expect(two.entry).toMatchObject({ path: '/var/task/two.js' });
  expect(two.key).not.toBe(one.key);
  expect(code.program('one.handler').key).toBe(one.key);
});
