import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { expect, test } from 'vitest';
import { loadTree } from './fixture.ts';

const map = JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA,SAAS' });
const inlined = Buffer.from(map).toString('base64');
const comment = '//# sourceMappingURL=';

test.each([
  ['inlined as base64', `x\n${comment}data:application/json;base64,${inlined}`, {}],
  ['inlined as text', `x\n${comment}data:application/json,${encodeURIComponent(map)}`, {}],
  ['a file beside it', `x\n${comment}index.js.map\n`, { 'index.js.map': map }],
  ['a file elsewhere', `x\n${comment}./maps/a%20b.map`, { 'maps/a b.map': map }],
  ['the last of several', `${comment}gone\nx\n${comment}index.js.map`, { 'index.js.map': map }],
])('a source map is found: %s', async (_where, source, others) => {
  const code = await loadTree({ 'index.js': source, ...others });
  expect(code.program('index.handler').sourceMap('/var/task/index.js')).toBe(map);
});

test.each([
  ['there is no comment', 'x'],
  ['the file is missing', `${comment}gone.map`],
  ['it is no JSON', `${comment}data:application/json,x`],
  ['it is no object', `${comment}data:application/json,5`],
  ['it lies outside', `${comment}../../etc/passwd`],
  ['it is on the network', `${comment}https://example.com/x.map`],
  ['the escape is bad', `${comment}%zz`],
])('there is no source map when %s', async (_why, source) => {
  const code = await loadTree({ 'index.js': source });
  expect(code.program('index.handler').sourceMap('/var/task/index.js')).toBeUndefined();
  expect(code.program('index.handler').sourceMap('/var/task/gone.js')).toBeUndefined();
});

test('columns behind a rewritten import still map to the right place', async () => {
  // 'a' at column 0, 'import' at 2, 'b' at 14; the original has them at 0, 100 and 200.
  const source = 'a;import("x");b\nc';
  const text = JSON.stringify({
    version: 3,
    sources: ['a.ts'],
    names: [],
    mappings: 'AAAA,EAAoG,YAAoG;AAAA',
  });
  const code = await loadTree({
    'index.js': `${source}\n${comment}index.js.map`,
    'index.js.map': text,
  });
  const program = code.program('index.handler');
  const [module] = program.modules;
  const shifted = new TraceMap(program.sourceMap('/var/task/index.js') ?? '');

  const column = module?.source.split('\n')[0]?.indexOf('b') ?? -1;
  const original = new TraceMap(text);
  const at = (traced: TraceMap, where: number) =>
    originalPositionFor(traced, { line: 1, column: where });
  const realColumn = module?.source.lastIndexOf(';b') ?? 0;
  expect(column).toBeGreaterThan(0);
  expect(at(shifted, realColumn + 1)).toEqual(at(original, 14));
  expect(at(shifted, 2)).toEqual(at(original, 2));
  expect(at(shifted, realColumn)).toEqual(at(original, 13));
});
