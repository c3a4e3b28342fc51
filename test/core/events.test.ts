import { expect, test } from 'vitest';
import { Events } from '../../src/core/events.ts';

test('a listener that is no function is refused when it is added, not when something happens', () => {
  const events = new Events();
  // @ts-expect-error what a caller without types may do
  expect(() => events.on('async.accepted', undefined)).toThrow(
    'Expected `listener` to be a function, got undefined',
  );
  expect(events.has('async.accepted')).toBe(false);
});
