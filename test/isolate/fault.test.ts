import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  classifyEntryError,
  readFailure,
  rejectionFailure,
  thrownFailure,
} from '../../src/isolate/fault.ts';

describe('the end of an entry', () => {
  // The texts are isolated-vm's own; test/isolate/entry-errors.test.ts gets them from the engine.
  test.each([
    ['Script execution timed out.', 'timed-out'],
    ['Isolate was disposed during execution due to memory limit', 'out-of-memory'],
    ['Isolate was disposed during execution', 'disposed'],
    ['Isolate is disposed', 'disposed'],
    ['Isolate is already disposed', 'disposed'],
    ['Isolated is disposed', 'disposed'],
    ['Promise was abandoned', 'disposed'],
  ])('with "%s" is read as %s', (message, kind) => {
    expect(classifyEntryError(new Error(message))).toEqual({ kind });
  });

  test('with any other error is what the guest threw', () => {
    const end = classifyEntryError(new TypeError('x is not a function'));

    expect(end).toMatchObject({
      kind: 'thrown',
      name: 'TypeError',
      message: 'x is not a function',
      stack: expect.stringContaining('TypeError: x is not a function'),
    });
  });

  test('with something that is no error is its text', () => {
    expect(classifyEntryError(5)).toEqual({ kind: 'thrown', name: '', message: '5', stack: '' });
  });
});

describe('a failure that the host describes', () => {
  test('of a thrown error keeps its name, message and stack', () => {
    const end = { kind: 'thrown', name: 'TypeError', message: 'no', stack: 'a\nb' } as const;

    expect(thrownFailure(end)).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no',
      trace: ['a', 'b'],
    });
    expect(thrownFailure({ ...end, name: '', stack: '' })).toMatchObject({
      errorType: 'Error',
      trace: [],
    });
  });

  test('of a rejection carries the name that AWS gives it', () => {
    const stack = 'TypeError: no\n    at f (/var/task/index.js:1:1)';
    const failure = rejectionFailure({ kind: 'thrown', name: 'TypeError', message: 'no', stack });

    expect(failure).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'TypeError: no',
      trace: [
        'Runtime.UnhandledPromiseRejection: TypeError: no',
        '    at f (/var/task/index.js:1:1)',
      ],
    });
  });
});

test('whatever the guest sends as a failure, strings come out of it', () => {
  const sent = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record(
        {
          errorType: fc.anything(),
          errorMessage: fc.anything(),
          trace: fc.oneof(fc.array(fc.anything()), fc.anything()),
          logged: fc.anything(),
        },
        { requiredKeys: [] },
      )
      .map((value) => {
        try {
          return JSON.stringify(value);
        } catch {
          return '{}';
        }
      }),
  );
  fc.assert(
    fc.property(sent, (text) => {
      const failure = readFailure(text);
      expect(typeof failure.errorType).toBe('string');
      expect(typeof failure.errorMessage).toBe('string');
      expect(typeof failure.logged).toBe('string');
      expect(failure.trace.every((line) => typeof line === 'string')).toBe(true);
    }),
  );
});
