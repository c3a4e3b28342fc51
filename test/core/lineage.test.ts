import { describe, expect, test } from 'vitest';
import { isEndless, roundsOf, withRound } from '../../src/core/lineage.ts';
import { parseTraceHeader } from '../../src/core/trace-header.ts';

const orders = 'arn:aws:lambda:us-east-1:123456789012:function:orders';
const mails = 'arn:aws:lambda:us-east-1:123456789012:function:mails';
const request = { requestId: '7f6e573f-1111-4222-8333-444455556666', atMs: 1_800_000_000_000 };

describe('the lineage in a trace header', () => {
  test('counts the rounds of each function', () => {
    let header = withRound(undefined, orders, request);
    header = withRound(header, mails, request);
    header = withRound(header, orders, request);

    expect(roundsOf(header, orders)).toBe(2);
    expect(roundsOf(header, mails)).toBe(1);
  });

  test('is one too many after sixteen', () => {
    let header: string | undefined;
    for (let round = 1; round <= 15; round += 1) header = withRound(header, orders, request);
    expect(isEndless(roundsOf(header, orders))).toBe(false);

    header = withRound(header, orders, request);
    expect(isEndless(roundsOf(header, orders))).toBe(true);
  });

  test('keeps the functions that were seen last', () => {
    let header = withRound(undefined, orders, request);
    for (let other = 0; other < 16; other += 1)
      header = withRound(header, `${mails}${other}`, request);

    expect(roundsOf(header, orders)).toBe(0);
    expect(roundsOf(header, `${mails}15`)).toBe(1);
  });

  test('leaves the rest of the header as it was', () => {
    const header = withRound('Root=1-5-a;Parent=b;Sampled=1;Self=x', orders, request);

    expect([...parseTraceHeader(header)].slice(0, 4)).toEqual([
      ['Root', '1-5-a'],
      ['Parent', 'b'],
      ['Sampled', '1'],
      ['Self', 'x'],
    ]);
  });

  test('fits into a header that somebody reads, however long the one before was', () => {
    let header = `Root=1-5-a;Parent=b;Sampled=1;Self=${'x'.repeat(980)}`;
    for (let round = 1; round <= 16; round += 1) header = withRound(header, orders, request);

    expect(header.length).toBeLessThanOrEqual(1_024);
    expect(header).toMatch(/^Root=1-5-a;Parent=b;Sampled=1;Lineage=/);
    expect(isEndless(roundsOf(header, orders))).toBe(true);
  });

  test('begins a trace where there is none, the same one for the same request', () => {
    const header = withRound(undefined, orders, request);

    expect(header).toMatch(
      /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=[0-9a-f]{8}:1$/,
    );
    expect(withRound(undefined, orders, request)).toBe(header);
  });

  test.each([
    'Lineage=',
    'Lineage=zz',
    'Lineage=12345678:-1',
    'Lineage=12345678',
    '=;=;',
    'x'.repeat(5_000),
  ])('cannot be read from %j, and then counts from nothing', (header) => {
    expect(roundsOf(header, orders)).toBe(0);
    expect(roundsOf(withRound(header, orders, request), orders)).toBe(1);
  });
});
