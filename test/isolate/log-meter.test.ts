import { expect, test } from 'vitest';
import type { LogRecord } from '../../src/invoke/executor.ts';
import { LogMeter } from '../../src/isolate/log-meter.ts';

function setUp() {
  const records: LogRecord[] = [];
  const meter = new LogMeter(
    (record) => records.push(record),
    () => 0,
  );
  meter.begin('r1');
  return { meter, records, bodies: () => records.map(({ body }) => body) };
}

test.each([
  ['a\nb\n', ['a', 'b']],
  ['a\nb', ['a', 'b']],
  ['a', ['a']],
  ['\n', ['']],
  ['\n\n', ['', '']],
  ['', ['']],
  ['a\n\nb', ['a', '', 'b']],
])('raw text %j is written line by line', (text, lines) => {
  const { meter, bodies } = setUp();
  meter.raw(text);

  expect(bodies()).toEqual(lines);
});

test('lines carry the request that is running', () => {
  const { meter, records } = setUp();
  meter.raw('a');
  meter.begin('r2');
  meter.write('ERROR', 'b');

  expect(records).toMatchObject([
    { requestId: 'r1', kind: 'raw' },
    { requestId: 'r2', kind: 'console', level: 'ERROR' },
  ]);
});

test('what is over the budget is dropped with one notice, until the next invocation', () => {
  const { meter, bodies } = setUp();
  for (let line = 0; line < 6; line += 1) meter.raw('x'.repeat(1024 * 1024));
  expect(bodies()).toHaveLength(4);
  expect(bodies().at(-1)).toContain('platform.logsDropped');

  meter.begin('r2');
  meter.raw('again');
  expect(bodies().at(-1)).toBe('again');
});

test('empty lines use the budget up as well', () => {
  const { meter, bodies } = setUp();
  meter.raw('\n'.repeat(5_000_000));

  expect(bodies().length).toBeLessThan(170_000);
  expect(bodies().at(-1)).toContain('platform.logsDropped');
});
