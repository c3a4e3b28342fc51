import { encodedMap, TraceMap } from '@jridgewell/trace-mapping';
import { describe, expect, test } from 'vitest';
import type { ProgramModule } from '../../src/core/program.ts';
import { mapPositions, noSources, type Sources } from '../../src/isolate/source-positions.ts';
import { mapLogLine } from '../../src/isolate/stack-mapper.ts';

/** Line 1 of `/var/task/<name>.js` comes from line 7, column 2 of `source`. */
function sourcesOf(source: string, name = 'index'): Sources & { readonly asked: string[] } {
  const map = new TraceMap({
    version: 3,
    names: [],
    sources: [source],
    mappings: [[[0, 0, 6, 1]]],
  });
  const path = `/var/task/${name}.js`;
  const module: ProgramModule = { format: 'commonjs', path, source: '' };
  const asked: string[] = [];
  return {
    asked,
    load: (wanted) => (wanted === path ? module : undefined),
    sourceMap: (wanted) => {
      asked.push(wanted);
      return wanted === path ? JSON.stringify(encodedMap(map)) : undefined;
    },
  };
}

describe('a stack in a log line', () => {
  test.each([
    ['    at handler (/var/task/index.js:1:9)', '    at handler (/var/task/src/a.ts:7:2)'],
    ['    at /var/task/index.js:1:9', '    at /var/task/src/a.ts:7:2'],
    ['    at async /var/task/index.js:1:9', '    at async /var/task/src/a.ts:7:2'],
    ['    at async f (file:///var/task/index.js:1:9)', '    at async f (/var/task/src/a.ts:7:2)'],
    [
      'Error: x\n    at a (/var/task/index.js:1:1)\n    at b (/var/task/index.js:1:9) {\n  n: 1 }',
      'Error: x\n    at a (/var/task/src/a.ts:7:2)\n    at b (/var/task/src/a.ts:7:2) {\n  n: 1 }',
    ],
  ])('%j shows the source', (line, mapped) => {
    expect(mapLogLine(line, false, sourcesOf('src/a.ts'))).toBe(mapped);
  });

  test.each([
    'plain text',
    'see /var/task/index.js:1:9',
    '    at handler (/var/task/other.js:1:9)',
    '    at handler (/var/task/index.js:2:9)',
    '    at handler (/var/task/index.js:0:0)',
    '    at handler (/var/task/index.js:1:0)',
    '    at handler (/var/task/%E0%A4%A.js:1:9)',
    '    at handler (/tmp/index.js:1:9)',
    `    at handler (/var/task/${'x'.repeat(2_000)}.js:1:9)`,
    '    at handler (/var/task/index.js:99999999:9)',
  ])('%j stays as it is', (line) => {
    expect(mapLogLine(line, false, sourcesOf('src/a.ts'))).toBe(line);
  });

  test('inside of JSON stays JSON', () => {
    const body = `"message":${JSON.stringify({ stack: ['    at f (/var/task/index.js:1:9)'] })}`;
    const mapped = mapLogLine(body, true, sourcesOf('/src/"quoted" \\ name.ts'));

    expect(JSON.parse(`{${mapped}}`)).toEqual({
      message: { stack: ['    at f (/src/"quoted" \\ name.ts:7:2)'] },
    });
  });

  test('a per cent sign in a file name is found as it is', () => {
    const line = '    at f (/var/task/100%.js:1:9)';
    expect(mapLogLine(line, false, sourcesOf('a.ts', '100%'))).toBe(
      '    at f (/var/task/a.ts:7:2)',
    );
  });
});

test('files that do not exist are neither read nor remembered', () => {
  const sources = sourcesOf('a.ts');
  for (let n = 0; n < 10; n += 1) mapPositions(`at f (/var/task/${n}.js:1:1)`, sources);

  expect(sources.asked).toEqual([]);
});

test('a text that is all positions is mapped as far as any real stack goes', () => {
  const position = ' at f (/var/task/index.js:1:9)';
  const mapped = mapPositions(position.repeat(1_000), sourcesOf('a.ts'));

  expect(mapped.split('a.ts').length - 1).toBe(64);
});

test('without sources nothing changes', () => {
  const line = '    at handler (/var/task/index.js:1:9)';
  expect(mapLogLine(line, false, noSources)).toBe(line);
});
