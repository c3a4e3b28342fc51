import { describe, expect, test } from 'vitest';
import { loadSource, loadTree, pathsOf } from './fixture.ts';
import type { Tree } from './fixture.ts';

async function programOf(tree: Tree, handler = 'index.handler') {
  return (await loadTree(tree, handler)).program(handler);
}

async function moduleOf(source: string, name = 'index.js') {
  const { modules } = await programOf({ [name]: source });
  const [entry] = modules;
  if (entry === undefined) throw new Error('no entry');
  return entry;
}

describe('the static graph', () => {
  test('starts at the entry and lists every module once, cycles too', async () => {
    const { modules } = await programOf({
      'index.js': "require('./a'); require('./b.json')",
      'a.js': "require('./index'); require('./c'); import('./d.mjs')",
      'b.json': '{}',
      'c.js': "require('./a')",
      'd.mjs': "import './e.mjs'; export * from './c.js'",
      'e.mjs': "import './d.mjs'",
      'unused.js': '',
    });
    expect(pathsOf(modules)).toEqual([
      '/var/task/index.js',
      '/var/task/a.js',
      '/var/task/b.json',
      '/var/task/c.js',
      '/var/task/d.mjs',
      '/var/task/e.mjs',
    ]);
    expect(modules[2]).toEqual({ format: 'json', path: '/var/task/b.json', source: '{}' });
  });

  test('leaves out what cannot be resolved', async () => {
    const { modules } = await programOf({
      'index.js': "try { require('optional') } catch {} require('fs'); require(name); import(x)",
    });
    expect(pathsOf(modules)).toEqual(['/var/task/index.js']);
  });

  test('an ES module knows the targets of its imports', async () => {
    const { modules } = await programOf({
      'index.mjs':
        "import a from './a.js'; export { b } from 'node:fs'; import 'gone'; import j from './j.json' with { type: 'json' }; import k from './k.json'; import('./late.js')",
      'a.js': 'exports.one = 1; exports.default = 2; Object.assign(exports, require("./b"))',
      'j.json': '{}',
      'k.json': '{}',
      'late.js': '',
    });
    expect(modules[0]).toHaveProperty(
      'imports',
      new Map<string, unknown>([
        [
          './a.js',
          { kind: 'file', path: '/var/task/a.js', format: 'commonjs', exportNames: ['one'] },
        ],
        ['node:fs', { kind: 'builtin', name: 'fs' }],
        [
          'gone',
          {
            kind: 'error',
            code: 'ERR_MODULE_NOT_FOUND',
            message: "Cannot find package 'gone' imported from /var/task/index.mjs",
          },
        ],
        ['./j.json', { kind: 'file', path: '/var/task/j.json', format: 'json' }],
        [
          './k.json',
          {
            kind: 'error',
            code: 'ERR_IMPORT_ATTRIBUTE_MISSING',
            message: 'Module "file:///var/task/k.json" needs an import attribute of "type: json"',
          },
        ],
      ]),
    );
  });

  test('names of re-exported CommonJS modules are found, in cycles too', async () => {
    const program = await programOf({
      'index.mjs': "import './a.cjs'",
      'a.cjs': "module.exports = require('./b.cjs')",
      'b.cjs': "exports.b = 1; __exportStar(require('./c.cjs'), exports)",
      'c.cjs': "module.exports = { c, ...require('./a.cjs') }",
    });
    expect(program.resolve('./a.cjs', '/var/task/index.mjs', 'import')).toMatchObject({
      exportNames: ['b', 'c'],
    });
  });
});

describe('the format of a file', () => {
  test.each<[string, string, Tree, string]>([
    ['x.js', '', {}, 'commonjs'],
    ['x.js', 'export {}', {}, 'module'],
    ['x.js', 'import.meta.url', {}, 'module'],
    ['x.js', 'await 1', {}, 'module'],
    ['x.js', 'const require = 1; await require', {}, 'module'],
    ['x.js', 'const require = 1', {}, 'commonjs'],
    ['x.js', 'import("y")', {}, 'commonjs'],
    ['x.js', 'return import("y")', {}, 'commonjs'],
    ['x.js', 'exports.import = "export {}"', {}, 'commonjs'],
    ['x.js', 'export {}', { 'package.json': '{"type":"commonjs"}' }, 'commonjs'],
    ['x.js', '', { 'package.json': '{"type":"module"}' }, 'module'],
    ['lib/x.js', '', { 'package.json': '{"type":"module"}' }, 'module'],
    ['node_modules/d/x.js', '', { 'package.json': '{"type":"module"}' }, 'commonjs'],
    ['x.cjs', '', { 'package.json': '{"type":"module"}' }, 'commonjs'],
    ['x.mjs', '', { 'package.json': '{"type":"commonjs"}' }, 'module'],
    ['x.json', '', {}, 'json'],
    ['x.txt', '', {}, 'commonjs'],
  ])('%s with %j and %j is %4$s', async (name, source, others, format) => {
    const program = await programOf({ [name]: source, ...others });
    const path = `/var/task/${name}`;
    expect(program.resolve(path, '/var/task/index.js', 'require')).toMatchObject({ path, format });
    expect(program.load(path)).toMatchObject({ path, format });
  });
});

describe('resolve', () => {
  test.each<[string, string, 'require' | 'import', object]>([
    ['./x.node', '/var/task/index.js', 'require', { code: 'ERR_DLOPEN_FAILED' }],
    ['./x.ts', '/var/task/index.mjs', 'import', { code: 'ERR_UNKNOWN_FILE_EXTENSION' }],
    ['file:///var/task/x.js', '/var/task/index.mjs', 'import', { path: '/var/task/x.js' }],
    ['file://host/x.js', '/var/task/index.mjs', 'import', { code: 'ERR_INVALID_FILE_URL_HOST' }],
    ['./x.js?a#b', '/var/task/index.mjs', 'import', { path: '/var/task/x.js' }],
    ['x', '/var/task/node_modules/deep/index.js', 'require', { path: '/var/task/x.js' }],
    ['layer', '/var/task/index.js', 'require', { code: 'MODULE_NOT_FOUND' }],
    ['a'.repeat(5_000), '/var/task/index.js', 'require', { code: 'MODULE_NOT_FOUND' }],
    ['./\ud800', '/var/task/index.mjs', 'import', { kind: 'error' }],
    ['http:', '/var/task/index.mjs', 'import', { kind: 'error' }],
    ['./x', 'no path', 'require', { kind: 'error' }],
    ['./x', 'no path', 'import', { kind: 'error' }],
    ['', '', 'import', { kind: 'error' }],
  ])('%j from %j with %s never throws', async (specifier, fromPath, kind, expected) => {
    const program = await programOf({ 'x.js': '', 'x.node': '', 'x.ts': '' });
    expect(program.resolve(specifier, fromPath, kind)).toMatchObject(expected);
  });

  test('answers a question once', async () => {
    const program = await programOf({ 'x.js': '' });
    const first = program.resolve('./x', '/var/task/index.js', 'require');
    expect(program.resolve('./x', '/var/task/index.js', 'require')).toBe(first);
  });
});

test('load knows the files of the deployment only', async () => {
  const program = await programOf({ 'x.js': '', 'lib/y.js': '', 'z.node': '' });
  expect(program.load('/var/task/x.js')?.path).toBe('/var/task/x.js');
  expect(program.load('/var/task/lib')).toBeUndefined();
  expect(program.load('/var/task/z.node')).toBeUndefined();
  expect(program.load('/etc/passwd')).toBeUndefined();
  expect(program.load('__proto__')).toBeUndefined();
});

const meta = '__isolambda_meta("/var/task/index.mjs")';

describe('calls of the guest loader replace', () => {
  test.each([
    ['import("x")', '__isolambda_import("/var/task/index.mjs", "x")'],
    ['import /* c */ (\n"x")', '__isolambda_import /* c */ ("/var/task/index.mjs", \n"x")'],
    [
      'import(import("x"))',
      '__isolambda_import("/var/task/index.mjs", __isolambda_import("/var/task/index.mjs", "x"))',
    ],
    ['import("x", { with: {} })', '__isolambda_import("/var/task/index.mjs", "x", { with: {} })'],
    ['import(`./${a}.js`)', '__isolambda_import("/var/task/index.mjs", `./${a}.js`)'],
    ['import.meta.url', `${meta}.url`],
    ['import.meta', meta],
    ['new import.meta.X()', `new (${meta}).X()`],
    ['import(import.meta.url)', `__isolambda_import("/var/task/index.mjs", ${meta}.url)`],
    ['"import(x)"; // import(x)', '"import(x)"; // import(x)'],
    ['`${import("x")}`', '`${__isolambda_import("/var/task/index.mjs", "x")}`'],
    ['a.import(x)', 'a.import(x)'],
    ['#!/bin/node\nimport.meta', `///bin/node\n${meta}`],
  ])('%j', async (source, rewritten) => {
    const { source: found } = await moduleOf(source, 'index.mjs');
    expect(found).toBe(rewritten);
    expect(found.split('\n')).toHaveLength(source.split('\n').length);
  });

  test('dynamic imports of CommonJS modules, hashbang or not', async () => {
    const { source, format } = await moduleOf('#!/bin/node\nreturn import("x")');
    expect(format).toBe('commonjs');
    expect(source).toBe('///bin/node\nreturn __isolambda_import("/var/task/index.js", "x")');
  });
});

describe('a CommonJS module that does not parse', () => {
  test('carries the error as Node prints it, without frames of the host', async () => {
    const module = await moduleOf('const a = 1;\nconst b = ;');
    expect(module).toHaveProperty('syntaxError', {
      message: "Unexpected token ';'",
      stack: "/var/task/index.js:2\nconst b = ;\n          ^\n\nSyntaxError: Unexpected token ';'",
    });
  });

  test.each([
    '}); globalThis.escaped = 1; (function () {',
    '}\nglobalThis.escaped = 1\n{',
    '*/ } /*',
    '/*',
    '`',
    '{',
  ])('cannot leave the function it is wrapped in: %j', async (source) => {
    const module = await moduleOf(source, 'index.cjs');
    expect(module).toHaveProperty('syntaxError.message');
    expect(globalThis).not.toHaveProperty('escaped');
  });

  test('is only reported, never executed', async () => {
    const module = await moduleOf('globalThis.executed = 1; throw new Error()');
    expect(module).not.toHaveProperty('syntaxError');
    expect(globalThis).not.toHaveProperty('executed');
  });
});

test('a byte order mark is not part of the text', async () => {
  const code = await loadSource('\ufeffexports.handler = 1');
  expect(code.program('index.handler').modules[0]?.source).toBe('exports.handler = 1');
});
